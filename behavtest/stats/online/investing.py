"""Generalized alpha investing: a budget of alpha, spent by tests and earned back by rejections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.arrays import check_alpha
from behavtest.stats.online.clocked import ClockedStream
from behavtest.stats.online.weights import WeightTable, power_weights

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.online.weights import IntArray


class AlphaInvesting(ClockedStream):
    """What LORD++, SAFFRON and ADDIS share; they differ in which tests move the clock.

    With c the clock before test t, and r_j its reading at rejection j < t,

        alpha_t = min(cap, share (w0 gamma_{c+1} + (alpha - w0) gamma_{c+1-r_1}
                                  + alpha sum_{j>=2} gamma_{c+1-r_j})).

    The tests that move the clock meet each weight at most once per term, so over these tests
    sum alpha_i / share <= w0 + (alpha - w0) 1{R >= 1} + alpha (R - 1)^+ <= alpha max(R, 1): the
    budget is never overspent. For a null, `share` is such that P(rejected) <= (alpha_t / share)
    P(the clock moves), both given the past, so that the sum is in expectation at least the number
    of false rejections: hence mFDR <= alpha, and FDR <= alpha where independence and levels that
    are monotone in earlier p-values let the expectation be taken test by test.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).
        w0: Budget before the first rejection, in (0, alpha].
        share: As above, in (0, 1].
        cap: Greatest level.
        own: The procedure's own arguments, already checked.

    Raises:
        ValueError: alpha or w0 is outside its range.
    """

    def __init__(self, *, alpha: float, w0: float, share: float, cap: float, **own: float) -> None:
        check_alpha(alpha)
        if not 0 < w0 <= alpha:
            raise ValueError(f"w0 is {w0}; it must be more than 0 and at most alpha = {alpha}")
        super().__init__(alpha=alpha, w0=w0, **own)
        self.w0 = float(w0)
        self._share = float(share)
        self._cap = float(cap)
        self._weight = WeightTable(self._weights)

    @staticmethod
    def _weights(index: IntArray) -> FloatArray:
        """Return gamma at indices j >= 1, shape (n,)."""
        return power_weights(index)

    def _level(self) -> float:
        since_start = np.array([self._clock + 1])
        weights = self._weight(np.concatenate([since_start, self._clock + 1 - self._readings]))
        paid = self.w0 * weights[0] + (self.alpha - self.w0) * weights[1:2].sum()
        return min(self._cap, float(self._share * (paid + self.alpha * weights[2:].sum())))
