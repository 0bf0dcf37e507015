"""A decision as Markdown, for a pull request or a job's summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.release.lines import accepted, failures, first_line, idle, warnings
from behavtest.report import format as fmt
from behavtest.report.files import write_whole
from behavtest.report.markdown.text import sentence
from behavtest.report.words import ICONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from behavtest.release.decision import Decision

_MOST: Final = 50
"""Items of one list: with the longest sentences they fit a comment."""


def write_decision(decision: Decision, path: Path) -> None:
    """Write a decision as Markdown.

    Args:
        decision: What was decided.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    write_whole(path, decision_markdown(decision).encode(), what="summary")


def decision_markdown(decision: Decision) -> str:
    """Return a decision as Markdown; texts of suites, models and users make no markup in it."""
    icon = ICONS["holds" if decision.passes else "violated"]
    parts = [f"### {icon} {sentence(first_line(decision))}\n"]
    for title, items in (
        ("Fails the release", [str(one) for one in failures(decision)]),
        ("Warns", [str(one) for one in warnings(decision)]),
        ("Accepted", accepted(decision)),
        ("Acceptances without effect", idle(decision)),
    ):
        if items:
            parts.append(_list(title, items))
    return "\n".join(parts)


def _list(title: str, items: Sequence[str]) -> str:
    shown = [f"- {sentence(item)}" for item in items[:_MOST]]
    if len(items) > _MOST:
        shown.append(f"- and {fmt.count(len(items) - _MOST)} more")
    return "\n".join([f"**{title}**", "", *shown, ""])
