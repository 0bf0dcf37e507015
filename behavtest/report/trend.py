"""A behavior from run to run, drawn small, with the same in words and in rows."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.trend_points import Point, in_words, points
from behavtest.report.zone import allowed, is_absolute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.report.past import Step

_LEFT, _RIGHT, _TOP, _BOTTOM = 12.0, 288.0, 22.0, 78.0
_LEAST_REACH = 0.05


class Mark(NamedTuple):
    """A point in chart coordinates.

    Args:
        x: Its place.
        y: Place of the estimate.
        low: Place of the interval's lower end.
        high: Place of its upper end.
        verdict: Its verdict.
        now: Whether it is of this report.
    """

    x: float
    y: float
    low: float
    high: float
    verdict: VerdictName
    now: bool


class Trend(NamedTuple):
    """A behavior over runs.

    Args:
        title: What is drawn, of how many runs.
        text: The drawing in words.
        points: The earliest run first; those of this report last.
        marks: The same, drawn.
        lines: Estimates against one base model, joined.
        breaks: Places where the base model changes.
        zone: Upper and lower edge of what is allowed now.
        zero: Place of no change; None where it is not drawn.
    """

    title: str
    text: str
    points: tuple[Point, ...]
    marks: tuple[Mark, ...]
    lines: tuple[str, ...]
    breaks: tuple[float, ...]
    zone: tuple[float, float] | None
    zero: float | None


class _Scale(NamedTuple):
    """The values between the lower and the upper edge of the drawing."""

    low: float
    high: float

    def at(self, value: float) -> float:
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(_BOTTOM - (_BOTTOM - _TOP) * part, 1)


def trend(behavior: BehaviorResult, past: Sequence[Step], present: Sequence[Step]) -> Trend | None:
    """Draw a behavior over runs.

    Args:
        behavior: As it is now: what it allows is drawn behind all.
        past: Earlier runs, the earliest first.
        present: The runs of this report.

    Returns:
        The trend; None if there is no earlier run.
    """
    if not past:
        return None
    steps = [*past, *present]
    absolute, zone, scale = is_absolute(behavior), allowed(behavior), _scale(behavior, steps)
    told = points(steps)
    marks = tuple(_mark(step, place, len(steps), scale) for place, step in enumerate(steps))
    # A mean of one model is none of a change: what it was compared with is of no matter.
    bases = ["" if absolute else step.run.fingerprint_a for step in steps]
    runs = fmt.plural(len(past), "earlier run") + (" and now" if present else "")
    what = "Mean" if absolute else "Change"
    return Trend(
        title=f"{what}, {runs}",
        text=in_words(told, steps, f"{what} in {runs}"),
        points=told,
        marks=marks,
        lines=_lines(marks[: len(past) + (len(present) == 1)], bases),
        breaks=tuple(
            round((before.x + after.x) / 2, 1)
            for (before, base), (after, other) in pairwise(zip(marks, bases, strict=True))
            if base != other
        ),
        zone=None if zone is None else (scale.at(zone.upper), scale.at(zone.lower)),
        zero=None if absolute else scale.at(0.0),
    )


def _scale(behavior: BehaviorResult, steps: Sequence[Step]) -> _Scale:
    """Choose the values that are drawn: every interval, and the ends of what is allowed."""
    absolute = is_absolute(behavior)
    values = [] if absolute else [-_LEAST_REACH, _LEAST_REACH]
    for end in allowed(behavior) or ():
        if behavior.range_lower < end < behavior.range_upper:
            values += [end - _LEAST_REACH, end + _LEAST_REACH]
    for step in steps:
        values += [step.found.estimate, *_ends(step)]
    low, high = min(values), max(values)
    return _Scale(low, high if high > low else low + _LEAST_REACH)


def _ends(step: Step) -> tuple[float, float]:
    interval = step.found.interval
    if step.found.exact or interval is None:
        return step.found.estimate, step.found.estimate
    return interval.lower, interval.upper


def _mark(step: Step, place: int, number: int, scale: _Scale) -> Mark:
    lower, upper = _ends(step)
    return Mark(
        x=round(_LEFT + (_RIGHT - _LEFT) * place / max(number - 1, 1), 1),
        y=scale.at(step.found.estimate),
        low=scale.at(lower),
        high=scale.at(upper),
        verdict=step.found.verdict,
        now=step.now,
    )


def _lines(marks: Sequence[Mark], bases: Sequence[str]) -> tuple[str, ...]:
    """Join the first marks; several models of one report are no steps, and are not joined."""
    stretches = groupby(zip(marks, bases, strict=False), key=lambda each: each[1])
    return tuple(" ".join(f"{mark.x},{mark.y}" for mark, _ in found) for _, found in stretches)
