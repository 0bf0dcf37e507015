"""Evidence from outcomes that are 0 or 1: exact mixtures over the success probability."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln

from behavtest.stats.arrays import SLACK, FloatArray, observations
from behavtest.stats.beta import UNIFORM, BetaPrior, check_prior, log_upper_beta
from behavtest.stats.expectation import Bounds, Direction

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def binary_log_e(
    successes: ArrayLike,
    trials: ArrayLike,
    *,
    boundary: float,
    direction: Direction | None = None,
    prior: BetaPrior = UNIFORM,
) -> FloatArray:
    """Return the log e-value of k successes in n trials, for a claim about their probability.

    The e-process is the likelihood ratio to the boundary p0, averaged over the prior:

        E = int (p / p0)^k ((1 - p) / (1 - p0))^(n - k) pi(dp),

    with pi = Beta(a, b) for the claim "p != p0", and Beta(a, b) cut to the claimed side and
    renormalised for "p > p0" or "p < p0". One-sided, the null is composite: given the past, each
    success has some probability r <= p0, which may move. For p > p0 the factor of one trial,
    r p / p0 + (1 - r) (1 - p) / (1 - p0) on average, grows with r and is 1 at r = p0, so it is at
    most 1 under all of the null; a p < p0 in the prior would be paid for outcomes that the null
    allows. A mixture of nonnegative supermartingales is one. Two-sided, the null is r = p0 and
    every factor averages exactly 1. Source: Ville 1939; Robbins, "Statistical methods related to
    the law of the iterated logarithm", Ann. Math. Stat. 1970.

    The sequence must be looked at in its order: E is an e-process in n along one stream.

    Args:
        successes: k, whole numbers, shape (n,) or any.
        trials: n, whole numbers >= k, of the same shape.
        boundary: p0, in (0, 1).
        direction: The side claimed; None claims a difference.
        prior: Beta(a, b).

    Returns:
        Of the same shape; exact to about 1e-9 at n = 10^6.

    Raises:
        ValueError: An argument is outside its range.
    """
    check_prior(prior)
    if not 0 < boundary < 1:
        raise ValueError(f"boundary is {boundary}; it must lie strictly between 0 and 1")
    won, tried = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    )
    if not (
        (won >= 0) & (won <= tried) & (won == np.floor(won)) & (tried == np.floor(tried))
    ).all():
        raise ValueError("successes and trials must be whole numbers, 0 <= successes <= trials")
    if direction is Direction.BELOW:
        won, prior, boundary = tried - won, BetaPrior(*reversed(prior)), 1 - boundary
    log_likelihood = won * math.log(boundary) + (tried - won) * math.log1p(-boundary)
    a, b = prior.successes + won.ravel(), prior.failures + (tried - won).ravel()
    log_mixture = _log_mass(a, b, boundary, one_sided=direction is not None).reshape(won.shape)
    log_prior = _log_mass(
        np.array([prior.successes]),
        np.array([prior.failures]),
        boundary,
        one_sided=direction is not None,
    )
    log_e: FloatArray = log_mixture - log_prior[0] - log_likelihood
    return log_e


def _log_mass(a: FloatArray, b: FloatArray, boundary: float, *, one_sided: bool) -> FloatArray:
    """Return the log of the integral of p^(a - 1) (1 - p)^(b - 1), shape (n,)."""
    if one_sided:
        return log_upper_beta(a, b, boundary)
    mass: FloatArray = betaln(a, b)
    return mass


class BinaryProcess:
    """The e-process of `binary_log_e`, fed with outcomes in their order.

    Args:
        boundary: p0, in (0, 1).
        direction: The side claimed; None claims a difference.
        prior: Beta(a, b).

    Raises:
        ValueError: An argument is outside its range.
    """

    def __init__(
        self,
        *,
        boundary: float,
        direction: Direction | None = None,
        prior: BetaPrior = UNIFORM,
    ) -> None:
        binary_log_e(0, 0, boundary=boundary, direction=direction, prior=prior)
        self.boundary = boundary
        self.direction = direction
        self.prior = prior
        self._successes = 0
        self._trials = 0
        self._log_e = 0.0

    @property
    def successes(self) -> int:
        """Number of successes so far."""
        return self._successes

    @property
    def trials(self) -> int:
        """Number of trials so far."""
        return self._trials

    @property
    def log_e(self) -> float:
        """Natural log of the e-value now; 0 before the first outcome."""
        return self._log_e

    def update(self, values: ArrayLike) -> FloatArray:
        """Take outcomes in their order; how they are split into calls changes nothing.

        Args:
            values: Outcomes, shape (n,), n >= 0, each 0 or 1.

        Returns:
            The log e-value after each of them, shape (n,).

        Raises:
            ValueError: A value is something else; nothing is taken then.
        """
        outcomes = whole_numbers(values, Bounds(0, 1))
        return self._count(outcomes, np.ones_like(outcomes))

    def _count(self, won: FloatArray, tried: FloatArray) -> FloatArray:
        successes = self._successes + np.cumsum(won)
        trials = self._trials + np.cumsum(tried)
        path = binary_log_e(
            successes,
            trials,
            boundary=self.boundary,
            direction=self.direction,
            prior=self.prior,
        )
        if len(path):
            self._successes, self._trials = int(successes[-1]), int(trials[-1])
            self._log_e = float(path[-1])
        return path


def whole_numbers(values: ArrayLike, bounds: Bounds) -> FloatArray:
    """Return the values as a new array of shape (n,), n >= 0, of whole numbers inside the bounds.

    Args:
        values: A sequence of numbers; one within `SLACK` of a whole number is that number.
        bounds: The least and greatest of them.

    Raises:
        ValueError: The values are not one-dimensional, or one is something else.
    """
    array = observations(values, bounds)
    whole: FloatArray = np.rint(array)
    if (np.abs(array - whole) > SLACK).any():
        first = int(np.flatnonzero(np.abs(array - whole) > SLACK)[0])
        raise ValueError(f"observation {first} is {array[first]}, not a whole number")
    return whole
