"""Choosing tokens so that no batch decides which: near ties go to the model reading a text alone.

A logit moves in its last bits with the shape of the pass it comes from, and where two tokens are
as good as equal that decides between them, once in some million tokens at float32. Such choices
are made over again from a pass over that one text, whose shape depends on the text alone, so that
a request's answer is the same in any batch, decoded or replayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.choose import choose, log_probabilities, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from behavtest.core import SamplingSettings
    from behavtest.sampling.engine.rows import Row

_ROUNDING = 5e-5
"""How far a batch may move a float32 logit; measured were 3e-6 on small models."""


class Chosen(NamedTuple):
    """What was chosen at some positions.

    Args:
        tokens: Token ids.
        logprobs: Their log-probabilities in nats.
        of_drafts: Those of the tokens asked about.
        close: The places of near ties, in order; none where ties are left to the batch.
    """

    tokens: list[int]
    logprobs: list[float]
    of_drafts: list[float]
    close: list[int]


@dataclass(frozen=True, slots=True)
class Sampler:
    """How a loop chooses tokens.

    Args:
        settings: How tokens are chosen.
        alone: The model, where it decides near ties; None leaves them to the batch: half precision
            has too many of them, and passes of canonical shape.
    """

    settings: SamplingSettings
    alone: PreTrainedModel | None = None

    def choose(
        self,
        logits: torch.Tensor,
        *,
        seeds: torch.Tensor,
        positions: torch.Tensor,
        drafts: torch.Tensor,
    ) -> Chosen:
        """Choose a token at every position.

        Args:
            logits: Shape (positions, vocabulary).
            seeds: int64, shape (positions,).
            positions: Index of the token in its answer, int64, shape (positions,).
            drafts: Token ids whose log-probability is asked, int64, shape (positions,).
        """
        logits = logits.float()
        slack = 0.0 if self.alone is None else _ROUNDING
        best = pick(logits, seeds=seeds, positions=positions, settings=self.settings, slack=slack)
        logprobs = log_probabilities(logits, torch.stack([best.tokens, drafts], dim=-1))
        close = [] if self.alone is None else best.close.nonzero()[:, 0].tolist()
        own, of_drafts = logprobs.unbind(dim=-1)
        return Chosen(best.tokens.tolist(), own.tolist(), of_drafts.tolist(), close)

    def settle(self, row: Row, behind: Sequence[int]) -> tuple[int, float]:
        """Choose a row's token once more, from a pass over its text alone.

        Args:
            row: The row.
            behind: What follows the tokens it has, up to the one to choose.

        Returns:
            The token and its log-probability in nats.
        """
        assert self.alone is not None
        text = [*row.request.prompt_ids, *row.tokens, *behind]
        device = self.alone.device
        ids = torch.tensor([text], device=device)
        choice = choose(
            self.alone(input_ids=ids, use_cache=False, logits_to_keep=1).logits[:, -1],
            seeds=torch.tensor([row.seed], device=device),
            positions=torch.tensor([len(row.tokens) + len(behind)], device=device),
            settings=self.settings,
        )
        return int(choice.tokens[0]), float(choice.logprobs[0])
