"""Which of many claims to declare, with false discoveries controlled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from behavtest.stats.arrays import FloatArray, check_alpha
from behavtest.stats.evidence import GREATEST_E, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

BoolArray = NDArray[np.bool_]

ROUNDING = 1e-12
"""Relative rounding allowed in a comparison of sums: ten e-values of 20 average 1 / .05."""


@dataclass(frozen=True, slots=True, eq=False)
class StoppedEValues:
    """E-values, each read off its e-process at one stopping time: the time sampling stopped.

    E-BH and its closure need expectation <= 1 under the null, which the value at a stopping time
    has and the largest value along the path has not: sup E exceeds 1 / alpha with probability up
    to alpha and its expectation can be infinite. (1 / sup E is a p-value; that route needs
    procedures for p-values.) So the procedures here take no bare array: whoever calls them says,
    by the constructor's name, where the numbers come from.

    Args:
        e_values: Shape (m,), in [0, `GREATEST_E`], read-only. Use `of_holds`, `of_violated` or
            `at_stop` rather than the constructor.
    """

    e_values: FloatArray

    @classmethod
    def at_stop(cls, e_values: ArrayLike) -> StoppedEValues:
        """Take e-values read off at the stop, from the store say.

        Args:
            e_values: Shape (m,), m >= 0, each >= 0; infinite ones are capped at `GREATEST_E`.

        Raises:
            ValueError: They are not one-dimensional, or one is negative or not a number.
        """
        array = np.array(e_values, dtype=np.float64)
        if array.ndim != 1:
            raise ValueError(f"e-values must be one-dimensional; their shape is {array.shape}")
        if not (array >= 0).all():
            first = int(np.flatnonzero(~(array >= 0))[0])
            raise ValueError(f"e-value {first} is {array[first]}; it must be 0 or more")
        capped: FloatArray = np.minimum(array, GREATEST_E)
        capped.setflags(write=False)
        return cls(capped)

    @classmethod
    def of_holds(cls, behaviors: Iterable[Evidence]) -> StoppedEValues:
        """Read "the expectation holds" off behaviors that have stopped."""
        return cls.at_stop([evidence.e_holds for evidence in behaviors])

    @classmethod
    def of_violated(cls, behaviors: Iterable[Evidence]) -> StoppedEValues:
        """Read "the expectation is violated" off behaviors that have stopped."""
        return cls.at_stop([evidence.e_violated for evidence in behaviors])

    def __len__(self) -> int:
        return len(self.e_values)


def ebh(stopped: StoppedEValues, alpha: float) -> BoolArray:
    """Declare discoveries by the e-BH procedure: FDR <= alpha under any dependence.

    The r largest of m e-values, for the largest r with e_[r] >= m / (r alpha). Source: Wang and
    Ramdas, "False discovery rate control with e-values", JRSSB 2022.

    Args:
        stopped: m e-values.
        alpha: False discovery rate, in (0, 1).

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        ValueError: alpha is outside (0, 1).
    """
    check_alpha(alpha)
    descending = -np.sort(-stopped.e_values)
    count = len(descending)
    ranks = np.arange(1, count + 1)
    passing = np.flatnonzero(descending * ranks * alpha * (1 + ROUNDING) >= count)
    return _top(stopped.e_values, int(passing[-1]) + 1 if len(passing) else 0)


def closed_ebh(stopped: StoppedEValues, alpha: float) -> BoolArray:
    """Declare discoveries by the closed e-BH procedure: FDR <= alpha under any dependence.

    A set R may be declared if every set S of claims has mean e-value >= |S and R| / (|R| alpha).
    Among the sets of the r largest, the largest such r is taken. It contains the e-BH set. The
    worst S with j members inside R and i outside takes the smallest of each, so with A_r(j) the
    sum of the j smallest of the top r and B(i) that of the i smallest of all, the condition is
    A_r(j) + B(i) >= (i + j) j / (r alpha) for 1 <= j <= r and 0 <= i <= m - r. Source: Xu,
    Fischer and Ramdas, 2025, arXiv 2509.02517.

    Args:
        stopped: m e-values.
        alpha: False discovery rate, in (0, 1).

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        ValueError: alpha is outside (0, 1).
    """
    check_alpha(alpha)
    ascending = np.sort(stopped.e_values)
    sums = np.concatenate([[0.0], np.cumsum(ascending)])
    count = len(ascending)
    # S = everything is in the condition of every r, and fails for most families of true nulls
    if sums[-1] * alpha * (1 + ROUNDING) < count:
        return _top(stopped.e_values, 0)
    sizes = (r for r in range(count, 0, -1) if _may_declare(ascending, sums, r, alpha))
    return _top(stopped.e_values, next(sizes, 0))


def _may_declare(ascending: FloatArray, sums: FloatArray, size: int, alpha: float) -> bool:
    """Return whether the ``size`` largest satisfy the condition of `closed_ebh`.

    For fixed j, the condition's slack is convex in i: taking one more from outside adds its
    e-value and asks for j / (r alpha). The worst i is therefore the number of outside values
    below that.

    Args:
        ascending: The e-values sorted, shape (m,).
        sums: Their cumulative sums from 0, shape (m + 1,).
        size: r, in 1..m.
        alpha: False discovery rate.
    """
    outside = len(ascending) - size
    inside = np.arange(1, size + 1)
    price = inside / (size * alpha)
    worst = np.searchsorted(ascending[:outside], price)
    total = sums[outside + inside] - sums[outside] + sums[worst]
    return bool((total * (1 + ROUNDING) >= (worst + inside) * price).all())


def _top(e_values: FloatArray, size: int) -> BoolArray:
    """Return a mask of the ``size`` largest; of equal ones the earlier comes first."""
    mask = np.zeros(len(e_values), dtype=np.bool_)
    mask[np.argsort(-e_values, kind="stable")[:size]] = True
    return mask
