"""The tokens a text may go on with: its last logits, many texts in a pass."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from behavtest.sampling.backend import Alternatives
from behavtest.sampling.engine.passes import Pass, passes, refuse_nan
from behavtest.sampling.engine.texts import last_logits
from behavtest.sampling.engine.upload import on_device

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
    size = logprobs.shape[-1]
    top = logprobs.topk(min(most, size)).indices.tolist()
    ids = [
        sorted({*likely, *(token for token in one.wanted if token < size)})
        for likely, one in zip(top, wanted, strict=True)
    ]
    widest = max(map(len, ids))
    index = on_device([row + [0] * (widest - len(row)) for row in ids], logprobs.device)
    found = logprobs.gather(-1, index).clamp(max=0).tolist()
    return [_ranked(row, of_row[: len(row)]) for row, of_row in zip(ids, found, strict=True)]


def _ranked(ids: Sequence[int], logprobs: Sequence[float]) -> _Tokens:
    """Order distinct tokens by how likely they are."""
    ranked = sorted(zip(logprobs, ids, strict=True), key=lambda item: (-item[0], item[1]))
    return tuple(token for _, token in ranked), tuple(logprob for logprob, _ in ranked)
