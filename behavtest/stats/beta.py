"""Beta priors over a success probability, and their integral above a boundary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import betaincc, betaln

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray

FAR = 1e-100
"""Tail probability below which the continued fraction takes over from SciPy."""

TERMS = 2000
"""Most steps of the continued fraction; with a tail below `FAR` it needs some dozens."""

PRECISION = 1e-15
"""Relative change at which the continued fraction has converged."""


class BetaPrior(NamedTuple):
    """A Beta distribution over a success probability.

    Args:
        successes: First parameter, > 0.
        failures: Second parameter, > 0.
    """

    successes: float
    failures: float


UNIFORM = BetaPrior(1.0, 1.0)
"""All success probabilities alike."""

KT = BetaPrior(0.5, 0.5)
"""The prior of Krichevsky and Trofimov: within (1/2) ln n of the best bet, whatever it is."""


def check_prior(prior: BetaPrior) -> None:
    """Refuse a Beta prior whose parameters are not positive numbers.

    Raises:
        ValueError: One is not.
    """
    if not all(0 < parameter < math.inf for parameter in prior):
        raise ValueError(f"prior {tuple(prior)}: both parameters must be positive")


def log_upper_beta(a: FloatArray, b: FloatArray, boundary: float) -> FloatArray:
    """Return the log of the integral of x^(a - 1) (1 - x)^(b - 1) from a boundary to 1.

    It is betaln(a, b) + log P(Beta(a, b) > boundary). Far in the tail that probability underflows
    (with a and b in the hundred thousands, a few percent off the mean); there

        (1 - p)^b p^a / b * K(b, a, 1 - p),  p the boundary,

    with the continued fraction K of the incomplete beta function (Abramowitz and Stegun 26.5.8).

    Args:
        a: > 0, shape (n,).
        b: > 0, shape (n,).
        boundary: In (0, 1).
    """
    tail = betaincc(a, b, boundary)
    far = tail < FAR
    log_integral: FloatArray = betaln(a, b) + np.log(np.where(far, 1.0, tail))
    far_a, far_b = a[far], b[far]
    log_integral[far] = (
        far_b * np.log1p(-boundary)
        + far_a * np.log(boundary)
        - np.log(far_b)
        + np.log(_continued_fraction(far_b, far_a, 1 - boundary))
    )
    return log_integral


def _continued_fraction(a: FloatArray, b: FloatArray, x: float) -> FloatArray:
    """Return K(a, b, x), I_x(a, b) = x^a (1 - x)^b K / (a B(a, b)), for x below the mean.

    Evaluated forwards by Lentz's method. Each element stops at its own convergence, so that its
    value does not depend on the others. All partial denominators are 1 and none of the running
    ones comes near 0 for x below the mean.
    """
    upper = np.ones_like(a)
    lower = 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value = lower.copy()
    active = np.arange(len(a))
    for m in range(1, TERMS + 1):
        if not len(active):
            break
        p, q = a[active], b[active]
        change = np.ones_like(p)
        for term in (
            m * (q - m) * x / ((p + 2 * m - 1) * (p + 2 * m)),
            -(p + m) * (p + q + m) * x / ((p + 2 * m) * (p + 2 * m + 1)),
        ):
            lower[active] = 1.0 / (1.0 + term * lower[active])
            upper[active] = 1.0 + term / upper[active]
            change = lower[active] * upper[active]
            value[active] *= change
        active = active[np.abs(change - 1.0) > PRECISION]
    assert not len(active), "the continued fraction is only asked for far in the tail"
    return value
