"""What the evidence on a behavior says, as the result writes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from behavtest.experiment.behavior_result import Interval, PathPoint
from behavtest.stats import e_value, forecast

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import VerdictName
    from behavtest.stats import Evidence

_PATH_POINTS = 100


class Measured(TypedDict):
    """The fields of `BehaviorResult` that follow from the evidence and the verdict."""

    verdict: VerdictName
    exact: bool
    pairs: int
    estimate: float | None
    interval: Interval | None
    e_holds: float
    e_violated: float
    p_violated: float
    enough: float
    forecast: int | None
    path: tuple[PathPoint, ...]
    without_replacement: bool
    weighted: bool


def measured(evidence: Evidence, verdict: VerdictName, *, alpha: float, enough: float) -> Measured:
    """Sum up the evidence.

    Args:
        evidence: Frozen at the stop.
        verdict: What was made of it.
        alpha: Error rate of each end of the interval, in (0, 1).
        enough: The evidence for "violated" that suffices alone.
    """
    interval = evidence.interval(alpha) if evidence.pairs else None
    return Measured(
        verdict=verdict,
        exact=evidence.exact,
        pairs=evidence.pairs,
        estimate=evidence.estimate,
        interval=None if interval is None else Interval(*interval, 1 - 2 * alpha),
        e_holds=evidence.e_holds,
        e_violated=evidence.e_violated,
        p_violated=evidence.p_violated,
        enough=enough,
        forecast=forecast(evidence, alpha, violated_at=enough)
        if verdict == "inconclusive"
        else None,
        path=_path(evidence),
        without_replacement=evidence.population is not None,
        weighted=evidence.weighted,
    )


def _path(evidence: Evidence) -> tuple[PathPoint, ...]:
    """Thin the path to what a chart can show, the last point included."""
    holds, violated = evidence.path
    if not len(holds):
        return ()
    places = np.unique(np.linspace(0, len(holds) - 1, _PATH_POINTS).astype(int))
    return tuple(
        PathPoint(
            pairs=int(place) + 1,
            e_holds=_rounded(float(holds[place])),
            e_violated=_rounded(float(violated[place])),
        )
        for place in places
    )


def _rounded(log_e: float) -> float:
    """Return an e-value with the digits a chart can show."""
    return float(f"{e_value(log_e):.4g}")
