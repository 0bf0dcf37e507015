"""Passes over many texts: as many at once as go into memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import torch

from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.models.loading import is_out_of_memory
from behavtest.models.memory import release_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from transformers import PreTrainedModel

Told = TypeVar("Told")


class Pass(NamedTuple, Generic[Told]):
    """What goes through the model at once.

    Args:
        places: Which texts, the first of those that are left.
        rows: How many rows they take.
        tokens: How many tokens the longest has.
        compute: Gives what the model says to each text.
    """

    places: Sequence[int]
    rows: int
    tokens: int
    compute: Callable[[], list[Told]]


def passes(
    model: PreTrainedModel,
    left: Sequence[int],
    take: Callable[[Sequence[int], int], Pass[Told]],
    *,
    rows: int,
    name: str,
) -> Iterator[list[tuple[int, Told]]]:
    """Read texts, fewer at a time once memory has run out.

    Args:
        model: The model.
        left: Places of the texts, in the order they are read.
        take: Makes a pass of the first of them, given the most rows it may have.
        rows: Most rows at first, at least 1; halved when memory runs out.
        name: The model's, for errors.

    Yields:
        Each pass's places, with what the model says; every one once.

    Raises:
        OutOfMemoryError: Not even a single row fits.
    """
    while left:
        one = take(left, rows)
        found = _attempt(model, one, name=name)
        if found is None:
            rows = one.rows // 2
            release_held()
            continue
        left = left[len(one.places) :]
        yield list(zip(one.places, found, strict=True))


def _attempt(model: PreTrainedModel, one: Pass[Told], *, name: str) -> list[Told] | None:
    """Compute a pass; None if it does not fit into memory but a smaller one might."""
    try:
        with torch.inference_mode():
            return one.compute()
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        if one.rows == 1:
            raise OutOfMemoryError(
                f"{name} runs out of memory on {model.device} reading a single text of "
                f"{one.tokens} tokens, its prompt among them; use a smaller dtype "
                "(--behavtest-dtype)"
            ) from error
        return None


def refuse_nan(model: PreTrainedModel, texts: Iterable[Sequence[float]], *, name: str) -> None:
    """Check the log-probabilities of some texts.

    Raises:
        ModelError: One is NaN.
    """
    if any(math.isnan(logprob) for logprobs in texts for logprob in logprobs):
        raise ModelError(
            f"{name} computes NaN: its weights are damaged, or {model.dtype} cannot hold its "
            "activations; try --behavtest-dtype=float32"
        )
