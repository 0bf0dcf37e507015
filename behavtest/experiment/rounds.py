"""Rounds: how far a behavior goes before it is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.experiment.observe import Batch

_FIRST_ROUND = 32
_LEAST_ROUND = 16
_GROWTH = 8
_PART_PAIRS = 4096


def parts(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """Cut a round into parts, which bounds the texts in memory and how far a time limit is overrun.

    Where the cuts fall changes no result: every behavior's pairs stay its own, in order. Each part
    is the next few places of every behavior, never one behavior's round before another's: how long
    a part takes says something about its texts, and a time limit that fell between two behaviors
    would stop one because of completions that the other has seen.

    Args:
        batches: The round; a behavior that fails in one part is in none of those after it.
    """
    places = max(_PART_PAIRS // max(len(batches), 1), 1)
    longest = max((len(batch.planned) for batch in batches), default=0)
    for start in range(0, longest, places):
        yield [
            batch._replace(planned=batch.planned[start : start + places])
            for batch in batches
            if batch.trial.error is None
        ]


def round_size(pairs: int, *, max_pairs: int) -> int:
    """Return how many pairs to draw before looking again: small at first, then an eighth more.

    Args:
        pairs: Observations of the behavior so far.
        max_pairs: Most observations of one behavior.
    """
    size = max(_LEAST_ROUND, pairs // _GROWTH) if pairs else _FIRST_ROUND
    return min(size, max_pairs - pairs)


def looks(max_pairs: int) -> tuple[int, ...]:
    """Return after how many pairs the engine looks at a behavior, the last look included.

    Args:
        max_pairs: Most pairs of one behavior, >= 1.
    """
    seen = [round_size(0, max_pairs=max_pairs)]
    while seen[-1] < max_pairs:
        seen.append(seen[-1] + round_size(seen[-1], max_pairs=max_pairs))
    return tuple(seen)
