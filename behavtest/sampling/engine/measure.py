"""Log-probabilities of given texts: nothing is sampled, so nothing depends on a seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import torch

from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.models.loading import is_out_of_memory
from behavtest.models.memory import release_held
from behavtest.sampling.backend import Measured
from behavtest.sampling.engine.texts import read, read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.sampling.backend import Continuation

_T = TypeVar("_T")


def measure(
    model: PreTrainedModel,
    continuations: Sequence[Continuation],
    *,
    rows: int,
    name: str = "the model",
) -> Iterator[list[Measured]]:
    """Find the log-probability of every token of every continuation.

    Args:
        model: A causal language model in evaluation mode.
        continuations: In any order; those after one prompt share the reading of it.
        rows: Most rows in a forward pass, at least 1; halved when memory runs out.
        name: The model's, for errors.

    Yields:
        The continuations finished by each batch; every one once.

    Raises:
        ModelError: The model computes NaN.
        OutOfMemoryError: Not even a single continuation fits.
    """
    left = _longest_first(continuations)
    while left:
        places = _batch(continuations, left, rows)
        wanted = [continuations[place] for place in places]
        found = _attempt(model, wanted, name=name)
        if found is None:
            rows = max(1, _rows_of(wanted) // 2)
            release_held()
            continue
        left = left[len(places) :]
        yield [Measured(*item) for item in zip(places, found, strict=True)]


def _longest_first(continuations: Sequence[Continuation]) -> list[int]:
    """Order places so that memory runs out early or not at all, and prompts stay together."""
    longest: dict[tuple[int, ...], int] = {}
    for prompt_ids, token_ids in continuations:
        longest[prompt_ids] = max(longest.get(prompt_ids, 0), len(prompt_ids) + len(token_ids))

    def key(place: int) -> tuple[int, tuple[int, ...], int]:
        prompt_ids, token_ids = continuations[place]
        return -longest[prompt_ids], prompt_ids, -len(token_ids)

    return sorted(range(len(continuations)), key=key)


def _batch(continuations: Sequence[Continuation], left: Sequence[int], rows: int) -> Sequence[int]:
    """Take as many places as go through the model at once."""
    prompts: set[tuple[int, ...]] = set()
    longer = 0
    for count, place in enumerate(left):
        prompts.add(continuations[place].prompt_ids)
        longer += len(continuations[place].token_ids) > 1
        if max(len(prompts), longer) > rows:
            return left[:count]
    return left


def _rows_of(wanted: Sequence[Continuation]) -> int:
    """Count the rows of a batch: one for each prompt, then one for each text of several tokens."""
    prompts = {one.prompt_ids for one in wanted}
    return max(len(prompts), sum(len(one.token_ids) > 1 for one in wanted))


def _attempt(
    model: PreTrainedModel, wanted: Sequence[Continuation], *, name: str
) -> list[tuple[float, ...]] | None:
    """Measure one batch; None if it does not fit into memory but a smaller one might."""
    rows = _rows_of(wanted)

    def compute() -> list[tuple[float, ...]]:
        if getattr(model, "_is_stateful", False):
            return read_whole(model, wanted, rows=rows)
        return read(model, wanted)

    tokens = max(len(one.prompt_ids) + len(one.token_ids) for one in wanted)
    found = attempt(model, compute, rows=rows, tokens=tokens, name=name)
    refuse_nan(model, found or (), name=name)
    return found


def attempt(
    model: PreTrainedModel,
    compute: Callable[[], list[_T]],
    *,
    rows: int,
    tokens: int,
    name: str,
) -> list[_T] | None:
    """Compute what a model says to one batch of texts.

    Args:
        model: The model.
        compute: Gives what it says to each text.
        rows: How many rows go through the model at once.
        tokens: How many tokens the longest has.
        name: The model's, for errors.

    Returns:
        What was computed; None if it does not fit into memory but a smaller batch might.

    Raises:
        OutOfMemoryError: It does not fit, and is of a single row.
    """
    try:
        with torch.inference_mode():
            return compute()
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        if rows == 1:
            raise OutOfMemoryError(
                f"{name} runs out of memory on {model.device} reading a single text of {tokens} "
                "tokens, its prompt among them; use a smaller dtype (--behavtest-dtype)"
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
