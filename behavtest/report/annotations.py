"""What does not hold as GitHub's workflow commands, which become notes at the suite's lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report.columns import columns
from behavtest.report.headline import importance
from behavtest.report.hostile import one_line
from behavtest.report.sarif import explained
from behavtest.report.source_place import source_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult

SHOWN = 10
"""Errors, and warnings, that GitHub shows of one step; it drops those that come later."""

_MOST_TITLE = 100
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def commands(runs: Sequence[RunResult], *, inconclusive_fails: bool) -> Iterator[str]:
    """Write a command for each behavior that does not hold, the gravest first.

    Args:
        runs: The runs of one model A, in the order their modified models were given. Where there
            are several, each command names the model.
        inconclusive_fails: Whether inconclusive is an error, or else a warning.

    Yields:
        One line each. What GitHub would drop is counted in the last that it shows.
    """
    grave: dict[str, list[tuple[BehaviorResult, str]]] = {"error": [], "warning": []}
    found = [
        (behavior, column.label if len(runs) > 1 else "")
        for column in columns(runs)
        for behavior in column.run.behaviors
    ]
    for behavior, whose in sorted(found, key=lambda each: importance(each[0])):
        if behavior.verdict != "holds":
            soft = behavior.verdict == "inconclusive" and not inconclusive_fails
            grave["warning" if soft else "error"].append((behavior, whose))
    for command, behaviors in grave.items():
        shown = behaviors if len(behaviors) <= SHOWN else behaviors[: SHOWN - 1]
        for behavior, whose in shown:
            yield _command(command, behavior, whose)
        more = len(behaviors) - len(shown)
        if more:
            yield f"::{command} title=behavtest::{more} more behaviors, in the log and the report"


def _command(command: str, behavior: BehaviorResult, whose: str) -> str:
    title = one_line(f"{behavior.suite}/{behavior.behavior}", _MOST_TITLE)
    of = f" of {one_line(whose)}" if whose else ""
    properties = {
        "file": source_path(behavior.file).as_posix(),
        "line": str(max(behavior.line, 1)),
        "title": f"{title}{of}: {behavior.verdict}",
    }
    said = ",".join(
        f"{name}={one_line(text).translate(_PROPERTY)}" for name, text in properties.items()
    )
    return f"::{command} {said}::{explained(behavior, whose).translate(_DATA)}"
