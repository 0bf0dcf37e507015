"""How large a change one behavior would notice: power curves from its measured scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from behavtest.experiment.calibration.law import Change, Scores, feared_change
from behavtest.experiment.calibration.power import Question, StopRule, simulate
from behavtest.experiment.calibration.result import POWER, BehaviorPower, PowerCurve

if TYPE_CHECKING:
    from behavtest.stats import Bounds, Expectation
    from behavtest.stats.arrays import FloatArray

SEARCH_RUNS = 1000
"""Runs simulated for a change under trial: the power is then known to .013 at .8."""

CURVE_RUNS = 500
"""Runs simulated for a point of a curve."""

_HALVINGS = 9
_POINTS = 15
_BEYOND = 1.3


@dataclass(frozen=True, slots=True)
class _Sampled:
    """One behavior under one way of sampling.

    Args:
        expectation: The expectation.
        observed: Range of an observation.
        scores: Model A's.
        change: The change it is meant to notice.
        rule: The engine's rule.
        coupled: Whether both models see the same noise.
        seed: Of the simulation.
    """

    expectation: Expectation
    observed: Bounds
    scores: Scores
    change: Change
    rule: StopRule
    coupled: bool
    seed: int

    def power(self, change: float, runs: int) -> float:
        """Return how often a change (signed) is declared violated."""
        share = min(change / self.change.reach, 1.0) if change else 0.0
        law = self.scores.failing(share, worst=self.change.worst, coupled=self.coupled)
        question = Question(self.expectation, self.observed, law)
        rng = np.random.default_rng(self.seed)  # the same for every change: smoother curves
        return float(simulate([question], self.rule, runs=runs, rng=rng).violated.mean())

    def detectable(self) -> float | None:
        """Find by bisection the least change that is declared with probability `POWER`."""
        hidden, shown = self.change.boundary, self.change.reach
        if not self.change.possible or self.power(shown, SEARCH_RUNS) < POWER:
            return None
        for _ in range(_HALVINGS):
            middle = (hidden + shown) / 2
            if self.power(middle, SEARCH_RUNS) < POWER:
                hidden = middle
            else:
                shown = middle
        return shown

    def curve(self, changes: FloatArray, detectable: float | None) -> PowerCurve:
        """Draw the power over changes."""
        return PowerCurve(
            changes=tuple(float(change) for change in changes),
            powers=tuple(self.power(float(change), CURVE_RUNS) for change in changes),
            detectable=detectable,
        )


def behavior_power(
    expectation: Expectation, observed: Bounds, scores: Scores, rule: StopRule, *, seed: int
) -> BehaviorPower:
    """Simulate what one behavior would notice within the budget.

    Args:
        expectation: Of a change, not of one model.
        observed: Range of an observation.
        scores: Model A's on the behavior's prompts.
        rule: The engine's, for a behavior that alone changed.
        seed: Of the simulation, >= 0.
    """
    change = feared_change(expectation, observed, scores)
    independent, coupled = (
        _Sampled(expectation, observed, scores, change, rule, coupled, seed)
        for coupled in (False, True)
    )
    found = independent.detectable(), coupled.detectable()
    changes = _points(change, [one for one in found if one is not None])
    return BehaviorPower(
        boundary=change.boundary,
        reach=change.reach,
        independent=independent.curve(changes, found[0]),
        coupled=coupled.curve(changes, found[1]),
    )


def _points(change: Change, detectable: list[float]) -> FloatArray:
    """Choose where a curve is drawn: from no change to beyond all that is of interest."""
    far = max(abs(one) for one in (*detectable, change.boundary))
    end = abs(change.reach) if not detectable else min(abs(change.reach), _BEYOND * far)
    inner = [one for one in (*detectable, change.boundary) if abs(one) <= end]
    sizes = np.unique(np.abs([*np.linspace(0, end, _POINTS), *inner]))
    changes: FloatArray = np.copysign(sizes, change.reach) + 0.0  # no change is 0, not -0
    return changes
