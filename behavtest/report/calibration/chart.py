"""The geometry of a calibration's charts: rates on one line, power over changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.calibration.result import POWER
from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.calibration.result import BehaviorPower, PowerCurve, Share

RATE_WIDTH = 620
"""Width of the chart of false-alarm rates; `PANEL_WIDTH` and `PANEL_HEIGHT` are a power curve's."""

PANEL_WIDTH = 320
PANEL_HEIGHT = 150
RANGE_WIDTH = 260
"""Width of the chart of detectable changes in the table."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 310.0, 10.0, 122.0
_RATE_LEFT, _RATE_RIGHT = 12.0, 596.0
_RANGE_LEFT, _RANGE_RIGHT = 14.0, 246.0
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
_MOST_TICKS = 6


class Axis(NamedTuple):
    """Sizes from zero, drawn from left to right.

    Args:
        left: Place of zero.
        right: Place of the end.
        end: Size at the right, > 0.
        step: Distance of the ticks.
    """

    left: float
    right: float
    end: float
    step: float

    def at(self, size: float) -> float:
        """Find the place of a size, kept within the chart."""
        share = min(max(size / self.end, 0.0), 1.0)
        return round(self.left + (self.right - self.left) * share, 1)

    def ticks(self) -> list[float]:
        """List the sizes marked on it."""
        return [number * self.step for number in range(math.floor(self.end / self.step + 1e-9) + 1)]


class Mark(NamedTuple):
    """A labeled place on an axis."""

    x: float
    label: str


class RateRow(NamedTuple):
    """One measured rate, in chart coordinates.

    Args:
        label: What it is of.
        text: It in words.
        low: Left end of the interval.
        high: Right end.
        rate: The rate itself.
    """

    label: str
    text: str
    low: float
    high: float
    rate: float


class RateChart(NamedTuple):
    """False-alarm rates beside what is promised.

    Args:
        rows: The rates, from the top.
        alpha: Place of the promise.
        alpha_label: It in words.
        ticks: The axis.
    """

    rows: tuple[RateRow, ...]
    alpha: float
    alpha_label: str
    ticks: tuple[Mark, ...]


class Curve(NamedTuple):
    """A power curve, in chart coordinates.

    Args:
        points: As SVG wants them.
        detectable: Place of the detectable change; None if there is none.
    """

    points: str
    detectable: float | None


class PowerPanel(NamedTuple):
    """Power over the size of the change, for one behavior.

    Args:
        coupled: With shared noise.
        independent: With independent noise.
        allowed: Right end of what is allowed.
        power: Height of the power a detectable change has.
        ticks: The axis of changes.
        heights: The axis of power: height and label.
    """

    coupled: Curve
    independent: Curve
    allowed: float
    power: float
    ticks: tuple[Mark, ...]
    heights: tuple[tuple[float, str], ...]


class RangeRow(NamedTuple):
    """One behavior's detectable changes by size, in chart coordinates.

    Args:
        allowed: Right end of what is allowed.
        coupled: The detectable change with shared noise; None if there is none.
        independent: The same with independent noise.
        ticks: The grid.
    """

    allowed: float
    coupled: float | None
    independent: float | None
    ticks: tuple[Mark, ...]


def rate_chart(rates: Sequence[tuple[str, str, Share]], *, alpha: float) -> RateChart:
    """Place false-alarm rates with their intervals on one axis with alpha.

    Args:
        rates: Label, words and rate, from the top.
        alpha: The rate promised.
    """
    end = min(1.0, 1.15 * max(2 * alpha, *(share.upper for _, _, share in rates)))
    axis = _axis(end, _RATE_LEFT, _RATE_RIGHT)
    rows = tuple(
        RateRow(label, text, axis.at(share.lower), axis.at(share.upper), axis.at(share.rate))
        for label, text, share in rates
    )
    ticks = tuple(Mark(axis.at(tick), fmt.percent(round(tick, 9))) for tick in axis.ticks())
    return RateChart(rows, axis.at(alpha), f"{fmt.ALPHA} = {fmt.percent(alpha)}", ticks)


def power_panel(power: BehaviorPower) -> PowerPanel:
    """Draw a behavior's power curves on one scale of its own.

    Args:
        power: The curves.
    """
    end = max(abs(change) for change in power.coupled.changes)
    axis = _axis(end, _LEFT, _RIGHT)
    sign = -1 if power.reach < 0 else 1
    return PowerPanel(
        coupled=_curve(power.coupled, axis),
        independent=_curve(power.independent, axis),
        allowed=axis.at(abs(power.boundary)),
        power=_height(POWER),
        ticks=tuple(Mark(axis.at(tick), _label(sign * tick)) for tick in axis.ticks()),
        heights=tuple((_height(share), f"{100 * share:.0f}{fmt.NBSP}%") for share in (0, 0.5, 1)),
    )


def range_axis(powers: Sequence[BehaviorPower]) -> Axis:
    """Choose the scale of all detectable changes: no wider than they need.

    Args:
        powers: The behaviors' power, at least one.
    """
    sizes = [abs(power.boundary) for power in powers]
    for power in powers:
        sizes += [
            abs(one) for one in (power.coupled.detectable, power.independent.detectable) if one
        ]
    return _axis(1.05 * max(*sizes, 0.05), _RANGE_LEFT, _RANGE_RIGHT)


def range_row(power: BehaviorPower, axis: Axis) -> RangeRow:
    """Place a behavior's detectable changes on the scale of all."""
    coupled, independent = power.coupled.detectable, power.independent.detectable
    return RangeRow(
        allowed=axis.at(abs(power.boundary)),
        coupled=None if coupled is None else axis.at(abs(coupled)),
        independent=None if independent is None else axis.at(abs(independent)),
        ticks=range_ticks(axis),
    )


def range_ticks(axis: Axis) -> tuple[Mark, ...]:
    """List the ticks of the scale of sizes."""
    return tuple(Mark(axis.at(tick), f"{round(tick, 9):g}") for tick in axis.ticks())


def _axis(end: float, left: float, right: float) -> Axis:
    end = max(end, _STEPS[0])
    step = next((step for step in _STEPS if end / step <= _MOST_TICKS), _STEPS[-1])
    return Axis(left, right, end, step)


def _curve(curve: PowerCurve, axis: Axis) -> Curve:
    points = " ".join(
        f"{axis.at(abs(change))},{_height(power)}"
        for change, power in zip(curve.changes, curve.powers, strict=True)
    )
    return Curve(points, None if curve.detectable is None else axis.at(abs(curve.detectable)))


def _height(power: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * power, 1)


def _label(change: float) -> str:
    rounded = round(change, 9)
    if not rounded:
        return "0"
    return f"{fmt.MINUS if rounded < 0 else '+'}{abs(rounded):g}"
