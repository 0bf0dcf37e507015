"""Log-probabilities of given texts: nothing is sampled, so nothing depends on a seed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from behavtest.sampling.backend import Measured
from behavtest.sampling.engine.passes import Pass, passes, refuse_nan
from behavtest.sampling.engine.texts import read, read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.sampling.backend import Continuation


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

    def take(left: Sequence[int], rows: int) -> Pass[tuple[float, ...]]:
        places = _batch(continuations, left, rows)
        wanted = [continuations[place] for place in places]
        tokens = max(len(one.prompt_ids) + len(one.token_ids) for one in wanted)
        return Pass(places, _rows_of(wanted), tokens, partial(_read, model, wanted))

    order = _longest_first(continuations)
    for found in passes(model, order, take, rows=rows, name=name):
        refuse_nan(model, (logprobs for _, logprobs in found), name=name)
        yield [Measured(*item) for item in found]


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


def _read(model: PreTrainedModel, wanted: Sequence[Continuation]) -> list[tuple[float, ...]]:
    if getattr(model, "_is_stateful", False):
        return read_whole(model, wanted, rows=_rows_of(wanted))
    return read(model, wanted)
