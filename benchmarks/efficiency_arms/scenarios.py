"""What is true in each scenario: the law of a pair of binary scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

ALPHA = 0.05
POWER = 0.9
TOLERANCES = (0.02, 0.05, 0.1)
BASE_RATES = (0.5, 0.9, 0.99)
CHURN = 0.01
CHANGE = 3
"""A change is this many tolerances."""


class Law(NamedTuple):
    """The law of a pair's difference D = score_B - score_A, with values -1, 0 and 1.

    Args:
        loss: P(D = -1): A passes and B fails.
        gain: P(D = 1): A fails and B passes.
    """

    loss: float
    gain: float

    @property
    def chances(self) -> FloatArray:
        """P(D = -1), P(D = 0), P(D = 1)."""
        return np.array([self.loss, 1 - self.loss - self.gain, self.gain])


class Sampling(StrEnum):
    """How B's sample depends on A's."""

    COUPLED = "coupled"
    CHURN = "coupled, 1 % flips each way"
    INDEPENDENT = "independent"


@dataclass(frozen=True)
class Scenario:
    """One truth, seen through one way of sampling; the expectation is always ``not_worse``.

    Args:
        changed: Whether B passes less often than A, by `CHANGE` tolerances; else equally often.
        sampling: Coupled pairs differ only where the change (or churn) makes them.
        base: P(A passes).
        tolerance: Of the expectation.
    """

    changed: bool
    sampling: Sampling
    base: float
    tolerance: float

    @property
    def law(self) -> Law:
        """The law of D."""
        drop = CHANGE * self.tolerance if self.changed else 0.0
        if self.sampling is Sampling.INDEPENDENT:
            other = self.base - drop
            return Law(self.base * (1 - other), (1 - self.base) * other)
        churn = CHURN if self.sampling is Sampling.CHURN else 0.0
        return Law(drop + churn, churn)

    def uncoupled(self, base: float | None = None) -> Scenario:
        """Return the same truth sampled independently, at another base rate if one is given."""
        chosen = self.base if base is None else base
        return replace(self, sampling=Sampling.INDEPENDENT, base=chosen)


def scenarios() -> list[Scenario]:
    """Return all scenarios; a change is not sampled with churn."""
    return [
        Scenario(changed, sampling, base, tolerance)
        for changed in (False, True)
        for sampling in Sampling
        for base in BASE_RATES
        for tolerance in TOLERANCES
        if not (changed and sampling is Sampling.CHURN)
    ]


def draw(rng: np.random.Generator, law: Law, pairs: int) -> IntArray:
    """Return the values of D of independent pairs, shape (pairs,)."""
    uniform = rng.random(pairs)
    return (uniform >= 1 - law.gain).astype(np.int64) - (uniform < law.loss)
