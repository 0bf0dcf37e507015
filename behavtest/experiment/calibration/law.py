"""What an observation is likely to be, resampled from the scores one model was given twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats import Direction

if TYPE_CHECKING:
    from behavtest.stats import Bounds, Expectation
    from behavtest.stats.arrays import FloatArray

MOST_VALUES = 512
"""Distinct observations told apart in a simulation; more are rounded to a grid this fine."""


class Law(NamedTuple):
    """The distribution of one observation.

    Args:
        values: Distinct observations D, shape (n,), ascending.
        chances: Their probabilities, shape (n,), summing to 1.
    """

    values: FloatArray
    chances: FloatArray

    @property
    def mean(self) -> float:
        """Mean observation: Delta."""
        return float(self.values @ self.chances)

    @property
    def variance(self) -> float:
        """Variance of an observation."""
        return float((self.values - self.mean) ** 2 @ self.chances)


class Change(NamedTuple):
    """The change that a behavior is meant to notice.

    Args:
        worst: The score a failing case gets.
        boundary: The greatest change that is still allowed, signed.
        reach: The greatest change there can be, signed: every case failing.
    """

    worst: float
    boundary: float
    reach: float

    @property
    def possible(self) -> bool:
        """Whether a model can change by more than is allowed."""
        return abs(self.reach) > abs(self.boundary)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """One model's scores on the same prompts, drawn twice with independent noise.

    Both are the same model's, so a pair is as likely as the same pair the other way round:
    (a, b) and (b, a) have one distribution, and D = b - a has the sign + or - with equal chance
    whatever |D|. That symmetry is exact, not estimated, and is built into every law made here.

    The pairs may come from runs that stopped early. The share of pairs with any given value is
    still estimated consistently over many runs: its expected count is its probability times the
    expected number of pairs (Wald's identity).

    Args:
        first: Scores, shape (n,), n >= 1.
        second: Scores of the same prompts in the same order, shape (n,).
        bounds: Range of a score.
    """

    first: FloatArray
    second: FloatArray
    bounds: Bounds

    @property
    def mean(self) -> float:
        """The model's mean score."""
        return float(np.concatenate([self.first, self.second]).mean())

    def unchanged(self) -> Law:
        """Return the law of D = b - a with independent noise when nothing changed."""
        return self.failing(0.0, worst=0.0, coupled=False)

    def failing(self, share: float, *, worst: float, coupled: bool) -> Law:
        """Return the law of D when a further share of cases fails altogether.

        B is A, except that with probability ``share`` its score is the worst one. Of all changes
        of a size that go one way this one is the sparsest and takes the most pairs to notice.
        With coupled sampling D = 0 where it did not strike, which is the best that coupling can
        do; with independent sampling the noise of both models is added.

        Args:
            share: q, in [0, 1]; Delta is q (worst - mean).
            worst: The score of a failing case.
            coupled: Whether both models see the same noise.
        """
        differences = self.second - self.first
        kept = np.zeros(1) if coupled else np.concatenate([differences, -differences])
        struck = worst - np.concatenate([self.first, self.second])
        values = np.concatenate([kept, struck])
        chances = np.concatenate(
            [
                np.full(len(kept), (1 - share) / len(kept)),
                np.full(len(struck), share / len(struck)),
            ]
        )
        return _distinct(values, chances, width=self.bounds.upper - self.bounds.lower)


def _distinct(values: FloatArray, chances: FloatArray, *, width: float) -> Law:
    """Add up the chances of equal values; round to a grid if there are too many.

    Args:
        values: Observations, in [-width, width].
        chances: Their probabilities; those of zero are dropped.
        width: Range of a score.
    """
    values, chances = values[chances > 0], chances[chances > 0]
    distinct, places = np.unique(values, return_inverse=True)
    if len(distinct) > MOST_VALUES:
        step = 2 * width / MOST_VALUES
        distinct, places = np.unique(np.rint(values / step) * step, return_inverse=True)
    sums = np.bincount(places, weights=chances)
    return Law(distinct, sums / sums.sum())


def feared_change(expectation: Expectation, observed: Bounds, scores: Scores) -> Change:
    """Return the change that violates an expectation: failing cases, in the direction that hurts.

    Where either direction does, the one with more room is taken.

    Args:
        expectation: Of a change, not of one model.
        observed: Range of an observation.
        scores: Model A's.
    """
    changes = [
        Change(worst, claim.boundary, worst - scores.mean)
        for claim in expectation.claims(observed).violated
        for worst in [
            scores.bounds.lower if claim.direction is Direction.BELOW else scores.bounds.upper
        ]
    ]
    return max(changes, key=lambda change: abs(change.reach))
