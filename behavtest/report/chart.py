"""The geometry of the forest plot: one row per behavior, one scale for all changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.zone import allowed, is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.behavior_result import BehaviorResult

WIDTH = 280
_MARGIN = 19
_STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
_MOST_TICKS = 6
_LEAST_REACH = 0.1


class Scale(NamedTuple):
    """A range of values drawn over the width of a chart.

    Args:
        lower: Value at the left end.
        upper: Value at the right end.
        step: Distance of the ticks.
    """

    lower: float
    upper: float
    step: float

    def at(self, value: float) -> float:
        """Find the place of a value, kept within the chart."""
        fraction = (value - self.lower) / (self.upper - self.lower)
        inner = WIDTH - 2 * _MARGIN
        return round(_MARGIN + inner * min(max(fraction, 0.0), 1.0), 1)


class Tick(NamedTuple):
    """A labeled place on the axis.

    Args:
        x: Its place.
        label: Its value.
        zero: Whether it marks no change.
    """

    x: float
    label: str
    zero: bool


class Row(NamedTuple):
    """One behavior's marks, in chart coordinates.

    Args:
        ticks: The grid behind it.
        own_scale: Whether the grid is its own and must be labeled.
        zone: Left end and right end of what is allowed.
        bounds: The ends of what is allowed that lie inside the range.
        interval: Left end and right end of the confidence interval.
        estimate: Place of the estimate.
    """

    ticks: tuple[Tick, ...]
    own_scale: bool
    zone: tuple[float, float] | None
    bounds: tuple[float, ...]
    interval: tuple[float, float] | None
    estimate: float | None


def shared_scale(behaviors: Iterable[BehaviorResult]) -> Scale:
    """Choose the scale of all changes of a run: no wider than they need.

    Args:
        behaviors: The run's behaviors; absolute expectations are left aside.

    Returns:
        A scale around zero that holds every interval, estimate and boundary.
    """
    values = [-_LEAST_REACH, _LEAST_REACH]
    for behavior in behaviors:
        if is_absolute(behavior):
            continue
        zone = allowed(behavior)
        if zone is not None:
            values += [end for end in zone if behavior.range_lower < end < behavior.range_upper]
        if behavior.interval is not None:
            values += [behavior.interval.lower, behavior.interval.upper]
        if behavior.estimate is not None:
            values.append(behavior.estimate)
    lower, upper = min(values), max(values)
    step = next((s for s in _STEPS if (upper - lower) / s <= _MOST_TICKS), _STEPS[-1])
    return Scale(step * math.floor(lower / step), step * math.ceil(upper / step), step)


def ticks(scale: Scale) -> tuple[Tick, ...]:
    """List the ticks of a scale, left to right."""
    number = round((scale.upper - scale.lower) / scale.step)
    values = [scale.lower + index * scale.step for index in range(number + 1)]
    return tuple(Tick(scale.at(value), _label(value), abs(value) < 1e-9) for value in values)  # noqa: PLR2004


def row(behavior: BehaviorResult, *, scale: Scale) -> Row:
    """Place one behavior's marks.

    Args:
        behavior: The behavior.
        scale: The scale of all changes; an absolute expectation is drawn on its own range.

    Returns:
        The marks.
    """
    own = is_absolute(behavior)
    if own:
        low, high = behavior.range_lower, behavior.range_upper
        scale = Scale(low, high, (high - low) / 2)
    zone = allowed(behavior)
    # Without sampling error there is a point, drawn as such, whatever interval is recorded.
    interval = None if behavior.exact else behavior.interval
    inner = [z for z in zone or () if behavior.range_lower < z < behavior.range_upper]
    return Row(
        ticks=ticks(scale),
        own_scale=own,
        zone=(scale.at(zone.lower), scale.at(zone.upper)) if zone else None,
        bounds=tuple(scale.at(end) for end in inner),
        interval=(scale.at(interval.lower), scale.at(interval.upper)) if interval else None,
        estimate=None if behavior.estimate is None else scale.at(behavior.estimate),
    )


def _label(value: float) -> str:
    text = f"{abs(value):.2f}".rstrip("0").rstrip(".")
    if abs(value) < 1e-9:  # noqa: PLR2004 - a sum of steps may miss zero by rounding
        return "0"
    return f"{fmt.MINUS if value < 0 else '+'}{text}"
