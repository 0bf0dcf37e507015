"""The evidence on one behavior: what is known so far, and how sure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats.arrays import SLACK, FloatArray, check_bounds, observations
from behavtest.stats.census import CensusProcess
from behavtest.stats.confseq import ConfidenceInterval, confidence_interval
from behavtest.stats.eprocess import BettingProcess
from behavtest.stats.expectation import Bounds, Claim, Direction, Expectation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

GREATEST_E = 1e300
"""Cap on a reported e-value; a smaller e-value is still an e-value."""


class EvidencePath(NamedTuple):
    """The evidence after each observation.

    Args:
        log_e_holds: Natural log of the e-value for "the expectation holds", shape (n,).
        log_e_violated: The same for "it is violated", shape (n,).
    """

    log_e_holds: FloatArray
    log_e_violated: FloatArray


def e_value(log_e: float) -> float:
    """Return exp(log_e), in [0, `GREATEST_E`]."""
    return math.exp(log_e) if log_e < math.log(GREATEST_E) else GREATEST_E


class Evidence:
    """The state of one behavior's test: observations in, e-values and an interval out.

    With Delta the mean observation, "holds" claims Delta strictly inside what the expectation
    allows and "violated" strictly outside. Each one-sided claim has its e-process. All claims of
    "holds" are needed, so their least e-value counts: under its null one of them is false, and
    the least is at most that one's e-value. Any claim of "violated" is enough, so the mean of
    their e-values counts: under its null all of them are false, and a mean of e-values is one.

    With a population (N fixed scores, drawn without replacement) the answer is known once all N
    are seen. Then the e-value of a true claim is infinite and that of a false one 0, and equality
    with the boundary counts as holding (to `SLACK` of the range). That keeps them e-values: an
    e-process is only ever raised when its null is known to be false, so under the null it stays
    at or below the supermartingale. In the case of equality the null of "holds" is "strictly
    outside", which is false, and the null of "violated" is "inside or equal", which is true.

    Args:
        expectation: What is claimed.
        bounds: Range of an observation.
        population: N, for draws without replacement; None for independent observations.

    Raises:
        ValueError: As `Expectation.check`, or the population is empty.
    """

    def __init__(
        self, expectation: Expectation, bounds: Bounds, population: int | None = None
    ) -> None:
        check_bounds(bounds)
        claims = expectation.claims(bounds)
        self.expectation = expectation
        self.bounds = bounds
        self.population = population
        self.holds = tuple(self._process(claim) for claim in claims.holds)
        self.violated = tuple(self._process(claim) for claim in claims.violated)
        self._values: list[FloatArray] = []
        self._paths: list[EvidencePath] = []
        self._pairs = 0

    def _process(self, claim: Claim) -> BettingProcess:
        if self.population is None:
            return BettingProcess(claim, self.bounds)
        return CensusProcess(claim, self.bounds, population=self.population)

    def update(self, values: ArrayLike) -> EvidencePath:
        """Take observations, in schedule order; how they are split into calls changes nothing.

        Args:
            values: Shape (n,), n >= 0, inside the bounds.

        Returns:
            The evidence after each of them, shape (n,) each.

        Raises:
            ValueError: A value is outside the bounds or not a number, or there are more values
                than the population has; nothing is taken then.
        """
        checked = observations(values, self.bounds)
        holds = [process.update(checked) for process in self.holds]
        violated = [process.update(checked) for process in self.violated]
        if not len(checked):
            return EvidencePath(np.empty(0), np.empty(0))
        self._values.append(checked)
        self._pairs += len(checked)
        path = EvidencePath(
            np.minimum.reduce(holds),
            np.logaddexp.reduce(violated, axis=0) - math.log(len(violated)),
        )
        if self.exact:
            path.log_e_holds[-1] = math.inf if self.exact_holds else -math.inf
            path.log_e_violated[-1] = -math.inf if self.exact_holds else math.inf
        self._paths.append(path)
        return path

    @property
    def pairs(self) -> int:
        """Number of observations so far."""
        return self._pairs

    @property
    def values(self) -> FloatArray:
        """The observations so far, shape (pairs,)."""
        return np.concatenate([np.empty(0), *self._values])

    @property
    def estimate(self) -> float | None:
        """Mean observation, correctly rounded; None before the first."""
        return math.fsum(self.values) / self._pairs if self._pairs else None

    @property
    def path(self) -> EvidencePath:
        """The evidence after each observation, shape (pairs,) each."""
        return EvidencePath(
            np.concatenate([np.empty(0), *(part.log_e_holds for part in self._paths)]),
            np.concatenate([np.empty(0), *(part.log_e_violated for part in self._paths)]),
        )

    @property
    def log_e_holds(self) -> float:
        """Natural log of the e-value for "the expectation holds", in [-inf, inf]."""
        return float(self._paths[-1].log_e_holds[-1]) if self._paths else 0.0

    @property
    def log_e_violated(self) -> float:
        """Natural log of the e-value for "the expectation is violated", in [-inf, inf]."""
        return float(self._paths[-1].log_e_violated[-1]) if self._paths else 0.0

    @property
    def e_holds(self) -> float:
        """E-value for "the expectation holds", in [0, `GREATEST_E`]."""
        return e_value(self.log_e_holds)

    @property
    def e_violated(self) -> float:
        """E-value for "the expectation is violated", in [0, `GREATEST_E`]."""
        return e_value(self.log_e_violated)

    @property
    def exact(self) -> bool:
        """Whether the whole population has been seen: no sampling error is left."""
        return self._pairs == self.population

    @property
    def exact_holds(self) -> bool:
        """Whether the expectation holds for the population; equality holds.

        Raises:
            ValueError: The population has not been seen entirely.
        """
        estimate = self.estimate
        if not self.exact or estimate is None:
            raise ValueError(f"only {self._pairs} of {self.population} scores have been seen")
        slack = SLACK * (self.bounds.upper - self.bounds.lower)
        return all(
            estimate >= boundary - slack
            if direction is Direction.ABOVE
            else estimate <= boundary + slack
            for direction, boundary in (process.claim for process in self.holds)
        )

    def interval(self, alpha: float) -> ConfidenceInterval:
        """Return the confidence sequence for the mean observation; see `confidence_interval`.

        Args:
            alpha: Error rate of each end, in (0, 1); both together cover with 1 - 2 alpha.

        Raises:
            ValueError: alpha is outside (0, 1).
        """
        return confidence_interval(
            self.values, self.bounds, alpha=alpha, population=self.population
        )
