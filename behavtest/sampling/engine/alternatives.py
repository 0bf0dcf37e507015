"""The tokens a text may go on with: its last logits, many texts in a pass."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch

from behavtest.sampling.backend import Alternatives
from behavtest.sampling.engine.passes import Pass, passes, refuse_nan
from behavtest.sampling.engine.texts import last_logits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.sampling.backend import Beginning

_Tokens = tuple[tuple[int, ...], tuple[float, ...]]


def alternatives(
    model: PreTrainedModel,
    beginnings: Sequence[Beginning],
    *,
    most: int,
    rows: int,
    name: str = "the model",
) -> Iterator[list[Alternatives]]:
    """Find the most likely next tokens of every beginning.

    Args:
        model: A causal language model in evaluation mode.
        beginnings: In any order.
        most: How many tokens besides those wanted, at least 1.
        rows: Most rows in a forward pass, at least 1; halved when memory runs out.
        name: The model's, for errors.

    Yields:
        The beginnings finished by each batch; every one once.

    Raises:
        ModelError: The model computes NaN.
        OutOfMemoryError: Not even a single beginning fits.
    """

    def take(left: Sequence[int], rows: int) -> Pass[_Tokens]:
        places = left[:rows]
        wanted = [beginnings[place] for place in places]
        return Pass(places, len(places), len(wanted[0].ids), partial(_read, model, wanted, most))

    # The longest first: memory runs out early or not at all, and little is padded.
    order = sorted(range(len(beginnings)), key=lambda place: -len(beginnings[place].ids))
    for found in passes(model, order, take, rows=rows, name=name):
        refuse_nan(model, (logprobs for _, (_, logprobs) in found), name=name)
        yield [Alternatives(place, *tokens) for place, tokens in found]


def _read(model: PreTrainedModel, wanted: Sequence[Beginning], most: int) -> list[_Tokens]:
    logprobs = last_logits(model, [one.ids for one in wanted]).log_softmax(-1)
    top = logprobs.topk(min(most, logprobs.shape[-1]))
    return [
        _tokens(row, [*ids, *(token for token in one.wanted if token < len(row))])
        for row, ids, one in zip(logprobs, top.indices.tolist(), wanted, strict=True)
    ]


def _tokens(logprobs: torch.Tensor, ids: Sequence[int]) -> _Tokens:
    """Order tokens by how likely they are, each once."""
    distinct = sorted(set(ids))
    found = logprobs[torch.tensor(distinct, device=logprobs.device)].clamp(max=0).tolist()
    ranked = sorted(zip(found, distinct, strict=True), key=lambda item: (-item[0], item[1]))
    return tuple(token for _, token in ranked), tuple(logprob for logprob, _ in ranked)
