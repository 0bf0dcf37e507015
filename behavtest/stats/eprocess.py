"""Evidence that a mean lies on one side of a boundary, from independent observations."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.arrays import FloatArray, between, check_bounds, observations
from behavtest.stats.bets import BETS, log_growth, log_mean_exp
from behavtest.stats.expectation import Bounds, Claim, Direction

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CHUNK = 2048
"""Observations worked on at once; bounds the memory, changes no result."""


def distances(values: FloatArray, bounds: Bounds, direction: Direction) -> FloatArray:
    """Return how far values lie from the bound opposite the claim, so that more is more evidence.

    Claims above a boundary measure from the lower bound, claims below it from the upper one: the
    second is the mirror image (D -> -D) of the first.

    Args:
        values: Inside the bounds, any shape.
        bounds: Range of the observations.
        direction: The side claimed.
    """
    if direction is Direction.ABOVE:
        return values - bounds.lower
    return bounds.upper - values


class OneSidedProcess(ABC):
    """An e-process for one claim about a mean, fed with observations in their order.

    The result after t observations depends on them and their order alone: however they are split
    into calls of `update`, it is the same to the last bit.

    Args:
        claim: The claim; its boundary lies strictly inside the bounds.
        bounds: Range of the observations.

    Raises:
        ValueError: The bounds are not an interval, or the boundary is not inside it.
    """

    def __init__(self, claim: Claim, bounds: Bounds) -> None:
        check_bounds(bounds)
        if not between(claim.boundary, bounds):
            raise ValueError(f"boundary {claim.boundary:g} is not strictly inside {tuple(bounds)}")
        self.claim = claim
        self.bounds = bounds
        self._gap = float(distances(np.asarray(claim.boundary), bounds, claim.direction))
        self._seen = 0
        self._log_e = 0.0

    @property
    def seen(self) -> int:
        """Number of observations so far."""
        return self._seen

    @property
    def log_e(self) -> float:
        """Natural log of the e-value now; 0 before the first observation."""
        return self._log_e

    def update(self, values: ArrayLike) -> FloatArray:
        """Take observations in their order.

        Args:
            values: Observations, shape (n,), n >= 0, inside the bounds.

        Returns:
            The log e-value after each of them, shape (n,).

        Raises:
            ValueError: A value is outside the bounds or not a number; nothing is taken then.
        """
        return self._take(self._far(values))

    def _far(self, values: ArrayLike) -> FloatArray:
        """Return the distances of checked observations, shape (n,)."""
        return distances(observations(values, self.bounds), self.bounds, self.claim.direction)

    def _take(self, rows: FloatArray) -> FloatArray:
        """Advance over checked rows, shape (n, ...); return the log e-value after each, (n,)."""
        self._admit(len(rows))
        path = np.empty(len(rows))
        size = max(CHUNK // math.prod(rows.shape[1:]), 1)
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            path[start : start + size] = self._advance(chunk)
            self._seen += len(chunk)
        if len(path):
            self._log_e = float(path[-1])
        return path

    def _admit(self, count: int) -> None:  # noqa: B027 -- a hook, not a duty: by default any number
        """Refuse observations that cannot exist; any number can, here."""

    @abstractmethod
    def _advance(self, chunk: FloatArray) -> FloatArray:
        """Bet on rows of shape (n, ...), n >= 1; return the log e-value after each, (n,)."""


class BettingProcess(OneSidedProcess):
    """A one-sided e-process: the wealth of a mixture of bets on a claim about a mean.

    For the claim "mean > m" (null: every observation's conditional mean is <= m), with
    observations D in [lo, hi],

        E_t = (1 / K) sum_k prod_{s <= t} (1 + l_k (D_s - m)),   l_k = u_k / (m - lo),

    u_k in (0, .99) from `behavtest.stats.bets.stakes`. Each factor is > 0 and has conditional
    expectation <= 1 under the null, so E is a nonnegative supermartingale with E_0 = 1, and
    P(sup_t E_t >= 1 / alpha) <= alpha (Ville). Source: Waudby-Smith and Ramdas, "Estimating means
    of bounded random variables by betting", JRSSB 2024.

    Args:
        claim: The claim; its boundary lies strictly inside the bounds.
        bounds: Range of the observations.

    Raises:
        ValueError: The bounds are not an interval, or the boundary is not inside it.
    """

    def __init__(self, claim: Claim, bounds: Bounds) -> None:
        super().__init__(claim, bounds)
        self._log_wealth: FloatArray = np.zeros(BETS)

    @property
    def best_log_wealth(self) -> float:
        """Log wealth of the bet that has done best so far: what hindsight would have earned."""
        return float(self._log_wealth.max())

    def _advance(self, chunk: FloatArray) -> FloatArray:
        """Bet on distances of shape (n,), n >= 1; return the log e-value after each."""
        return log_mean_exp(self._bet(chunk / self._gap))

    def _bet(self, ratios: FloatArray) -> FloatArray:
        """Grow the wealth by ratios of shape (n,); see `_grow`."""
        return self._grow(log_growth(ratios))

    def _grow(self, growth: FloatArray) -> FloatArray:
        """Add each observation's log growth, shape (n, BETS); return the log wealth after each.

        The running sum starts from the wealth so far and adds one observation at a time, which is
        what makes the result independent of how observations arrive.
        """
        paths: FloatArray = np.cumsum(np.vstack([self._log_wealth, growth]), axis=0)[1:]
        self._log_wealth = paths[-1].copy()
        return paths
