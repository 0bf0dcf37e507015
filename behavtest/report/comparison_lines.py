"""Two runs side by side, as lines of at most 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.hostile import one_line
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.comparison import BehaviorComparison, Comparison
    from behavtest.experiment.result import RunResult

_WIDTH = 80
_MOST_NAME = 58
_MOST_LISTED = 10


def comparison_lines(compared: Comparison, *, every: bool = False) -> Iterator[str]:
    """Tell what changed between two runs, and what the numbers can be compared as.

    Args:
        compared: The runs.
        every: Whether behaviors are listed in which nothing changed.
    """
    for number, run in enumerate((compared.first, compared.second), start=1):
        yield from _run(number, run)
    yield ""
    for note in _notes(compared):
        yield from textwrap.wrap(note, _WIDTH, break_on_hyphens=False)
    yield ""
    shown = [each for each in compared.behaviors if every or _telling(each)]
    for each in shown:
        yield from _behavior(each)
    rest = len(compared.behaviors) - len(shown)
    if rest:
        same = fmt.plural(rest, "behavior").replace(fmt.NBSP, " ")
        yield f"{same} with the same verdict and intervals that overlap: --all lists them"
    for name, only in (("1", compared.only_first), ("2", compared.only_second)):
        yield from _only(name, only)


def _run(number: int, run: RunResult) -> Iterator[str]:
    when = one_line(fmt.moment(run.started), 30)
    yield f"run {number}: {one_line(run.run_id)[:8]} of {when}"
    yield f"  model A {one_line(run.model_a.name, 70)}"
    if run.model_b is not None:
        yield f"  model B {one_line(run.model_b.name, 70)}"


def _notes(compared: Comparison) -> Iterator[str]:
    """Say plainly what is comparable."""
    first, second = compared.first, compared.second
    if not compared.same_base:
        yield (
            "The models A differ: each run's changes are from its own base, so they are no "
            "measure of what lies between the two models B."
        )
    elif compared.same_modified:
        yield (
            "Both runs have the same models: what differs is chance, the seed, the number of "
            "pairs, or the rule and the suites of the time."
        )
    else:
        yield "Both runs have the same model A: their changes are from one base."
    if compared.same_rule:
        yield (
            f"Verdicts of both: alpha {first.alpha:g}, {one_line(words.procedure(first.procedure))}"
            "."
        )
    else:
        yield (
            f"The rules differ: alpha {first.alpha:g}, {one_line(words.procedure(first.procedure))}"
            f" in run 1; alpha {second.alpha:g}, {one_line(words.procedure(second.procedure))} in "
            "run 2."
        )
    yield (
        "A verdict that changed does not show by itself that the behavior did: each run's error "
        "rate is its own. Intervals that are apart do: of one behavior that is the same "
        f"in both runs they come apart with probability at most "
        f"{fmt.percent(compared.chance)}; among many, some may."
    ).replace(fmt.NBSP, " ")


def _telling(each: BehaviorComparison) -> bool:
    return each.verdict_changed or bool(each.apart) or bool(each.differs)


def _behavior(each: BehaviorComparison) -> Iterator[str]:
    yield one_line(f"{each.first.suite}/{each.first.behavior}", _MOST_NAME)
    for number, found in ((1, each.first), (2, each.second)):
        yield f"  {number}  {_row(found)}"
    if each.differs:
        what = ", ".join(each.differs)
        yield f"     not the same behavior: {what} {'differ' if ',' in what else 'differs'}"
    elif each.apart:
        yield "     apart: the intervals have no value in common"


def _row(found: BehaviorResult) -> str:
    absolute = is_absolute(found)
    if found.estimate is None:
        return f"{found.verdict:<12}"
    number = fmt.score if absolute else fmt.change
    estimate = ("at " if absolute else "") + number(found.estimate)
    interval = ""
    if found.exact:
        interval = "exact"
    elif found.interval is not None:
        interval = f"[{number(found.interval.lower)}, {number(found.interval.upper)}]"
    pairs = fmt.plural(found.pairs, "pair").replace(fmt.NBSP, " ")
    return f"{found.verdict:<12}{estimate:>10}  {interval:<18}{pairs:>13}"


def _only(number: str, names: tuple[str, ...]) -> Iterator[str]:
    if not names:
        return
    yield f"only in run {number}:"
    for name in names[:_MOST_LISTED]:
        yield f"  {one_line(name, _WIDTH - 2)}"
    if len(names) > _MOST_LISTED:
        yield f"  and {len(names) - _MOST_LISTED:,} more"
