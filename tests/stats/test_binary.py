from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from behavtest.stats import Direction
from behavtest.stats.beta import KT, UNIFORM, BetaPrior
from behavtest.stats.binary import BinaryProcess, binary_log_e

ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
SIDES = [ABOVE, BELOW, None]


def e_value(
    successes: int,
    trials: int,
    *,
    boundary: float,
    direction: Direction | None = None,
    prior: BetaPrior = UNIFORM,
) -> float:
    log_e = binary_log_e(successes, trials, boundary=boundary, direction=direction, prior=prior)
    return float(np.exp(log_e))


def exact(successes: int, trials: int, boundary: Fraction, direction: Direction | None) -> float:
    """The uniform mixture in whole numbers: expand (1 - p)^(n - k), integrate, divide."""
    low = boundary if direction is ABOVE else Fraction(0)
    high = boundary if direction is BELOW else Fraction(1)
    failures = trials - successes
    mixture = sum(
        Fraction((-1) ** j * math.comb(failures, j), power) * (high**power - low**power)
        for j in range(failures + 1)
        for power in [successes + j + 1]
    )
    null = boundary**successes * (1 - boundary) ** failures
    return float(mixture / (high - low) / null)


@given(st.integers(0, 25), st.integers(0, 25), st.integers(2, 98), st.sampled_from(SIDES))
def test_it_is_the_integral_over_the_prior(
    successes: int, failures: int, percent: int, direction: Direction | None
) -> None:
    trials = successes + failures
    expected = exact(successes, trials, Fraction(percent, 100), direction)
    got = e_value(successes, trials, boundary=percent / 100, direction=direction)
    assert got == pytest.approx(expected, rel=1e-9)


def test_first_values_by_hand() -> None:
    # One success, p0 = 1/2: the mean of 2 p over the prior.
    assert e_value(1, 1, boundary=0.5) == pytest.approx(1)
    assert e_value(1, 1, boundary=0.5, direction=ABOVE) == pytest.approx(1.5)
    assert e_value(1, 1, boundary=0.5, direction=BELOW) == pytest.approx(0.5)
    assert e_value(1, 1, boundary=0.5, prior=BetaPrior(3, 1)) == pytest.approx(1.5)
    # Two successes: the mean of 4 p^2 = 4 (1/8 + 1/4) under the arcsine law.
    assert e_value(2, 2, boundary=0.5, prior=KT) == pytest.approx(1.5)


@pytest.mark.parametrize("prior", [UNIFORM, KT, BetaPrior(0.18, 5)])
@pytest.mark.parametrize("boundary", [0.05, 0.5, 0.8])
@pytest.mark.parametrize("direction", SIDES)
def test_expectation_at_the_boundary_is_one_by_enumeration(
    direction: Direction | None, boundary: float, prior: BetaPrior
) -> None:
    for trials in range(1, 9):
        expectation = sum(
            math.comb(trials, k)
            * boundary**k
            * (1 - boundary) ** (trials - k)
            * e_value(k, trials, boundary=boundary, direction=direction, prior=prior)
            for k in range(trials + 1)
        )
        assert expectation == pytest.approx(1)


def best_of_the_adversary(
    boundary: float, rates: tuple[float, ...], horizon: int, *, prior: BetaPrior, one_sided: bool
) -> float:
    """The most a stopping rule can expect if the null's success rate may move with the past."""
    direction = ABOVE if one_sided else None

    @cache
    def value(successes: int, trials: int) -> float:
        stopped = e_value(successes, trials, boundary=boundary, direction=direction, prior=prior)
        if trials == horizon:
            return stopped
        won, lost = value(successes + 1, trials + 1), value(successes, trials + 1)
        return max(stopped, *(rate * won + (1 - rate) * lost for rate in rates))

    return value(0, 0)


