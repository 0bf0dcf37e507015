"""How an error budget is spread over the tests to come: weights gamma_j whose sum is at most 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.stats.arrays import FloatArray

IntArray = NDArray[np.int64]

CHUNK = 1024
"""Weights computed at once. Always the same number, so that a weight never depends, not even in
its last bit, on how many are known: a resumed stream has the levels of an uninterrupted one."""


def logarithmic_weights(index: IntArray) -> FloatArray:
    """Return gamma_j = .07720838 ln(max(j, 2)) / (j exp(sqrt(ln j))), the weights of LORD and LOND.

    Their sum is .9763. Source: Javanmard and Montanari, "Online rules for control of false
    discovery rate and false discovery exceedance", Annals of Statistics 2018, equation 31.

    Args:
        index: j, each at least 1, any shape.
    """
    j = index.astype(np.float64)
    weights: FloatArray = 0.07720838 * np.log(np.maximum(j, 2)) / (j * np.exp(np.sqrt(np.log(j))))
    return weights


def power_weights(index: IntArray) -> FloatArray:
    """Return gamma_j = c / j^1.6, the weights of SAFFRON and ADDIS.

    Source: Ramdas et al., "SAFFRON", ICML 2018 (the exponent). The R package onlineFDR has
    c = .4374901658, which is 1 / zeta(1.6) rounded up: its sum is 1 + 6e-11. Here c is rounded
    down, as the proofs need a sum of at most 1; levels agree to nine digits.

    Args:
        index: j, each at least 1, any shape.
    """
    weights: FloatArray = 0.4374901657 / index.astype(np.float64) ** 1.6
    return weights


class WeightTable:
    """Weights looked up rather than computed again for every test.

    Args:
        weights: The formula.
    """

    def __init__(self, weights: Callable[[IntArray], FloatArray]) -> None:
        self._formula = weights
        self._known: FloatArray = np.empty(0)

    def __call__(self, index: IntArray) -> FloatArray:
        """Return the weights at some indices.

        Args:
            index: j, each at least 1, shape (n,), n >= 1.
        """
        missing = int(index.max()) - len(self._known)
        if missing > 0:
            first = len(self._known) + 1
            starts = range(first, first + missing, CHUNK)
            chunks = [self._formula(np.arange(start, start + CHUNK)) for start in starts]
            self._known = np.concatenate([self._known, *chunks])
        found: FloatArray = self._known[index - 1]
        return found
