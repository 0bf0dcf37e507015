"""A behavior from run to run in words: which model, when, by which version, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.stats.expectation import ABSOLUTE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.experiment.behavior_result import VerdictName
    from behavtest.report.past import Step

_DAY = 10
_SHORT_ID = 8


class Point(NamedTuple):
    """What one run found of the behavior.

    Args:
        when: The day; empty for a run of this report.
        run: The beginning of the run's id.
        model: The modified model, or the one that was asked alone.
        fingerprint: The beginning of its digest.
        version: Of behavtest, and of the suite if its author names one.
        verdict: The verdict then.
        estimate: The estimate.
        interval: Its interval, or that it is exact.
        pairs: Observations.
        note: What makes its number one of something else than the number before; else empty.
    """

    when: str
    run: str
    model: str
    fingerprint: str
    version: str
    verdict: VerdictName
    estimate: str
    interval: str
    pairs: str
    note: str


def points(steps: Sequence[Step]) -> tuple[Point, ...]:
    """Say what each run found, and what changed before it.

    Args:
        steps: The runs, the earliest first.
    """
    return tuple(map(_point, steps, [None, *steps]))


def _point(step: Step, before: Step | None) -> Point:
    run, found = step.run, step.found
    absolute = found.expectation in ABSOLUTE_KINDS
    digest = run.fingerprint_b or run.fingerprint_a
    interval = ""
    if found.exact:
        interval = "exact"
    elif found.interval is not None:
        interval = fmt.span(found.interval.lower, found.interval.upper, signed=not absolute)
    suite = f", suite {found.suite_version}" if found.suite_version else ""
    return Point(
        when="" if step.now else fmt.moment(run.started)[:_DAY],
        run=run.run_id[:_SHORT_ID],
        model=run.model_b or run.model_a,
        fingerprint=fmt.fingerprint(digest),
        version=f"behavtest {run.version}{suite}" if run.version else suite.lstrip(", "),
        verdict=found.verdict,
        estimate=(fmt.score if absolute else fmt.change)(found.estimate),
        interval=interval,
        pairs=fmt.count(found.pairs),
        note="; ".join(_changes(step, before)) if before is not None else "",
    )


def _changes(step: Step, before: Step) -> Iterator[str]:
    """Say what makes a number one of something else than the number before."""
    found, earlier = step.found, before.found
    if step.run.fingerprint_a != before.run.fingerprint_a and step.run.model_b is not None:
        yield f"compared with {step.run.model_a} ({fmt.fingerprint(step.run.fingerprint_a)})"
    if (found.expectation, found.margin) != (earlier.expectation, earlier.margin):
        yield f"expected from here on: {found.expectation}, {fmt.score(found.margin)}"
    if found.suite_version != earlier.suite_version:
        yield f"suite version {found.suite_version or '(none)'} from here on"


def in_words(points: Sequence[Point], steps: Sequence[Step], title: str) -> str:
    """Say in a sentence what is drawn; the table has every number."""
    values = [step.found.estimate for step in steps]
    least, most = points[values.index(min(values))], points[values.index(max(values))]
    first, last = points[0], points[-1]
    return (
        f"{title}: first {_said(first)}, last {_said(last)}; the least {least.estimate}, the "
        f"greatest {most.estimate}. Each is listed below."
    )


def _said(point: Point) -> str:
    ends = f", interval {point.interval}" if point.interval not in {"", "exact"} else ""
    return f"{point.estimate}{ends}, {point.verdict}, {point.when or 'now'}"
