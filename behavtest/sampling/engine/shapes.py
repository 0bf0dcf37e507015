"""The shapes of forward passes: little padding, or shapes that do not depend on the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_T = TypeVar("_T")

PASS_TOKENS = 64
"""About how many tokens could be read in the time that a pass takes whatever it reads."""

_LEAST_WIDTH = 16
_MOST_LOGITS = 2**28
"""Logits of one pass, unless one row has more: 512 MiB in half precision."""


def widened(count: int) -> int:
    """Round a number of tokens up to one of few widths: 16, 24, 32, 48, 64, 96, 128, ..."""
    width = _LEAST_WIDTH
    while width < count:
        if width * 3 // 2 >= count:
            return width * 3 // 2
        width *= 2
    return width


def rows_checked(width: int, *, vocabulary: int, most: int) -> int:
    """Return how many rows to check drafts of in one pass, by what their logits take.

    Args:
        width: Tokens of a row.
        vocabulary: Logits of a token.
        most: Most rows.
    """
    return max(1, min(most, _MOST_LOGITS // (width * vocabulary)))


def cut(items: Iterable[_T], most: int) -> Iterator[list[_T]]:
    """Cut items into lists of at most so many."""
    part: list[_T] = []
    for item in items:
        part.append(item)
        if len(part) == most:
            yield part
            part = []
    if part:
        yield part


def alike(items: Iterable[_T], *, width: Callable[[_T], int], most: int) -> list[list[_T]]:
    """Group items so that passes over the groups, each padded to its widest item, cost least.

    A pass costs its tokens, padding included, and `PASS_TOKENS` more. The best groups are runs of
    the items sorted by width, found by dynamic programming over the distinct widths.

    Args:
        items: What will be read.
        width: Tokens of one.
        most: Most items in a group.

    Returns:
        The groups, widest first.
    """
    by_width: dict[int, list[_T]] = {}
    for item in items:
        by_width.setdefault(width(item), []).append(item)
    widths = sorted(by_width, reverse=True)
    counts = [len(by_width[each]) for each in widths]
    # best[i]: the least cost of the widths from the i-th on, and where the first run of it ends.
    best = [(0, 0)] * (len(widths) + 1)
    for first in range(len(widths) - 1, -1, -1):
        options = []
        count = 0
        for last in range(first, len(widths)):
            count += counts[last]
            passes = -(-count // most)
            cost = passes * PASS_TOKENS + count * widths[first]
            options.append((cost + best[last + 1][0], last + 1))
        best[first] = min(options)
    groups: list[list[_T]] = []
    first = 0
    while first < len(widths):
        last = best[first][1]
        run = [item for each in widths[first:last] for item in by_width[each]]
        groups += cut(run, most)
        first = last
    return groups
