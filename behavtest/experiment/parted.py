"""Pairs of answers that part: each answer is read once, and little of it is held."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.parting import Parting, mark, parting
from behavtest.store import read_made

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from behavtest.core import Generation
    from behavtest.experiment.examples import TokenMark
    from behavtest.experiment.marked import PairKeys
    from behavtest.sampling import SpellsTokens
    from behavtest.store import Made

_ANSWERS = 512
"""Pairs of whole answers held in memory at once."""


class There(NamedTuple):
    """One answer at the place where it parts from another.

    Args:
        prompt: Token ids of its prompt.
        token: Its token there; None if it ends.
        logprob: The token's log-probability (nats); None if that is not known.
        mark: The token in its text.
    """

    prompt: array[int]
    token: int | None
    logprob: float | None
    mark: TokenMark


class Parted(NamedTuple):
    """Two answers where they part.

    Args:
        keys: Theirs.
        shared: The token ids both begin with.
        a: Model A's.
        b: Model B's.
    """

    keys: PairKeys
    shared: array[int]
    a: There
    b: There

    @property
    def place(self) -> Parting:
        """Where they part."""
        return Parting(tuple(self.shared), self.a.token, self.b.token)


def read_parted(
    connection: duckdb.DuckDBPyConnection,
    wanted: Sequence[PairKeys],
    *,
    speller_a: SpellsTokens,
    speller_b: SpellsTokens,
) -> Iterator[Parted]:
    """Read answers and find where they part.

    Args:
        connection: From `open_store`.
        wanted: Pairs of answers.
        speller_a: Model A's tokenizer.
        speller_b: Model B's.

    Yields:
        Those that part, in the order given.
    """
    for start in range(0, len(wanted), _ANSWERS):
        part = wanted[start : start + _ANSWERS]
        keys = [key for pair in part for key in pair]
        made = {one.key: one for one in read_made(connection, keys)}
        for pair in part:
            if pair.a in made and pair.b in made:  # likelihoods are kept elsewhere
                a, b = made[pair.a], made[pair.b]
                place = parting(a.generation, b.generation)
                if place is not None:
                    at_a = _there(a, place.token_a, len(place.shared), speller_a)
                    at_b = _there(b, place.token_b, len(place.shared), speller_b)
                    yield Parted(pair, array("i", place.shared), at_a, at_b)


def _there(made: Made, token: int | None, shared: int, speller: SpellsTokens) -> There:
    answer = made.generation
    return There(
        array("i", made.prompt_ids), token, _logprob(answer, shared), mark(answer, shared, speller)
    )


def _logprob(answer: Generation, place: int) -> float | None:
    return answer.logprobs[place] if place < len(answer.logprobs) else None
