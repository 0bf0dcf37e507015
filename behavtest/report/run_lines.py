"""The runs of a store, and a behavior's way through them, as lines of at most 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.hostile import one_line
from behavtest.report.words import ICONS
from behavtest.stats.expectation import ABSOLUTE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.store import ListedRun, Trend, TrendPoint

_MOST_MODEL = 23
_MOST_NAME = 70
_SHORT_ID = 8
_BARS = "▁▂▃▄▅▆▇█"


def run_lines(runs: Sequence[ListedRun]) -> Iterator[str]:
    """List runs: when, what they found, of which model; the base is named where it changes.

    Args:
        runs: In the order they are listed.
    """
    icons = "".join(f"{ICONS[name]:>5}" for name in ("violated", "error", "inconclusive", "holds"))
    yield f"{'run':<8}  {'started (UTC)':<16}{icons}{'pairs':>9}  model B"
    base = None
    for run in runs:
        if run.model_a != base:
            base = run.model_a
            yield f"model A {one_line(base, _MOST_NAME)}"
        when = fmt.moment(run.started).removesuffix(" UTC")
        start = f"{one_line(run.run_id)[:_SHORT_ID]:<8}  {one_line(when, 16):<16}"
        model = "—" if run.model_b is None else one_line(run.model_b, _MOST_MODEL)
        if run.status == "finished":
            counts = (run.violated, run.error, run.inconclusive, run.holds)
            yield f"{start}{''.join(f'{n:>5}' for n in counts)}{run.pairs:>9,}  {model}"
        else:
            yield f"{start}  {one_line(run.status, 27):<27}  {model}"
    yield ""
    yield ", ".join(f"{icon} {name}" for name, icon in ICONS.items())


def trend_lines(trend: Trend) -> Iterator[str]:
    """Follow a behavior from run to run, with a line of bars for the estimates.

    Args:
        trend: The behavior.
    """
    latest = trend.points[-1]
    yield one_line(f"{trend.suite}/{trend.behavior.rpartition('::')[2]}", _MOST_NAME)
    yield f"  {sparkline([point.estimate for point in trend.points])}  {_scale(trend)}"
    before = None
    for point in trend.points:
        for change in _changes(before, point):
            yield f"  {change}"
        before = point
        yield f"  {_row(point)}"
    if latest.expectation in ABSOLUTE_KINDS:
        bound = "least" if latest.expectation == "at_least" else "most"
        yield f"  expected: a mean of at {bound} {fmt.score(latest.margin)}"
    else:
        yield f"  expected: {latest.expectation}, {fmt.score(latest.margin)}"


def sparkline(values: Sequence[float | None]) -> str:
    """Draw numbers as bars, the least the lowest; a blank where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    least, span = min(known), max(known) - min(known)
    return "".join(
        " "
        if value is None
        else _BARS[round((value - least) / span * (len(_BARS) - 1)) if span else 0]
        for value in values
    )


def _scale(trend: Trend) -> str:
    known = [point.estimate for point in trend.points if point.estimate is not None]
    if not known:
        return "never measured"
    number = fmt.score if trend.points[-1].expectation in ABSOLUTE_KINDS else fmt.change
    return f"{number(min(known))} to {number(max(known))}"


def _changes(before: TrendPoint | None, point: TrendPoint) -> Iterator[str]:
    """Say what makes a run's number one of something else than the run's before."""
    if before is None or before.fingerprint_a != point.fingerprint_a:
        yield f"model A {one_line(point.model_a, _MOST_NAME)}"
    if before is None:
        return
    if (before.expectation, before.margin) != (point.expectation, point.margin):
        yield f"from here on expected: {point.expectation}, {fmt.score(point.margin)}"
    if before.scorer != point.scorer:
        yield f"from here on scored by {one_line(point.scorer, _MOST_NAME - 16)}"


def _row(point: TrendPoint) -> str:
    number = fmt.score if point.expectation in ABSOLUTE_KINDS else fmt.change
    estimate = fmt.NONE if point.estimate is None else number(point.estimate)
    interval = ""
    if point.exact:
        interval = "exact"
    elif point.lower is not None and point.upper is not None:
        interval = f"[{number(point.lower)}, {number(point.upper)}]"
    when = one_line(fmt.moment(point.started))[:10]
    icons = {str(name): icon for name, icon in ICONS.items()}
    model = "" if point.model_b is None else one_line(point.model_b, 19)
    return (
        f"{one_line(point.run_id)[:_SHORT_ID]:<8}  {when:<10}  "
        f"{icons.get(point.verdict, '·')} {estimate:>7}  {interval:<16}{point.pairs:>6}  {model}"
    ).rstrip()
