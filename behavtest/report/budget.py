"""How much of each behavior's pairs a page can hold: what does not hold comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.result import VerdictName

PAGE = 4_000_000
"""Characters of pairs in a page: a thousand behaviors must still open in a browser."""

MOST = 40_000
"""Characters of pairs shown for one behavior, more than anyone reads."""


def budgets(verdicts: Iterable[VerdictName]) -> list[int]:
    """Share the page out among its behaviors.

    What does not hold takes what it needs of three quarters of the page; what holds shares what
    is left.

    Args:
        verdicts: The verdict of each behavior.

    Returns:
        Characters of pairs to show for each, in the same order.
    """
    holds = [verdict == "holds" for verdict in verdicts]
    grave = len(holds) - sum(holds)
    part = PAGE * 3 // 4 if any(holds) else PAGE
    first = min(MOST, part // grave) if grave else 0
    most = first if grave else MOST
    second = min(most, (PAGE - grave * first) // sum(holds)) if any(holds) else 0
    return [second if held else first for held in holds]
