"""Evidence that two unpaired streams of scores differ in their means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import brentq

from behavtest.stats.arrays import FloatArray, between, check_bounds, observations
from behavtest.stats.bets import BETS, log_mean_exp, stakes
from behavtest.stats.eprocess import CHUNK, distances
from behavtest.stats.expectation import Bounds, Claim, Direction

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

END = 1e-9
"""The search keeps this share of the range away from where a stream has no room left."""


class _Slope(NamedTuple):
    """A stream's log e-value at a boundary, and its derivative there."""

    log_e: float
    slope: float


class _Stream:
    """One model's scores, as distances from the bound opposite what is claimed of it."""

    def __init__(self, direction: Direction, bounds: Bounds) -> None:
        self.direction = direction
        self.bounds = bounds
        self.seen = 0
        self._distinct: FloatArray = np.empty(0)
        self._counts: FloatArray = np.empty(0)

    def update(self, values: ArrayLike) -> None:
        far = distances(observations(values, self.bounds), self.bounds, self.direction)
        known = np.concatenate([self._distinct, far])
        weights = np.concatenate([self._counts, np.ones(len(far))])
        self._distinct, places = np.unique(known, return_inverse=True)
        self._counts = np.zeros(len(self._distinct))
        np.add.at(self._counts, places, weights)
        self.seen += len(far)

    def at(self, gap: float) -> _Slope:
        """Return the mixture's log wealth for "mean distance > gap", and its slope in gap.

        With the wealth sum_k prod_i (1 + u_k (x_i / g - 1)) the slope of its log is the mean over
        the bets, by wealth, of -sum_i (u_k x_i / g^2) / (1 + u_k (x_i / g - 1)).
        """
        log_wealth, slopes = np.zeros(BETS), np.zeros(BETS)
        for start in range(0, len(self._distinct), CHUNK):
            part = slice(start, start + CHUNK)
            ratios, counts = self._distinct[part] / gap, self._counts[part]
            edges = np.multiply.outer(ratios - 1.0, stakes())
            log_wealth += counts @ np.log1p(edges)
            slopes -= (counts * ratios / gap) @ (stakes() / (1.0 + edges))
        log_e = float(log_mean_exp(log_wealth))
        shares = np.exp(log_wealth - log_e) / BETS
        return _Slope(log_e, float(slopes @ shares))


class UnpairedProcess:
    """An e-process for the difference of two means, from streams that are not paired.

    For the claim "mean(B) - mean(A) > m" (null: <= m), scores in [lo, hi],

        E = min over a of W_A(a) W_B(a + m),

    W_B(b) the wealth of `behavtest.stats.eprocess.BettingProcess` for "mean(B) > b" and W_A(a) of
    that for "mean(A) < a". Under the null let a be A's mean: then mean(A) >= a and mean(B) <= a + m
    are true, every observation multiplies one of the two by a factor with conditional expectation
    <= 1 given both streams' past, and the product is a nonnegative supermartingale. E is at most
    that product, whichever a it is, so it is an e-process. Observations may arrive in any
    interleaving, chosen from the past. Source: Ramdas, Grunwald, Vovk and Shafer, "Game-theoretic
    statistics and safe anytime-valid inference", Stat. Sci. 2023 (an e-process is a process below
    some test supermartingale for every member of the null), with the wealths of Waudby-Smith and
    Ramdas, JRSSB 2024.

    The minimum is exact: a factor c + d / g with c, d >= 0 is log-convex in g, and products and
    sums of log-convex functions are log-convex, so log W_A(a) + log W_B(a + m) is convex in a. The
    root of its derivative is found, and the tangent there, at its lowest over all feasible a, is
    reported: by convexity never more than the minimum. Feasible are lo <= a <= hi with lo <= a + m;
    a > hi - m need not be tried: there W_B(hi) serves, as "mean(B) <= hi" is always true, and W_A
    only grows with a.

    Pairing is better wherever a backend offers it. Even independent scores are better paired off
    where there are as many of A as of B, since two mixtures pay two regrets for not knowing their
    best bets. Median scores of B until "not worse by .1" is shown of 0s and 1s with rates .8 and
    .8: coupled pairs 41, independent pairs 228, unpaired 455, unpaired with ten scores of A for
    each of B 270; rates .5 and .6: independent pairs 98, unpaired 165, with ten of A 90.

    Args:
        claim: About mean(B) - mean(A); its boundary is inside +-(hi - lo).
        bounds: Range of a score, of either model.

    Raises:
        ValueError: The bounds are not an interval, or the claim is true or false by definition.
    """

    def __init__(self, claim: Claim, bounds: Bounds) -> None:
        check_bounds(bounds)
        width = bounds.upper - bounds.lower
        if not between(claim.boundary, Bounds(-width, width)):
            raise ValueError(
                f"boundary {claim.boundary:g} is not strictly inside {(-width, width)}, the least "
                "and greatest possible difference of means"
            )
        self.claim = claim
        self.bounds = bounds
        above = claim.direction is Direction.ABOVE
        self._a = _Stream(Direction.BELOW if above else Direction.ABOVE, bounds)
        self._b = _Stream(claim.direction, bounds)
        # what both distances' boundaries add up to: (hi - a) + (a + m - lo), or its mirror image
        self._sum = width + claim.boundary if above else width - claim.boundary
        self._log_e: float | None = 0.0

    @property
    def seen_a(self) -> int:
        """Number of A's scores so far."""
        return self._a.seen

    @property
    def seen_b(self) -> int:
        """Number of B's scores so far."""
        return self._b.seen

    def update_a(self, values: ArrayLike) -> None:
        """Take scores of A.

        Args:
            values: Shape (n,), n >= 0, inside the bounds.

        Raises:
            ValueError: A value is outside the bounds or not a number; nothing is taken then.
        """
        self._a.update(values)
        self._log_e = None

    def update_b(self, values: ArrayLike) -> None:
        """Take scores of B, as `update_a`."""
        self._b.update(values)
        self._log_e = None

    @property
    def log_e(self) -> float:
        """Natural log of the e-value now; 0 before the first score, computed when asked for."""
        if self._log_e is None:
            self._log_e = self._minimum()
        return self._log_e

    def _minimum(self) -> float:
        """Return a lower bound on the minimum, tight to rounding, over B's gap g in [low, high].

        A's gap is then `_sum` - g. Neither gap exceeds the range.
        """
        width = self.bounds.upper - self.bounds.lower
        low, high = max(self._sum - width, 0.0), min(self._sum, width)
        inner_low, inner_high = low + END * width, high - END * width

        def slope(gap: float) -> float:
            return self._b.at(gap).slope - self._a.at(self._sum - gap).slope

        if slope(inner_low) >= 0:
            best = inner_low
        elif slope(inner_high) <= 0:
            best = inner_high
        else:
            best = float(brentq(slope, inner_low, inner_high, xtol=END * END * width))
        value = self._b.at(best).log_e + self._a.at(self._sum - best).log_e
        tilt = slope(best)
        return value + min(tilt * (low - best), tilt * (high - best), 0.0)
