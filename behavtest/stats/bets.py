"""The fixed grid of bets that every e-process mixes over."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray

BETS = 128
"""Number of bets in the mixture."""

GREATEST_STAKE = 0.99
"""Largest share of the wealth put at risk; below 1 so that no single loss is final."""


@cache
def stakes() -> FloatArray:
    """Return the shares of the wealth at risk, shape (`BETS`,), ascending, read-only.

    They are the Chebyshev (arcsine) points ``u_k = c sin^2(pi (k - 1/2) / (2 K))``, k = 1..K: the
    quantiles of Beta(1/2, 1/2), as in the Krichevsky-Trofimov mixture, scaled to (0, c). Half the
    mass lies towards the ends, so that the mixture falls short of the best bet by about
    (1/2) ln t even where that bet is 0 or c, against ln t for a uniform grid.

    Measured against a uniform grid of as many points, in pairs to an e-value of 20: models that
    always agree (D = 0), tolerance .05: 83 against 89 (hindsight's best bet: 59), tolerance .02:
    210 against 226; D = +-1 in 4 %, 20 % and 50 % of the pairs, tolerance .05: 179 against 168,
    653 against 625, 1835 against 1788 (200 runs each). So it wins 7 % where a bet's limit binds,
    which coupled sampling makes the common case, and loses 3 to 7 % between; the regret after
    6,000 pairs of D = 0 is 3.4 nats against 4.8.
    """
    angles = np.pi * (np.arange(1, BETS + 1) - 0.5) / (2 * BETS)
    points: FloatArray = GREATEST_STAKE * np.sin(angles) ** 2
    points.setflags(write=False)
    return points


def log_growth(ratios: FloatArray) -> FloatArray:
    """Return the log growth of each bet's wealth at each observation.

    With x the observation's distance from the far bound and g the boundary's, the growth
    ``1 + l (D - m)`` at the bet ``l = u / g`` is ``1 + u (x / g - 1)``.

    Args:
        ratios: x / g, shape (n,), >= 0.

    Returns:
        Shape (n, `BETS`), >= log(1 - `GREATEST_STAKE`).
    """
    return np.log1p(np.multiply.outer(ratios - 1.0, stakes()))


def log_mean_exp(log_wealth: FloatArray) -> FloatArray:
    """Return the log of the mean wealth over the last axis, without overflow.

    Args:
        log_wealth: Finite, shape (..., `BETS`).
    """
    peak = log_wealth.max(axis=-1)
    shares = np.exp(log_wealth - peak[..., np.newaxis])
    mean: FloatArray = peak + np.log(shares.mean(axis=-1))
    return mean
