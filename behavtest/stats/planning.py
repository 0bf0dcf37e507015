"""How many pairs a decision takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from behavtest.stats.arrays import SLACK, check_alpha
from behavtest.stats.bets import GREATEST_STAKE
from behavtest.stats.expectation import Direction
from behavtest.stats.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.stats.eprocess import BettingProcess
    from behavtest.stats.evidence import Evidence
    from behavtest.stats.expectation import Bounds, Claim, Expectation

ITERATIONS = 100
"""Fixed-point steps; near the solution each cuts the error by 2 ln(1 / alpha) (6 at .05)."""

HALVINGS = 60
"""Bisection steps: the gap found is off by less than 2^-60 of the greatest one."""


class Prospect(NamedTuple):
    """What a stated truth will lead to.

    Args:
        verdict: ``inconclusive`` if the truth lies on the boundary.
        pairs: About how many pairs it takes; inf if no number is enough.
    """

    verdict: Verdict
    pairs: float


def expected_pairs(
    *,
    gap: float,
    variance: float,
    alpha: float,
    greatest_bet: float = math.inf,
    population: int | None = None,
) -> float:
    """Return about how many pairs an e-process needs to reach 1 / alpha.

    A fixed bet l earns about ``l mu - l^2 (sigma^2 + mu^2) / 2`` per pair, mu the gap, most at
    ``l = mu / (sigma^2 + mu^2)``, where it is ``mu^2 / (2 (sigma^2 + mu^2))``: the law
    tau = 2 ln(1 / alpha) (sigma^2 + mu^2) / mu^2 (growth rates as in Waudby-Smith and Ramdas,
    JRSSB 2024). A mixture of bets pays a regret of about (1 / 2) ln(tau / (2 pi)) on top (Laplace's
    method), so tau solves tau * growth = ln(1 / alpha) + (1 / 2) ln(tau / (2 pi)).

    Simulated means were .48 to 1.19 of it over 26 scenarios with D in {-1, 0, 1}, e-values of 20
    and 400, tolerances .02 to .2. They are least where all changes go one way (Delta = -.1 by -1
    in a tenth of the pairs: .48): the law knows two moments, and such gains are skewed in the
    bettor's favor. Where a fifth of the pairs change without one, they were .75 and more.

    Without replacement the gap to what is left grows with every draw, to mu N / (N - t) after t of
    them on average, and a bet's gain at least as fast: n draws earn what tau pairs with replacement
    do once N ln(N / (N - n)) = tau. Simulated means were .60 to 1.00 of that n, N = 25 to 1,500.

    Args:
        gap: Distance of the mean observation from the boundary, > 0, in score units.
        variance: Variance of an observation, >= 0.
        alpha: Error rate, in (0, 1).
        greatest_bet: Largest l the grid offers, .99 / (boundary - lower) in `BettingProcess`. It
            binds where the variance is small: a bet cannot risk more than it has.
        population: N, for draws without replacement; the result is then at most N.

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
    if population is not None and population < 1:
        raise ValueError(f"population is {population}; it must be at least 1")
    second_moment = variance + gap**2
    bet = min(gap / second_moment, greatest_bet)
    growth = bet * gap - bet**2 * second_moment / 2
    pairs = _pairs_to_earn(-math.log(alpha), growth=growth, pairs=0)
    return pairs if population is None else _without_replacement(pairs, population=population)