@pytest.mark.parametrize("prior", [UNIFORM, KT, BetaPrior(0.18, 5)])
@pytest.mark.parametrize("boundary", [0.05, 0.5, 0.8])
def test_no_stopping_rule_beats_the_composite_null(boundary: float, prior: BetaPrior) -> None:
    """Exact: every success rate up to p0, chosen at each trial by one who wants E large."""
    rates = (0.0, boundary / 2, boundary)
    for one_sided in (True, False):
        allowed = rates if one_sided else (boundary,)
        most = best_of_the_adversary(boundary, allowed, 30, prior=prior, one_sided=one_sided)
        assert most == pytest.approx(1)


def test_without_the_cut_the_composite_null_would_be_beaten() -> None:
    # The foil: a two-sided prior against "p <= 1/2" rewards the failures the null allows.
    assert best_of_the_adversary(0.5, (0.0, 0.5), 10, prior=UNIFORM, one_sided=False) > 90


def test_the_other_side_is_the_mirror_image() -> None:
    above = binary_log_e([3, 7], [10, 10], boundary=0.25, direction=ABOVE, prior=BetaPrior(2, 5))
    below = binary_log_e([7, 3], [10, 10], boundary=0.75, direction=BELOW, prior=BetaPrior(5, 2))
    assert below == pytest.approx(above)


def test_a_million_trials_neither_overflow_nor_underflow() -> None:
    successes = [0, 1, 499_000, 500_000, 501_000, 10**6]
    for direction in SIDES:
        assert np.isfinite(binary_log_e(successes, 10**6, boundary=0.5, direction=direction)).all()
    # no success at all: the prior's mass next to p0 decides, int (p/p0)^0 (2 - 2p)^n 2 dp
    never = float(binary_log_e(0, 10**6, boundary=0.5, direction=ABOVE))
    assert never == pytest.approx(-math.log(10**6 + 1), abs=1e-7)
    # nothing but successes: 2^n P(Beta > 1/2) / (n + 1) * 2
    always = float(binary_log_e(10**6, 10**6, boundary=0.5, direction=ABOVE))
    assert always == pytest.approx((10**6 + 1) * math.log(2) - math.log(10**6 + 1), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("direction", [ABOVE, None])
def test_the_null_is_rarely_refuted_at_any_look(direction: Direction | None) -> None:
    rng = np.random.default_rng(61)
    repeats = 1000
    crossed = sum(
        BinaryProcess(boundary=0.3, direction=direction).update(rng.random(2000) < 0.3).max()
        >= math.log(20)
        for _ in range(repeats)
    )
    assert 0 < crossed / repeats <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / repeats)


@given(st.lists(st.booleans(), max_size=30))
def test_the_process_counts(outcomes: list[bool]) -> None:
    process = BinaryProcess(boundary=0.2, direction=ABOVE, prior=KT)
    path = process.update(outcomes)
    counts = list(itertools.accumulate(outcomes, initial=0))[1:]
    expected = binary_log_e(
        counts, range(1, len(counts) + 1), boundary=0.2, direction=ABOVE, prior=KT
    )
    assert path.tolist() == expected.tolist()
    assert (process.successes, process.trials) == (sum(outcomes), len(outcomes))
    assert process.log_e == (path[-1] if outcomes else 0.0)


@pytest.mark.parametrize("values", [[0.5], [1, 2], [math.nan], [[1.0]]])
def test_nothing_is_taken_when_a_value_is_refused(values: ArrayLike) -> None:
    process = BinaryProcess(boundary=0.5)
    with pytest.raises(ValueError, match=r"observation|one-dimensional"):
        process.update(values)
    assert process.trials == 0


@pytest.mark.parametrize(
    ("successes", "trials"), [(2, 1), (-1, 1), (0.5, 1), (0, 0.5), (math.nan, 1)]
)
def test_counts_that_cannot_be_are_refused(successes: float, trials: float) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        binary_log_e(successes, trials, boundary=0.5)


@pytest.mark.parametrize("boundary", [0.0, 1.0, math.nan])
def test_a_boundary_nothing_can_be_beyond_is_refused(boundary: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        BinaryProcess(boundary=boundary)
