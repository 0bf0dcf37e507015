"""The sequential rules: behavtest's own, and Wald's SPRT that knows both laws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from efficiency_arms.scenarios import ALPHA, POWER, FloatArray, IntArray, Law, draw
from scipy.optimize import minimize_scalar

from behavtest.stats import Bounds, Evidence, Expectation, Kind
from behavtest.stats.bets import log_growth, log_mean_exp

if TYPE_CHECKING:
    from collections.abc import Iterator

CAP = 100_000
"""Pairs after which a run counts as undecided."""

FIRST_CHUNK, CHUNK = 256, 4096
OUTCOMES = np.array([-1.0, 0.0, 1.0])
PAIRED = Bounds(-1, 1)
SAID_HOLDS, SAID_NOTHING, SAID_VIOLATED = 1, 0, -1


class Stops(NamedTuple):
    """How many runs ended.

    Args:
        pairs: Pairs used, shape (runs,).
        said: `SAID_HOLDS`, `SAID_NOTHING` or `SAID_VIOLATED`, shape (runs,).
    """

    pairs: IntArray
    said: IntArray


def chunks(rng: np.random.Generator, law: Law) -> Iterator[IntArray]:
    """Yield values of D, `CAP` in all, in growing chunks."""
    drawn, size = 0, FIRST_CHUNK
    while drawn < CAP:
        part = draw(rng, law, min(size, CAP - drawn))
        drawn += len(part)
        size = min(2 * size, CHUNK)
        yield part


def first(reached: np.ndarray) -> int:
    """Return the index of the first true entry, or the length if there is none."""
    return int(reached.argmax()) if reached.any() else len(reached)


def first_reaching(log_wealth: FloatArray, threshold: float) -> int:
    """Return when the mixture of bets first reaches the threshold, or the length if never.

    Args:
        log_wealth: Of each bet after each pair, shape (n, bets).
        threshold: Log e-value to reach.
    """
    if log_wealth.max() < threshold:  # a mean is at most its greatest term: no need to take it
        return len(log_wealth)
    return first(log_mean_exp(log_wealth) >= threshold)


def behavtest_run(rng: np.random.Generator, law: Law, tolerance: float) -> tuple[int, int]:
    """Return the pairs used and what was said: stop when either e-value reaches 1 / alpha.

    The wealth of a bet depends on the number of losses, ties and gains alone, so the path is those
    counts times the package's log growth of each bet; `check_against_package` holds it to
    `Evidence`.
    """
    holds = log_growth((OUTCOMES + 1) / (1 - tolerance))
    violated = log_growth((1 - OUTCOMES) / (1 + tolerance))
    threshold = -math.log(ALPHA)
    seen: FloatArray = np.zeros(3)
    for part in chunks(rng, law):
        counts = seen + np.cumsum(part[:, np.newaxis] == OUTCOMES, axis=0)
        at_holds = first_reaching(counts @ holds, threshold)
        at_violated = first_reaching(counts @ violated, threshold)
        stop = min(at_holds, at_violated)
        if stop < len(part):
            said = SAID_VIOLATED if at_violated == stop else SAID_HOLDS
            return int(seen.sum()) + stop + 1, said
        seen = counts[-1]
    return CAP, SAID_NOTHING


def behavtest_stops(seed: list[int], law: Law, tolerance: float, runs: int) -> Stops:
    """Return how runs of behavtest's rule end; each run has its own stream of numbers."""
    ends = [
        behavtest_run(np.random.default_rng([*seed, run]), law, tolerance) for run in range(runs)
    ]
    return Stops(np.array([end[0] for end in ends]), np.array([end[1] for end in ends]))


