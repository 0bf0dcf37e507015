"""Fixed-sample tests on paired binary scores, and the pairs they need, by exact power."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from efficiency_arms.scenarios import ALPHA, POWER, FloatArray, Law
from scipy.special import gammaln, ndtri, xlogy
from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Callable

TAIL = 1e-10
"""Probability left out at each end of a count's range."""

SCANNED = 400
"""Up to here every sample size is tried; beyond, the saw-tooth of exact power is negligible."""

STEPS = 200
"""The exact search goes up by one in this many pairs."""

NORMAL = -float(ndtri(ALPHA))
NUISANCES = 40
ROUNDING = 1e-9


class Counts(NamedTuple):
    """All likely pairs of counts and their probabilities.

    Args:
        losses: Shape (k, 1).
        gains: Shape (1, l).
        chances: Shape (k, l).
    """

    losses: FloatArray
    gains: FloatArray
    chances: FloatArray


class Plan(NamedTuple):
    """A sample size fixed before the data.

    Args:
        pairs: The least for which the test's power is at least `POWER`.
        power: Exact, at the law planned for.
        size: The test's true error rate there, the greatest over the boundary's laws.
    """

    pairs: int
    power: float
    size: float


class Plans(NamedTuple):
    """Sample sizes for one claim against one law.

    Args:
        nominal: The score test as published, at the normal critical value. It is asymptotic: its
            size can exceed alpha.
        exact: The same statistic at the critical value that makes its size at most alpha.
    """

    nominal: Plan
    exact: Plan


def counts(law: Law, pairs: int) -> Counts:
    """Return the trinomial law of losses and gains."""

    def likely(chance: float) -> FloatArray:
        least, most = (int(binom.ppf(tail, pairs, chance)) for tail in (TAIL, 1 - TAIL))
        return np.arange(least, most + 1, dtype=np.float64)

    losses, gains = likely(law.loss)[:, np.newaxis], likely(law.gain)[np.newaxis]
    ties = pairs - losses - gains
    possible = ties >= 0
    ties = np.maximum(ties, 0)
    log_chances = (
        gammaln(pairs + 1)
        - (gammaln(losses + 1) + gammaln(gains + 1) + gammaln(ties + 1))
        + xlogy(losses, law.loss)
        + xlogy(gains, law.gain)
        + xlogy(ties, 1 - law.loss - law.gain)
    )
    return Counts(losses, gains, np.where(possible, np.exp(log_chances), 0))


def score(losses: FloatArray, gains: FloatArray, pairs: int, tolerance: float) -> FloatArray:
    """Return the score statistic for "mean D = -tolerance", large if it is above.

    With q = P(D = -1) and P(D = 1) = q - tolerance on the boundary, the maximum-likelihood q is
    the greater root of 2 n q^2 - B q + c tolerance (1 + tolerance) = 0, c the losses and b the
    gains, B = b (1 - tolerance) + c (1 + tolerance) + 2 n tolerance; the statistic is
    (b - c + n tolerance) / sqrt(n (2 q - tolerance - tolerance^2)). Sources: Nam, Biometrics
    1997; Tango, Statistics in Medicine 1998.
    """
    middle = gains * (1 - tolerance) + losses * (1 + tolerance) + 2 * pairs * tolerance
    under = middle**2 - 8 * pairs * losses * tolerance * (1 + tolerance)
    loss = (middle + np.sqrt(np.maximum(under, 0))) / (4 * pairs)
    variance = pairs * (2 * loss - tolerance - tolerance**2)
    return (gains - losses + pairs * tolerance) / np.sqrt(variance)


