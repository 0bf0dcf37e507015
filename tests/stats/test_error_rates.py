"""Measured error rates. Each bound is alpha plus 3 standard errors of the simulation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import ndtr

from behavtest.stats import (
    AnytimePValues,
    BettingProcess,
    Bounds,
    Claim,
    Direction,
    Evidence,
    Expectation,
    Kind,
    PriorWeights,
    Procedure,
    StoppedEValues,
    Verdict,
    closed_ebh,
    confidence_interval,
    decide,
    declare,
)

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray

PAIRED = Bounds(-1, 1)
ALPHA = 0.05
NOT_WORSE = Expectation(Kind.NOT_WORSE, 0.05)


def at_most(rate: float, repeats: int) -> float:
    return rate + 3 * math.sqrt(rate * (1 - rate) / repeats)


def skewed(rng: np.random.Generator, size: int) -> FloatArray:
    """Mean 0 by rare large losses: the null that breaks asymptotic sequences."""
    return np.where(rng.random(size) < 0.05, -0.95, 0.05)


@pytest.mark.slow
def test_skewed_null_with_optional_stopping() -> None:
    """A false claim at its boundary is rarely proven, on either side, at any of 1000 looks."""
    rng = np.random.default_rng(41)
    repeats = 600
    proven = dict.fromkeys(Direction, 0)
    for _ in range(repeats):
        values = skewed(rng, 1000)
        for direction in Direction:
            path = BettingProcess(Claim(direction, 0.0), PAIRED).update(values)
            proven[direction] += bool(path.max() >= math.log(1 / ALPHA))
    assert all(count / repeats <= at_most(ALPHA, repeats) for count in proven.values())
    assert any(proven.values())  # the threshold is within reach, so the bound says something


@pytest.mark.slow
@pytest.mark.parametrize("chances", [(0.1, 0.8, 0.1), (0.02, 0.98, 0.0), (0.3, 0.2, 0.5)])
def test_the_confidence_sequence_covers_at_every_look(chances: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(42)
    repeats, alpha = 200, 0.1
    mean = chances[2] - chances[0]
    missed = dict.fromkeys(("lower", "upper"), 0)
    for _ in range(repeats):
        values = rng.choice([-1.0, 0.0, 1.0], 400, p=chances)
        looks = [
            confidence_interval(values[:seen], PAIRED, alpha=alpha) for seen in range(10, 401, 10)
        ]
        missed["lower"] += any(look.lower > mean for look in looks)
        missed["upper"] += any(look.upper < mean for look in looks)
    assert all(count / repeats <= at_most(alpha, repeats) for count in missed.values())


@pytest.mark.slow
def test_draws_without_replacement_with_optional_stopping() -> None:
    rng = np.random.default_rng(43)
    scores = np.concatenate([np.full(10, -0.95), np.full(190, 0.05)])  # mean 0, skewed
    expectation = Expectation(Kind.NOT_WORSE, 0.0)  # true, with equality
    repeats = 600
    wrong = 0
    for _ in range(repeats):
        evidence = Evidence(expectation, PAIRED, population=200)
        path = evidence.update(rng.permutation(scores))
        wrong += bool(path.log_e_violated.max() >= math.log(1 / ALPHA))
        assert evidence.exact_holds
    assert wrong / repeats <= at_most(ALPHA, repeats)


def run_family(rng: np.random.Generator, means: list[float]) -> tuple[Verdict, ...]:
    """Sample a family as a run does: rounds of pairs until decided, at most 20 rounds.

    Half of the behaviors share their noise, so the e-values depend on one another.
    """
    family = [Evidence(NOT_WORSE, PAIRED) for _ in means]
    active = np.ones(len(means), dtype=bool)
    for _ in range(20):
        shared = rng.random(25)
        for place in np.flatnonzero(active):
            noise = shared if place % 2 else rng.random(25)
            loss = (0.15 - means[place]) / 2
            gain = (0.15 + means[place]) / 2
            family[place].update(1.0 * (noise < gain) - 1.0 * (noise > 1 - loss))
        in_set = closed_ebh(StoppedEValues.of_violated(family), ALPHA)
        holds = StoppedEValues.of_holds(family).e_values >= 1 / ALPHA
        active = ~(in_set | holds)
    return decide(
        holds=StoppedEValues.of_holds(family),
        violated=closed_ebh(StoppedEValues.of_violated(family), ALPHA),
        alpha=ALPHA,
    )


@pytest.mark.slow
def test_false_discoveries_in_a_family_stay_below_alpha() -> None:
    """6 behaviors at their boundary (the hardest truths), 2 fine ones, 4 that got worse."""
    rng = np.random.default_rng(44)
    means = [-0.05] * 6 + [0.0] * 2 + [-0.15] * 4
    repeats = 150
    shares, found = [], 0
    for _ in range(repeats):
        violated = [verdict is Verdict.VIOLATED for verdict in run_family(rng, means)]
        shares.append(sum(violated[:8]) / max(sum(violated), 1))
        found += sum(violated[8:])
    assert np.mean(shares) <= ALPHA + 3 * np.std(shares) / math.sqrt(repeats)
    assert found / (4 * repeats) > 0.5  # it does find what is there


@pytest.mark.slow
def test_the_gate_rarely_passes_a_family_with_one_that_got_worse() -> None:
    """All of six must hold, without correction: one expectation is false, at its boundary."""
    rng = np.random.default_rng(45)
    means = [-0.05] + [0.05] * 5
    repeats = 200
    passed = sum(
        all(verdict is Verdict.HOLDS for verdict in run_family(rng, means)) for _ in range(repeats)
    )
    assert passed / repeats <= at_most(ALPHA, repeats)


def weighted_false_shares(
    rng: np.random.Generator, weights: list[float], shared: float
) -> dict[Procedure, FloatArray]:
    """Eight true nulls, four shifts by 3: the false share of each of 1,500 families.

    The z-values have correlation ``shared``; the e-values are likelihood ratios against the shift.
    """
    prior = PriorWeights.normalized(weights)
    shares = {procedure: [] for procedure in Procedure if not procedure.stream}
    for _ in range(1500):
        z = math.sqrt(shared) * rng.normal() + math.sqrt(1 - shared) * rng.normal(size=12)
        z[8:] += 3
        stopped = StoppedEValues.at_stop(np.exp(3 * z - 4.5))
        p_values = AnytimePValues.known(ndtr(-z))
        for procedure, found in shares.items():
            violated = declare(
                procedure, stopped=stopped, p_values=p_values, alpha=0.1, weights=prior
            )
            found.append(violated[:8].sum() / max(violated.sum(), 1))
    return {procedure: np.array(found) for procedure, found in shares.items()}


@pytest.mark.parametrize("shared", [0.0, 0.8])
@pytest.mark.parametrize(
    "weights", [[0.5] * 8 + [2.0] * 4, [1.4] * 8 + [0.2] * 4, [8.0] + [0.3] * 7 + [0.5] * 4]
)
def test_weights_leave_the_false_discovery_rate_alone(weights: list[float], shared: float) -> None:
    """Right or wrong, and whether the behaviors are independent or positively dependent."""
    found = weighted_false_shares(np.random.default_rng(46), weights, shared)
    for procedure, shares in found.items():
        bar = 3 * shares.std() / math.sqrt(len(shares))
        assert shares.mean() <= 0.1 + bar
        assert shares.mean() > 0
        if procedure is Procedure.BH and not shared:  # known: alpha / m times the nulls' weights
            exact = 0.1 * sum(weights[:8]) / sum(weights)
            assert shares.mean() == pytest.approx(exact, abs=bar)
