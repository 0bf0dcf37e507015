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
from behavtest.stats.weighted import WeightedProcess, Weights, check_weights, contained_mean

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
        weighted: Whether prompts are drawn with chances of one's choice, and observations come
            with `Weights`; see `behavtest.stats.weighted`.

    Raises:
        ValueError: As `Expectation.check`, the population is empty, or it is to be weighted.
    """

    def __init__(
        self,
        expectation: Expectation,
        bounds: Bounds,
        population: int | None = None,
        *,
        weighted: bool = False,
    ) -> None:
        check_bounds(bounds)
        if weighted and population is not None:
            raise ValueError("draws without replacement cannot be weighted")
        claims = expectation.claims(bounds)
        self.expectation = expectation
        self.bounds = bounds
        self.population = population
        self.weighted = weighted
        self.holds = tuple(self._process(claim) for claim in claims.holds)
        self.violated = tuple(self._process(claim) for claim in claims.violated)
        self._values: list[FloatArray] = []
        self._weights: list[Weights] = []
        self._paths: list[EvidencePath] = []
        self._pairs = 0

    def _process(self, claim: Claim) -> BettingProcess:
        if self.weighted:
            return WeightedProcess(claim, self.bounds)
        if self.population is None:
            return BettingProcess(claim, self.bounds)
        return CensusProcess(claim, self.bounds, population=self.population)

    def update(self, values: ArrayLike, weights: Weights | None = None) -> EvidencePath:
        """Take observations, in schedule order; how they are split into calls changes nothing.

        Args:
            values: Shape (n,), n >= 0, inside the bounds.
            weights: How their prompts were drawn, where the evidence is weighted, shape (n,) each;
                None for uniform draws.

        Returns:
            The evidence after each of them, shape (n,) each.

        Raises:
            ValueError: A value is outside the bounds or not a number, there are more values than
                the population has, or weights that are not wanted or not as in `check_weights`;
                nothing is taken then.
        """
        checked = observations(values, self.bounds)
        if weights is not None and not self.weighted:
            raise ValueError("weights given, but this evidence was not created as weighted")
        weight, greatest = weights or (1.0, 1.0)
        checked_weights = check_weights(weight, greatest, len(checked))
        holds = [_advance(process, checked, checked_weights) for process in self.holds]
        violated = [_advance(process, checked, checked_weights) for process in self.violated]
        if not len(checked):
            return EvidencePath(np.empty(0), np.empty(0))
        self._values.append(checked)
        if self.weighted:
            self._weights.append(checked_weights)
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
    def weights(self) -> Weights:
        """How the observations so far were drawn, shape (pairs,) each; all 1 if not weighted."""
        if not self.weighted:
            return check_weights(1.0, 1.0, self._pairs)
        return Weights(
            np.concatenate([np.empty(0), *(part.weight for part in self._weights)]),
            np.concatenate([np.empty(0), *(part.greatest for part in self._weights)]),
        )

    @property
    def estimate(self) -> float | None:
        """Mean observation, correctly rounded; None before the first.

        If weighted, the mean of `behavtest.stats.weighted.contained_mean`. It is in every
        `interval`.
        """
        if not self._pairs:
            return None
        if self.weighted:
            return contained_mean(self.values, self.weights.share)
        return math.fsum(self.values) / self._pairs

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
    def p_holds(self) -> float:
        """P-value for "the expectation holds", valid at any stopping time, in [0, 1].

        It is 1 / sup E over the path so far: under its null P(sup E >= 1 / a) <= a for every a
        (Ville). The supremum of an e-process is not an e-value, so this must not be used, nor be
        turned back, where an e-value is asked for (e-BH, averages). Once a population has shown
        the claim to be false it is 1, which only raises it where the null is true.
        """
        if self.exact and not self.exact_holds:
            return 1.0
        return _p_value(self.path.log_e_holds)

    @property
    def p_violated(self) -> float:
        """P-value for "the expectation is violated", as `p_holds`."""
        if self.exact and self.exact_holds:
            return 1.0
        return _p_value(self.path.log_e_violated)

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
            self.values,
            self.bounds,
            alpha=alpha,
            population=self.population,
            weights=self.weights if self.weighted else None,
        )


def _advance(process: BettingProcess, values: FloatArray, weights: Weights) -> FloatArray:
    if isinstance(process, WeightedProcess):
        return process.update(values, *weights)
    return process.update(values)


def _p_value(log_e: FloatArray) -> float:
    """Return min(1, 1 / sup E) of a path, in [1 / `GREATEST_E`, 1]."""
    return 1 / e_value(float(log_e.max(initial=0.0)))
