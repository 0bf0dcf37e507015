"""The condition of closed e-BH: which sets of claims may be declared together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from behavtest.stats.vectors import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.vectors import BoolArray

    IntArray: TypeAlias = NDArray[np.intp]

ROUNDING = 1e-12
"""Relative rounding allowed in a comparison of sums: ten e-values of 20 average 1 / .05."""

BLOCK = 64
"""Conditions worked on at once; bounds the memory, changes no result."""


def largest_prefix(e_values: FloatArray, alpha: float, *, least: float = 0.0) -> BoolArray:
    """Return the largest set of the r largest e-values that may be declared.

    With A_r(j) the sum of the j smallest of the top r and B(i) that of the i smallest of all, the
    condition is A_r(j) + B(i) >= (i + j) j / (r alpha) for 1 <= j <= r and 0 <= i <= m - r; see
    `behavtest.stats.closed_ebh`.

    Args:
        e_values: Shape (m,), finite, >= 0.
        alpha: False discovery rate, in (0, 1).
        least: Least e-value that may be declared; see `behavtest.stats.closed_ebh`.

    Returns:
        The members, shape (m,). Of equal e-values the earlier ones come first.
    """
    order = np.argsort(-e_values, kind="stable")
    ascending = e_values[order[::-1]]
    sums = np.concatenate([[0.0], np.cumsum(ascending)])
    count = len(ascending)
    # S = everything is in the condition of every r, and fails for most families of true nulls
    if sums[-1] * alpha * (1 + ROUNDING) < count:
        return mask(order[:0], count)
    most = count - int(np.searchsorted(ascending, least))
    sizes = (r for r in range(most, 0, -1) if _may_declare(ascending, sums, r, alpha))
    return mask(order[: next(sizes, 0)], count)


def _may_declare(ascending: FloatArray, sums: FloatArray, size: int, alpha: float) -> bool:
    """Return whether the ``size`` largest satisfy the condition of `largest_prefix`.

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


class _Weighted(NamedTuple):
    """A family with weights: e-values with their rounding allowed, shape (m,), and the rest."""

    e_values: FloatArray
    weights: FloatArray
    alpha: float


def largest_weighted(
    e_values: FloatArray, weights: FloatArray, alpha: float, *, least: float = 0.0
) -> BoolArray:
    """Return the largest candidate set that may be declared, with prior weights.

    A set R of r claims may be declared if for every set S of claims

        sum_S w_i e_i / sum_S w_i >= |S and R| / (r alpha).

    The candidate of size r holds the r largest w_i e_i among the claims with e_i >= 1 / (r alpha),
    which S = {i} asks of every member. The weighted e-BH set is one of them: its k members have
    the k largest w_i e_i of all, at least m / (k alpha), so e_i >= 1 / (k alpha) as w_i <= m. It
    may be declared: over any S, w_i e_i sums to at least |S and R| m / (k alpha) and the weights
    to at most m. For the same reasons every larger candidate contains it.

    A candidate that fails usually does so at about the same j / r as the one before, where it is
    looked at first: m = 1,000 takes some 40 ms, in contrived families more.

    Args:
        e_values: Shape (m,), finite, >= 0.
        weights: Shape (m,), > 0, with mean 1.
        alpha: False discovery rate, in (0, 1).
        least: Least e-value that may be declared; see `behavtest.stats.closed_ebh`.

    Returns:
        The members, shape (m,). Of equal w_i e_i the larger e-value comes first.
    """
    count = len(e_values)
    family = _Weighted(e_values * (1 + ROUNDING), weights, alpha)
    order = np.lexsort((-e_values, -weights * e_values))
    # S = everything, as in `largest_prefix`
    if (weights * (family.e_values - 1 / alpha)).sum() < 0:
        return mask(order[:0], count)
    hardest = 1.0
    for size in range(count, 0, -1):
        may_join = family.e_values[order] >= max(1 / (size * alpha), least)
        if may_join.sum() < size:
            continue
        inside = mask(order[may_join][:size], count)
        failed = _first_failure(family, inside, hardest)
        if failed is None:
            return inside
        hardest = failed / size
    return mask(order[:0], count)


def _first_failure(family: _Weighted, inside: BoolArray, hardest: float) -> int | None:
    """Return a j whose condition the set fails; None if it may be declared.

    Args:
        family: The family.
        inside: The set's members, shape (m,), at least one.
        hardest: j / r that failed for a similar set: where to look first, in (0, 1].
    """
    for counts in _search_order(int(inside.sum()), hardest):
        slack = _worst_slack(family, inside, counts)
        worst = int(slack.argmin())
        if slack[worst] < 0:
            return int(counts[worst])
    return None


def _search_order(size: int, hardest: float) -> Iterator[IntArray]:
    """Yield j = 1..``size`` in blocks, those most likely to fail first; some come twice."""
    yield np.array([max(1, round(hardest * size))])
    yield np.unique(np.linspace(1, size, 16).astype(np.intp))
    for start in range(1, size + 1, BLOCK):
        yield np.arange(start, min(start + BLOCK, size + 1))


def _worst_slack(family: _Weighted, inside: BoolArray, counts: IntArray) -> FloatArray:
    """Return the least sum over S of w (e - c), c = j / (r alpha), over all S with j members in R.

    The worst S takes the j smallest of these terms inside R, and outside all that are negative.

    Args:
        family: The family.
        inside: R, shape (m,), r members.
        counts: Values of j, shape (n,), in 1..r.

    Returns:
        Shape (n,).
    """
    price = counts / (inside.sum() * family.alpha)
    terms = family.weights * (family.e_values - price[:, np.newaxis])
    outside = np.minimum(terms[:, ~inside], 0).sum(axis=1)
    smallest = np.sort(terms[:, inside], axis=1).cumsum(axis=1)
    slack: FloatArray = outside + smallest[np.arange(len(counts)), counts - 1]
    return slack
