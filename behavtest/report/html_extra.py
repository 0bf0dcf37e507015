"""One behavior's verdict and pairs as a piece of HTML for somebody else's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import words
from behavtest.report.alternatives import line
from behavtest.report.headline import certainty, movement
from behavtest.report.html import piece
from behavtest.report.pairs import pairs

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult

_MOST_PAIRS = 5
_MOST_TEXT = 2_000


def html_extra(behavior: BehaviorResult) -> str:
    """Show a behavior: what was found and how sure it is, and pairs with their differences.

    Args:
        behavior: The behavior.

    Returns:
        Elements that need no style and run no script; every text is escaped.
    """
    shown = pairs(behavior, limit=_MOST_TEXT).shown[:_MOST_PAIRS]
    sure = certainty(behavior)
    found = "" if behavior.verdict == "error" else movement(behavior)
    return piece(
        "html-extra.html.j2",
        behavior=behavior,
        icon=words.ICONS[behavior.verdict],
        found=f"{found} ({sure})" if sure else found,
        pairs=shown,
        line=line,
    )
