"""How much of each behavior's pairs a page can hold: what does not hold comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from behavtest.experiment.result import VerdictName

PAGE = 4_000_000
"""Characters of pairs in a page: a thousand behaviors must still open in a browser."""

MOST = 40_000
"""Characters of pairs shown for one behavior, more than anyone reads."""

WHOLE = 800
"""Sections that a page of several models shows whole at most, the most important first."""

_FILE, _SHORT, _REST, _CHARACTER = 18_000_000, 1_500, 5_000, 2.5
"""Bytes of a page, of a section in short, of what a whole one has more, of a pair's character."""


def shares(verdicts: Sequence[VerdictName]) -> list[int]:
    """Share the page of several models out among its sections, the most important first.

    Args:
        verdicts: The verdict of each behavior of each model.

    Returns:
        Characters of pairs to show for each, in the same order; 0 for one that is shown in short.
    """
    left = max(_FILE - _SHORT * len(verdicts), _FILE // 10)
    whole = sorted(range(len(verdicts)), key=lambda place: verdicts[place] == "holds")
    whole = whole[: min(WHOLE, left * 2 // 5 // _REST)]
    page = min(PAGE, int((left - _REST * len(whole)) / _CHARACTER))
    found = [0] * len(verdicts)
    for place, budget in zip(whole, budgets((verdicts[p] for p in whole), page=page), strict=True):
        found[place] = budget
    return found


def budgets(verdicts: Iterable[VerdictName], *, page: int = PAGE) -> list[int]:
    """Share the page out among its behaviors.

    What does not hold takes what it needs of three quarters of the page; what holds shares what
    is left.

    Args:
        verdicts: The verdict of each behavior.
        page: Characters of pairs in the page.

    Returns:
        Characters of pairs to show for each, in the same order.
    """
    holds = [verdict == "holds" for verdict in verdicts]
    grave = len(holds) - sum(holds)
    part = page * 3 // 4 if any(holds) else page
    first = min(MOST, part // grave) if grave else 0
    most = first if grave else MOST
    second = min(most, (page - grave * first) // sum(holds)) if any(holds) else 0
    return [second if held else first for held in holds]
