"""Confidence sequences: the means that the evidence has not refuted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from behavtest.stats.arrays import FloatArray, check_alpha, check_bounds, observations
from behavtest.stats.bets import BETS, log_growth, log_mean_exp
from behavtest.stats.census import census_bets
from behavtest.stats.eprocess import CHUNK, distances
from behavtest.stats.expectation import Bounds, Direction

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

HALVINGS = 34
"""Bisection steps: an end is found to 2^-34 (6e-11) of the range."""


class ConfidenceInterval(NamedTuple):
    """A confidence sequence at one time.

    Args:
        lower: Lower end, in score units.
        upper: Upper end, >= lower.
    """

    lower: float
    upper: float


class _LogE(Protocol):
    """The log e-value now of the claim that the mean distance exceeds a boundary."""

    def __call__(self, gap: float) -> float: ...


def confidence_interval(
    values: ArrayLike, bounds: Bounds, *, alpha: float, population: int | None = None
) -> ConfidenceInterval:
    """Return the means that neither one-sided e-process refutes at level alpha.

    Each end is the boundary at which the e-process of `behavtest.stats.eprocess` (or, with a
    population, of `behavtest.stats.census`) stands at 1 / alpha now. The e-process falls as the
    boundary rises, so one bisection finds it. Each end is wrong with probability at most alpha,
    at any stopping time; both together cover with 1 - 2 alpha. "mean > m" has e-value >= 1 / alpha
    iff the lower end is >= m, up to the bisection's 6e-11 of the range. Source: Waudby-Smith and
    Ramdas, JRSSB 2024 (a confidence sequence by inverting betting tests).

    The interval always contains the sample mean. (Without replacement an order of the draws that
    has probability at most 2 alpha can refute it; the interval is then widened to it, which only
    adds coverage.) Once a population is seen entirely, the interval is its mean.

    Args:
        values: Observations in their order, shape (n,), inside the bounds.
        bounds: Range of the observations.
        alpha: Error rate of each end, in (0, 1).
        population: Number of fixed scores the values were drawn from without replacement; None
            for independent observations.

    Raises:
        ValueError: An argument is outside its range, or more values than the population.
    """
    check_bounds(bounds)
    check_alpha(alpha)
    checked = observations(values, bounds)
    if population is not None and len(checked) > population:
        raise ValueError(f"{len(checked)} draws without replacement from {population} scores")
    if not len(checked):
        return ConfidenceInterval(bounds.lower, bounds.upper)
    mean = math.fsum(checked) / len(checked)
    if len(checked) == population:
        return ConfidenceInterval(mean, mean)
    ends = [
        _greatest_refuted(
            distances(checked, bounds, direction),
            width=bounds.upper - bounds.lower,
            log_threshold=-math.log(alpha),
            population=population,
        )
        for direction in (Direction.ABOVE, Direction.BELOW)
    ]
    return ConfidenceInterval(
        min(max(bounds.lower + ends[0], bounds.lower), mean),
        max(min(bounds.upper - ends[1], bounds.upper), mean),
    )


def _greatest_refuted(
    far: FloatArray, *, width: float, log_threshold: float, population: int | None
) -> float:
    """Return the greatest g in [0, mean] for which "mean distance <= g" is refuted.

    Where no g is refuted it is the least mean distance possible: 0, or what the scores already
    drawn from a population add up to.
    """
    log_e = _independent(far) if population is None else _census(far, width, population)
    total = math.fsum(far)
    low, high = 0.0 if population is None else total / population, total / len(far)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if log_e(middle) >= log_threshold:
            low = middle
        else:
            high = middle
    return low


def _independent(far: FloatArray) -> _LogE:
    """Return the e-process's value as a function of the boundary; equal scores are counted."""
    distinct, counts = np.unique(far, return_counts=True)

    def log_e(gap: float) -> float:
        return float(log_mean_exp(_log_wealth(distinct / gap, counts.astype(np.float64))))

    return log_e


def _census(far: FloatArray, width: float, population: int) -> _LogE:
    """Return the same without replacement, where the order of the draws matters.

    Only boundaries above what the draws already add up to are asked for; none of them is refuted
    outright.
    """
    once = np.ones(len(far))

    def log_e(gap: float) -> float:
        bets, _ = census_bets(far, gap=gap, width=width, population=population, seen=0, total=0.0)
        return float(log_mean_exp(_log_wealth(bets.ratios, once)))

    return log_e


def _log_wealth(ratios: FloatArray, counts: FloatArray) -> FloatArray:
    """Return each bet's log wealth, shape (BETS,), after ``counts`` of each ratio."""
    total = np.zeros(BETS)
    for start in range(0, len(ratios), CHUNK):
        part = slice(start, start + CHUNK)
        total += counts[part] @ log_growth(ratios[part])
    return total