def detectable_gap(
    *,
    pairs: float,
    variance: Callable[[float], float] | float,
    alpha: float,
    greatest_bet: float = math.inf,
    greatest: float,
) -> float | None:
    """Return the least gap that some number of pairs is expected to show: `expected_pairs` solved.

    Found by bisection, so a variance that depends on the gap must not grow so fast that a wider
    gap takes more pairs; variances of |change| - change^2 and of p (1 - p) do not.

    Args:
        pairs: How many there will be, > 0.
        variance: Variance of an observation, >= 0, or that variance for a gap in (0, greatest].
        alpha: Error rate, in (0, 1).
        greatest_bet: As for `expected_pairs`.
        greatest: Largest gap there can be, > 0: from the boundary to the end of the range.

    Returns:
        The gap, in (0, greatest]; None if even the greatest takes more pairs.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not pairs > 0:
        raise ValueError(f"pairs is {pairs}; it must be positive")

    def shown(gap: float) -> bool:
        spread = variance(gap) if callable(variance) else variance
        return pairs >= expected_pairs(
            gap=gap, variance=spread, alpha=alpha, greatest_bet=greatest_bet
        )

    if not shown(greatest):
        return None
    hidden, seen = 0.0, greatest
    for _ in range(HALVINGS):
        middle = (hidden + seen) / 2
        hidden, seen = (hidden, middle) if shown(middle) else (middle, seen)
    return seen


def prospect(  # noqa: PLR0913 -- the numbers that describe one test; all but one by name
    expectation: Expectation,
    *,
    mean: float,
    variance: float,
    bounds: Bounds,
    alpha: float,
    violated_at: float | None = None,
    population: int | None = None,
) -> Prospect:
    """Return the verdict that a stated truth leads to, and after about how many pairs.

    As in `forecast`: "holds" needs 1 / alpha from the slowest of its claims, "violated" its e-value
    from the fastest of its own, of which two share theirs.

    Args:
        expectation: What is claimed.
        mean: The true mean observation: Delta, or one model's mean.
        variance: Variance of an observation, >= 0.
        bounds: Range of an observation.
        alpha: Error rate, in (0, 1).
        violated_at: The e-value at which "violated" is declared, 1 / alpha if None.
        population: N, for draws without replacement: equality with the boundary holds then, once
            all are seen.

    Raises:
        ValueError: As `Expectation.check` and `expected_pairs`.
    """
    claims = expectation.claims(bounds)
    slack = SLACK * (bounds.upper - bounds.lower)

    def pairs(claim: Claim, alpha: float) -> float:
        far = bounds.lower if claim.direction is Direction.ABOVE else bounds.upper
        return expected_pairs(
            gap=abs(mean - claim.boundary),
            variance=variance,
            alpha=alpha,
            greatest_bet=GREATEST_STAKE / abs(claim.boundary - far),
            population=population,
        )

    shown = [claim for claim in claims.violated if _margin(claim, mean) > slack]
    if shown:
        needed = alpha if violated_at is None else 1 / violated_at
        shared = needed / len(claims.violated)
        return Prospect(Verdict.VIOLATED, min(pairs(claim, shared) for claim in shown))
    if all(_margin(claim, mean) > slack for claim in claims.holds):
        return Prospect(Verdict.HOLDS, max(pairs(claim, alpha) for claim in claims.holds))
    if population is not None:
        return Prospect(Verdict.HOLDS, population)
    return Prospect(Verdict.INCONCLUSIVE, math.inf)


def _margin(claim: Claim, mean: float) -> float:
    """Return how far a mean lies on the claimed side of the boundary; < 0 on the other one."""
    away = mean - claim.boundary
    return away if claim.direction is Direction.ABOVE else -away


def forecast(evidence: Evidence, alpha: float, *, violated_at: float | None = None) -> int | None:
    """Return how many more pairs a decision would likely take, 0 if the evidence suffices now.

    For each claim the bet that hindsight prefers is taken to go on earning what it earned per
    pair so far, and the mixture's regret to grow by (1 / 2) ln of the growth in pairs; the nearer
    of "holds" and "violated" counts. A guess, for people: the estimate may move.

    Args:
        evidence: What is known of the behavior.
        alpha: Error rate, in (0, 1).
        violated_at: The e-value at which "violated" is declared, 1 / alpha if None. In a family of
            m behaviors m / alpha is always enough; with other violations less may do.

    Returns:
        None if no guess is possible: nothing was seen, or the estimate is so near the boundary
        that no bet has earned anything. With a population at most what remains of it, and never
        None, since the whole population decides.

    Raises:
        ValueError: alpha is outside (0, 1).
    """
    check_alpha(alpha)
    needed = -math.log(alpha)
    needed_violated = needed if violated_at is None else math.log(violated_at)
    if evidence.log_e_holds >= needed or evidence.log_e_violated >= needed_violated:
        return 0
    slowest = max(_more_pairs(process, needed) for process in evidence.holds)
    shared = needed_violated + math.log(
        len(evidence.violated)
    )  # the mean of two needs twice from one
    fastest = min(_more_pairs(process, shared) for process in evidence.violated)
    more = min(slowest, fastest)
    if evidence.population is not None:
        more = _without_replacement(more, population=evidence.population, drawn=evidence.pairs)
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


def _without_replacement(pairs: float, *, population: int, drawn: int = 0) -> float:
    """Return how many draws from what is left earn what pairs with replacement would.

    After t draws a bet gains in proportion to the gap, mu N / (N - t): N ln(R / (R - n)) mu over
    the next n, R = N - drawn, and N ln(N / R) / drawn of that mu a draw so far, which is the
    growth that ``pairs`` was reckoned with (mu itself if nothing was drawn).

    Args:
        pairs: How many with replacement, >= 0; inf is allowed.
        population: N.
        drawn: How many were drawn already, in 0..N - 1.

    Returns:
        A number in [0, R], R where nothing but the whole population is enough.
    """
    left = population - drawn
    pace = math.log(population / left) / drawn if drawn else 1 / population
    return -left * math.expm1(-pairs * pace)
