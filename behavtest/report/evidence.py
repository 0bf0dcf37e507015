"""The geometry of the evidence chart: e-values as pairs came in, on a logarithmic scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.experiment.behavior_result import BehaviorResult, PathPoint

WIDTH = 300
HEIGHT = 84
_LEFT, _RIGHT, _TOP, _BOTTOM = 6.0, 294.0, 8.0, 78.0
_FLOOR = -2.0
_LEAST_POINTS = 2
_MOST_POINTS = 60


class EvidenceChart(NamedTuple):
    """Two paths and the line where evidence suffices, in chart coordinates.

    Args:
        holds: Points of the path for "holds", as SVG wants them.
        violated: Points of the path for "violated".
        threshold: Height of 1/alpha.
        threshold_label: Its value in words.
        one: Height of an e-value of 1, where both paths begin.
        pairs: The number of pairs at the right end.
        peak: The e-value at the top.
        text: The drawing in words.
    """

    holds: str
    violated: str
    threshold: float
    threshold_label: str
    one: float
    pairs: str
    peak: str
    text: str


def evidence_chart(behavior: BehaviorResult, *, alpha: float) -> EvidenceChart | None:
    """Draw the evidence along the way.

    Args:
        behavior: The behavior.
        alpha: The run's error rate.

    Returns:
        The chart, or None if there is no path worth drawing.
    """
    path = _thinned(behavior.path)
    if len(path) < _LEAST_POINTS:
        return None
    threshold = math.log10(1.0 / alpha)
    logs = [_log(value) for point in path for value in (point.e_holds, point.e_violated)]
    top = max(*logs, threshold + 0.5)
    floor = max(_FLOOR, min(*logs, 0.0))
    pairs = path[-1].pairs

    def height(log: float) -> float:
        fraction = (max(log, floor) - floor) / (top - floor)
        return round(_BOTTOM - (_BOTTOM - _TOP) * fraction, 1)

    def line(value: Callable[[PathPoint], float]) -> str:
        return " ".join(
            f"{_LEFT + (_RIGHT - _LEFT) * point.pairs / pairs:.1f},{height(_log(value(point)))}"
            for point in path
        )

    return EvidenceChart(
        holds=line(lambda point: point.e_holds),
        violated=line(lambda point: point.e_violated),
        threshold=height(threshold),
        threshold_label=f"1/{fmt.ALPHA} = {fmt.e_value(1.0 / alpha)}",
        one=height(0.0),
        pairs=fmt.plural(pairs, "pair"),
        peak=fmt.e_value(10.0**top),
        text=_text(path, alpha),
    )


def _text(path: tuple[PathPoint, ...], alpha: float) -> str:
    """Say where each path ends, and whether and when it first reached what suffices."""
    enough = 1.0 / alpha
    said = []
    for name, values in (
        ("holds", [point.e_holds for point in path]),
        ("violated", [point.e_violated for point in path]),
    ):
        at = next((p.pairs for p, e in zip(path, values, strict=True) if e >= enough), None)
        when = "" if at is None else f", at {fmt.e_value(enough)} or more by pair {fmt.count(at)}"
        said.append(f"{name} {fmt.e_value(values[-1])}{when}")
    return f"E-values after {fmt.plural(path[-1].pairs, 'pair')}: {'; '.join(said)}"


def _thinned(path: tuple[PathPoint, ...]) -> tuple[PathPoint, ...]:
    """Keep as many points as the drawing can show, the last one always."""
    path = tuple(point for point in path if point.pairs > 0)
    stride = -(-len(path) // _MOST_POINTS) or 1
    return tuple(reversed(path[::-1][::stride]))


def _log(value: float) -> float:
    return math.log10(min(max(value, 10.0**_FLOOR), 1e300))