def oriented(
    law: Law, tolerance: float, pairs: int, *, claims_holds: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the statistic, large if it favours the claim, and its law, both of shape (k, l)."""
    table = counts(law, pairs)
    statistic = score(table.losses, table.gains, pairs, tolerance)
    return (statistic if claims_holds else -statistic), table.chances


def margin_power(
    law: Law, tolerance: float, pairs: int, *, claims_holds: bool, critical: float = NORMAL
) -> float:
    """Return the chance that the score test proves its claim."""
    statistic, chances = oriented(law, tolerance, pairs, claims_holds=claims_holds)
    return float(chances[statistic >= critical - ROUNDING].sum())


def boundary_laws(tolerance: float) -> list[Law]:
    """Return laws with mean -tolerance: a grid over the chance of a gain, the nuisance."""
    gains = np.concatenate([[0.0], np.geomspace(1e-4, 0.499 * (1 - tolerance), NUISANCES)])
    return [Law(tolerance + gain, gain) for gain in gains.tolist()]


@cache
def margin_size(
    tolerance: float, pairs: int, *, claims_holds: bool, critical: float = NORMAL
) -> float:
    """Return the score test's true error rate: the greatest over the boundary's laws."""
    return max(
        margin_power(law, tolerance, pairs, claims_holds=claims_holds, critical=critical)
        for law in boundary_laws(tolerance)
    )


@cache
def exact_critical(tolerance: float, pairs: int, *, claims_holds: bool) -> float:
    """Return the least critical value, at least the normal one, with a size of at most alpha."""
    critical = NORMAL
    for law in boundary_laws(tolerance):
        statistic, chances = oriented(law, tolerance, pairs, claims_holds=claims_holds)
        beyond = statistic >= critical - ROUNDING
        if chances[beyond].sum() <= ALPHA:
            continue
        order = np.argsort(-statistic[beyond])
        values, mass = statistic[beyond][order], np.cumsum(chances[beyond][order])
        # the last value all of whose ties fit within alpha; beyond the first value that does not
        too_much = values[np.searchsorted(mass, ALPHA, side="right")]
        fitting = values[values > too_much + ROUNDING]
        critical = float(fitting[-1]) if len(fitting) else float(values[0]) + 1
    return critical


def mcnemar_power(law: Law, pairs: int) -> float:
    """Return the chance that the exact one-sided McNemar test finds B worse than A at all."""
    table = counts(law, pairs)
    p_values = binom.sf(table.losses - 1, table.losses + table.gains, 0.5)
    return float(table.chances[p_values <= ALPHA].sum())


def least_pairs(power: Callable[[int], float]) -> int:
    """Return the least sample size with `POWER`: the first in a scan, beyond it by bisection."""
    for pairs in range(1, SCANNED + 1):
        if power(pairs) >= POWER:
            return pairs
    below, enough = SCANNED, 2 * SCANNED
    while power(enough) < POWER:
        below, enough = enough, 2 * enough
    while enough - below > 1:
        middle = (below + enough) // 2
        below, enough = (below, middle) if power(middle) >= POWER else (middle, enough)
    return enough


@cache
def margin_plans(law: Law, tolerance: float, *, claims_holds: bool) -> Plans:
    """Plan the score test and its exact version against one law.

    The exact version's search starts from the nominal sample size and goes up in steps of half a
    percent (one pair below 400).
    """

    def power(pairs: int, critical: float = NORMAL) -> float:
        return margin_power(law, tolerance, pairs, claims_holds=claims_holds, critical=critical)

    pairs = least_pairs(power)
    size = margin_size(tolerance, pairs, claims_holds=claims_holds)
    nominal = Plan(pairs, power(pairs), size)
    critical = exact_critical(tolerance, pairs, claims_holds=claims_holds)
    while power(pairs, critical) < POWER:
        pairs += max(1, pairs // STEPS)
        critical = exact_critical(tolerance, pairs, claims_holds=claims_holds)
    size = margin_size(tolerance, pairs, claims_holds=claims_holds, critical=critical)
    return Plans(nominal, Plan(pairs, power(pairs, critical), size))


@cache
def mcnemar_pairs(law: Law) -> int:
    """Plan McNemar's test, whose claim is weaker: any loss at all, however small."""
    return least_pairs(lambda pairs: mcnemar_power(law, pairs))
