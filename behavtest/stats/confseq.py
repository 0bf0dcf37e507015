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
from behavtest.stats.weighted import Weights, check_weights, contained_mean, log_weighted_growth

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
    values: ArrayLike,
    bounds: Bounds,
    *,
    alpha: float,
    population: int | None = None,
    weights: Weights | None = None,
) -> ConfidenceInterval:
    """Return the means that neither one-sided e-process refutes at level alpha.

    Each end is the boundary at which the e-process of `behavtest.stats.eprocess` (or, with a
    population, of `behavtest.stats.census`, or, with weights, of `behavtest.stats.weighted`) stands
    at 1 / alpha now. The e-process falls as the boundary rises, so one bisection finds it; with
    weights too, since 1 + u (w / W) (x / g - 1) falls as g rises and w / W does not depend on g.
    Each end is wrong with probability at most alpha, at any stopping time; both together cover with
    1 - 2 alpha. "mean > m" has e-value >= 1 / alpha iff the lower end is >= m, up to the
    bisection's 6e-11 of the range. Source: Waudby-Smith and Ramdas, JRSSB 2024 (a confidence
    sequence by inverting betting tests).

    The interval always contains the sample mean, or with weights what
    `behavtest.stats.weighted.contained_mean` gives. (Without replacement an order of the draws that
    has probability at most 2 alpha can refute it; the interval is then widened to it, which only
    adds coverage.) Once a population is seen entirely, the interval is its mean.

    Args:
        values: Observations in their order, shape (n,), inside the bounds.
        bounds: Range of the observations.
        alpha: Error rate of each end, in (0, 1).
        population: Number of fixed scores the values were drawn from without replacement; None
            for independent observations.
        weights: How the observations' prompts were drawn, shape (n,) each; None for uniform draws.

    Raises:
        ValueError: An argument is outside its range, there are more values than the population,
            or both a population and weights are given.
    """
    check_bounds(bounds)
    check_alpha(alpha)
    checked = observations(values, bounds)
    if population is not None and weights is not None:
        raise ValueError("draws without replacement cannot be weighted")
    if population is not None and len(checked) > population:
        raise ValueError(f"{len(checked)} draws without replacement from {population} scores")
    shares = None if weights is None else check_weights(*weights, len(checked)).share
    if not len(checked):
        return ConfidenceInterval(bounds.lower, bounds.upper)
    mean = _centre(checked, shares)
    if len(checked) == population:
        return ConfidenceInterval(mean, mean)
    ends = []
    for direction in (Direction.ABOVE, Direction.BELOW):
        far = distances(checked, bounds, direction)
        width = bounds.upper - bounds.lower
        ends.append(
            _greatest_refuted(
                _log_e_at(far, width=width, population=population, shares=shares),
                low=0.0 if population is None else math.fsum(far) / population,
                high=_centre(far, shares),
                log_threshold=-math.log(alpha),
            )
        )
    return ConfidenceInterval(
        min(max(bounds.lower + ends[0], bounds.lower), mean),
        max(min(bounds.upper - ends[1], bounds.upper), mean),
    )


def _centre(values: FloatArray, shares: FloatArray | None) -> float:
    """Return the mean at which no bet has earned anything."""
    return math.fsum(values) / len(values) if shares is None else contained_mean(values, shares)


def _greatest_refuted(log_e: _LogE, *, low: float, high: float, log_threshold: float) -> float:
    """Return the greatest g in [low, high] for which "mean distance <= g" is refuted.

    Args:
        log_e: Falls as g rises.
        low: The least mean distance possible: 0, or what the scores already drawn from a
            population add up to. It is returned where no g is refuted.
        high: Is not refuted.
        log_threshold: Log e-value that refutes.
    """
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if log_e(middle) >= log_threshold:
            low = middle
        else:
            high = middle
    return low


def _log_e_at(
    far: FloatArray, *, width: float, population: int | None, shares: FloatArray | None
) -> _LogE:
    """Return the e-process's value as a function of the boundary."""
    if population is not None:
        return _census(far, width, population)
    return _independent(far) if shares is None else _weighted(far, shares)


def _independent(far: FloatArray) -> _LogE:
    """Return the e-process's value as a function of the boundary; equal scores are counted."""
    distinct, counts = np.unique(far, return_counts=True)

    def log_e(gap: float) -> float:
        return float(log_mean_exp(_log_wealth(distinct / gap, counts.astype(np.float64))))

    return log_e


def _weighted(far: FloatArray, shares: FloatArray) -> _LogE:
    """Return the same for weighted observations; equal pairs of score and share are counted."""
    distinct, counts = np.unique(np.stack([far, shares]), axis=1, return_counts=True)

    def log_e(gap: float) -> float:
        wealth = _log_wealth(distinct[0] / gap, counts.astype(np.float64), distinct[1])
        return float(log_mean_exp(wealth))

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


def _log_wealth(
    ratios: FloatArray, counts: FloatArray, shares: FloatArray | None = None
) -> FloatArray:
    """Return each bet's log wealth, shape (BETS,), after ``counts`` of each ratio."""
    total = np.zeros(BETS)
    for start in range(0, len(ratios), CHUNK):
        part = slice(start, start + CHUNK)
        growth = (
            log_growth(ratios[part])
            if shares is None
            else log_weighted_growth(ratios[part], shares[part])
        )
        total += counts[part] @ growth
    return total
