"""How many pairs a decision takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from behavtest.stats.arrays import check_alpha

if TYPE_CHECKING:
    from behavtest.stats.eprocess import BettingProcess
    from behavtest.stats.evidence import Evidence

ITERATIONS = 100
"""Fixed-point steps; near the solution each cuts the error by 2 ln(1 / alpha) (6 at .05)."""


def expected_pairs(
    *, gap: float, variance: float, alpha: float, greatest_bet: float = math.inf
) -> float:
    """Return about how many pairs an e-process needs to reach 1 / alpha.

    A fixed bet l earns about ``l mu - l^2 (sigma^2 + mu^2) / 2`` per pair, mu the gap, most at
    ``l = mu / (sigma^2 + mu^2)``, where it is ``mu^2 / (2 (sigma^2 + mu^2))``: the law
    tau = 2 ln(1 / alpha) (sigma^2 + mu^2) / mu^2 (growth rates as in Waudby-Smith and Ramdas,
    JRSSB 2024). A mixture of bets pays a regret of about (1 / 2) ln(tau / (2 pi)) on top (Laplace's
    method), so tau solves tau * growth = ln(1 / alpha) + (1 / 2) ln(tau / (2 pi)).
    Simulated means were .71 to 1.03 of it over nine scenarios at alpha = .05, medians .66 to .98.

    Args:
        gap: Distance of the mean observation from the boundary, > 0, in score units.
        variance: Variance of an observation, >= 0.
        alpha: Error rate, in (0, 1).
        greatest_bet: Largest l the grid offers, .99 / (boundary - lower) in `BettingProcess`. It
            binds where the variance is small: a bet cannot risk more than it has.

    Raises:
        ValueError: An argument is outside its range.
    """
    check_alpha(alpha)
    if not 0 < gap < math.inf:
        raise ValueError(f"gap is {gap}; it must be positive")
    if not 0 <= variance < math.inf:
        raise ValueError(f"variance is {variance}; it must be 0 or more")
    if not greatest_bet > 0:
        raise ValueError(f"greatest_bet is {greatest_bet}; it must be positive")
    second_moment = variance + gap**2
    bet = min(gap / second_moment, greatest_bet)
    growth = bet * gap - bet**2 * second_moment / 2
    return _pairs_to_earn(-math.log(alpha), growth=growth, pairs=0)


def forecast(evidence: Evidence, alpha: float, *, family: int = 1) -> int | None:
    """Return how many more pairs a decision would likely take, 0 if the evidence suffices now.

    For each claim the bet that hindsight prefers is taken to go on earning what it earned per
    pair so far, and the mixture's regret to grow by (1 / 2) ln of the growth in pairs; the nearer
    of "holds" and "violated" counts. A guess, for people: the estimate may move.

    Args:
        evidence: What is known of the behavior.
        alpha: Error rate, in (0, 1).
        family: Number of behaviors tested together, >= 1. "Violated" is taken to need an e-value
            of family / alpha, which is always enough; with other violations less may do.

    Returns:
        None if no guess is possible: nothing was seen, or the estimate is so near the boundary
        that no bet has earned anything. With a population at most what remains of it, and never
        None, since the whole population decides.

    Raises:
        ValueError: alpha is outside (0, 1).
    """
    check_alpha(alpha)
    needed = -math.log(alpha)
    needed_violated = needed + math.log(family)
    if evidence.log_e_holds >= needed or evidence.log_e_violated >= needed_violated:
        return 0
    slowest = max(_more_pairs(process, needed) for process in evidence.holds)
    shared = needed_violated + math.log(
        len(evidence.violated)
    )  # the mean of two needs twice from one
    fastest = min(_more_pairs(process, shared) for process in evidence.violated)
    more = min(slowest, fastest)
    if evidence.population is not None:
        more = min(more, evidence.population - evidence.pairs)
    return math.ceil(more) if math.isfinite(more) else None


def _more_pairs(process: BettingProcess, needed: float) -> float:
    """Return how many more pairs bring a log e-value to ``needed``; inf if it is not growing."""
    if process.log_e >= needed:
        return 0.0
    if process.best_log_wealth <= 0:
        return math.inf
    growth = process.best_log_wealth / process.seen
    return _pairs_to_earn(needed - process.log_e, growth=growth, pairs=process.seen)


def _pairs_to_earn(log_wealth: float, *, growth: float, pairs: int) -> float:
    """Solve n growth = log_wealth + (1 / 2) ln((pairs + n) / reference) for n > 0.

    The reference is the pairs seen, whose regret is paid already, or 2 pi if there are none; the
    logarithm counts only where it is positive.
    """
    reference = pairs or math.tau
    earned = log_wealth / growth
    for _ in range(ITERATIONS):
        earned = (log_wealth + math.log(max((pairs + earned) / reference, 1.0)) / 2) / growth
    return earned
