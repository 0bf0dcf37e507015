"""The batched decode loop: one prefill, then one token a step, finished rows compacted away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from transformers import DynamicCache

from behavtest.sampling.choose import choose

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from transformers import PreTrainedModel

    from behavtest.core import FinishReason, SamplingSettings
    from behavtest.sampling.requests import Request

# A row's work is wasted once it has ended; copying the cache costs about one step, so it pays
# only when a good part of the batch has.
_COMPACT_BELOW = 0.75


class Tokens(NamedTuple):
    """One decoded answer.

    Args:
        token_ids: The tokens, the end token excluded.
        logprobs: Log-probability in nats of each, the end token's last if there is one.
        finish_reason: ``stop`` or ``length``.
    """

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish_reason: FinishReason


@dataclass(slots=True)
class _Row:
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finish_reason: FinishReason = "length"


class _Batch:
    """The rows still being decoded, as tensors."""

    def __init__(self, model: PreTrainedModel, requests: Sequence[Request]) -> None:
        self.model = model
        self.cache = DynamicCache(config=model.config)
        self.rows = list(range(len(requests)))
        width = max(len(request.prompt_ids) for request in requests)
        ids = torch.zeros((len(requests), width), dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, request in enumerate(requests):
            ids[row, width - len(request.prompt_ids) :] = torch.tensor(request.prompt_ids)
            mask[row, width - len(request.prompt_ids) :] = 1
        device = model.device
        self.ids = ids.to(device)
        self.mask = mask.to(device)
        self.positions = (self.mask.cumsum(dim=-1) - 1).clamp(min=0)
        self.seeds = torch.tensor(
            [_as_int64(request.seed) for request in requests], dtype=torch.int64, device=device
        )

    def logits(self) -> torch.Tensor:
        """Run the model on what it has not seen; return the last position's logits."""
        output = self.model(
            input_ids=self.ids,
            attention_mask=self.mask,
            position_ids=self.positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: torch.Tensor = output.logits[:, -1]
        return logits

    def append(self, tokens: torch.Tensor) -> None:
        """Make the chosen tokens the next input."""
        self.ids = tokens[:, None]
        self.mask = torch.cat([self.mask, self.mask.new_ones((len(self.mask), 1))], dim=-1)
        self.positions = self.positions[:, -1:] + 1

    def keep(self, alive: list[int]) -> None:
        """Drop every row but those at the given places."""
        index = cast("torch.LongTensor", torch.tensor(alive, device=self.ids.device))
        self.cache.reorder_cache(index)  # unlike batch_select_indices, every kind of layer has it
        self.ids, self.mask = self.ids[index], self.mask[index]
        self.positions, self.seeds = self.positions[index], self.seeds[index]
        self.rows = [self.rows[place] for place in alive]


def decode(
    model: PreTrainedModel,
    requests: Sequence[Request],
    *,
    settings: SamplingSettings,
    end_ids: Collection[int],
) -> list[Tokens]:
    """Decode one batch.

    Prompts are padded on the left, so put prompts of similar length together.

    Args:
        model: A causal language model in evaluation mode.
        requests: At least one; all decoded at once.
        settings: How tokens are chosen.
        end_ids: Token ids that end an answer.

    Returns:
        One answer per request, in the order of the requests.
    """
    rows = [_Row() for _ in requests]
    with torch.inference_mode():
        batch = _Batch(model, requests)
        for position in range(settings.max_new_tokens):
            step = torch.full_like(batch.seeds, position)
            choice = choose(batch.logits(), seeds=batch.seeds, positions=step, settings=settings)
            alive = _record(rows, batch, choice.tokens.tolist(), choice.logprobs.tolist(), end_ids)
            if not alive:
                break
            batch.append(choice.tokens)
            if len(alive) <= _COMPACT_BELOW * len(batch.rows):
                batch.keep(alive)
    return [Tokens(tuple(row.tokens), tuple(row.logprobs), row.finish_reason) for row in rows]


def _record(
    rows: list[_Row],
    batch: _Batch,
    tokens: list[int],
    logprobs: list[float],
    end_ids: Collection[int],
) -> list[int]:
    """Write one step's tokens down; return the places of the rows that go on."""
    alive = []
    for place, (row_index, token, logprob) in enumerate(
        zip(batch.rows, tokens, logprobs, strict=True)
    ):
        row = rows[row_index]
        if row.finish_reason == "stop":
            continue
        row.logprobs.append(logprob)
        if token in end_ids:
            row.finish_reason = "stop"
        else:
            row.tokens.append(token)
            alive.append(place)
    return alive


def _as_int64(seed: int) -> int:
    return seed - 2**64 if seed >= 2**63 else seed