def check_against_package(
    seed: list[int], law: Law, tolerance: float, *, stops: Stops, runs: int
) -> None:
    """Replay the first runs through `Evidence` and refuse any difference.

    Raises:
        RuntimeError: A run stops elsewhere, or says something else.
    """
    threshold = -math.log(ALPHA)
    for run in range(min(runs, len(stops.pairs))):
        evidence = Evidence(Expectation(Kind.NOT_WORSE, tolerance), PAIRED)
        parts = chunks(np.random.default_rng([*seed, run]), law)
        stop, said = CAP, SAID_NOTHING
        for part in parts:
            path = evidence.update(part)
            at = first(np.maximum(*path) >= threshold)
            if at < len(part):
                stop = evidence.pairs - len(part) + at + 1
                above = path.log_e_violated[at] >= threshold
                said = SAID_VIOLATED if above else SAID_HOLDS
                break
        if (stop, said) != (stops.pairs[run], stops.said[run]):
            raise RuntimeError(f"{law}, tolerance {tolerance}, run {run}: {stop} pairs by Evidence")


def likelihood_ratio(law: Law, tolerance: float, *, claims_holds: bool) -> FloatArray:
    """Return log P1(D) / P0(D) for D = -1, 0, 1; -inf where P1 has no mass that P0 needs.

    P1 is the true law. P0 is the law on the boundary (mean -tolerance) nearest to it in
    Kullback-Leibler divergence, the null hardest to tell from it: P1 / P0 = 1 + l (D - m), with
    the l that maximises P1's expected log of that (mirrored for "violated"). It is the best single
    bet in hindsight of the law, which no rule that must learn the law can have.
    """
    away = OUTCOMES + tolerance if claims_holds else -(OUTCOMES + tolerance)
    greatest = 1 / (1 - tolerance) if claims_holds else 1 / (1 + tolerance)
    chances = law.chances

    def loss(bet: float) -> float:
        factors = 1 + bet * away[chances > 0]
        return math.inf if (factors <= 0).any() else -float(chances[chances > 0] @ np.log(factors))

    found = minimize_scalar(loss, bounds=(0, greatest), method="bounded", options={"xatol": 1e-10})
    bet = min((float(found.x), greatest), key=loss)
    factors = np.maximum(1 + bet * away, 0)
    factors[factors < 1e-12] = 0  # noqa: PLR2004 -- the greatest bet's total loss, rounded
    with np.errstate(divide="ignore"):
        ratios: FloatArray = np.log(factors)
    return ratios


def least_mean(law: Law, tolerance: float, *, claims_holds: bool) -> float:
    """Return Wald's lower bound on the mean pairs of any test with level alpha and power .9.

    The log likelihood ratio at the stop has mean E[N] KL(P1, P0), and at least the divergence of
    the verdict's laws, (beta, 1 - beta) from (1 - alpha, alpha).
    """
    table = likelihood_ratio(law, tolerance, claims_holds=claims_holds)
    seen = law.chances > 0
    divergence = float(law.chances[seen] @ table[seen])
    miss = 1 - POWER
    return (miss * math.log(miss / (1 - ALPHA)) + POWER * math.log(POWER / ALPHA)) / divergence


def sprt_stops(
    seed: list[int], law: Law, tolerance: float, *, claims_holds: bool, runs: int
) -> Stops:
    """Return how runs of Wald's test end.

    His thresholds are (1 - beta) / alpha and beta / (1 - alpha). Accepting the null counts as
    saying nothing: the null is then not shown.
    """
    table = likelihood_ratio(law, tolerance, claims_holds=claims_holds)
    upper, lower = math.log(POWER / ALPHA), math.log((1 - POWER) / (1 - ALPHA))
    claim = SAID_HOLDS if claims_holds else SAID_VIOLATED
    ends = []
    for run in range(runs):
        total, used, said = 0.0, 0, SAID_NOTHING
        for part in chunks(np.random.default_rng([*seed, run]), law):
            path = total + np.cumsum(table[part + 1])
            stop = first((path >= upper) | (path <= lower))
            used += min(stop + 1, len(part))
            if stop < len(part):
                said = claim if path[stop] >= upper else SAID_NOTHING
                break
            total = float(path[-1])
        ends.append((used, said))
    return Stops(np.array([end[0] for end in ends]), np.array([end[1] for end in ends]))
