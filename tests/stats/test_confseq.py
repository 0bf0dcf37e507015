from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from behavtest.stats import (
    BettingProcess,
    Bounds,
    CensusProcess,
    Claim,
    Direction,
    confidence_interval,
)
from behavtest.stats.weighted import WeightedProcess, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

PAIRED = Bounds(-1, 1)
RESOLUTION = 1e-9  # of an end: the bisection's step, with room for rounding
binary = st.sampled_from([-1.0, 0.0, 1.0])
values_in_range = st.lists(st.one_of(binary, st.floats(-1, 1)), min_size=1, max_size=80)


@given(values_in_range, st.floats(-0.95, 0.95), st.sampled_from([0.05, 0.2]), st.integers(0, 3))
def test_an_end_passes_a_boundary_iff_the_e_value_reaches_one_over_alpha(
    values: Sequence[float], boundary: float, alpha: float, extra: int
) -> None:
    """Duality, for independent draws (extra = 0) and for draws from a larger population."""
    population = len(values) + extra if extra else None
    interval = confidence_interval(values, PAIRED, alpha=alpha, population=population)
    for direction in Direction:
        claim = Claim(direction, boundary)
        process = (
            BettingProcess(claim, PAIRED)
            if population is None
            else CensusProcess(claim, PAIRED, population=population)
        )
        process.update(values)
        end = interval.lower if direction is Direction.ABOVE else interval.upper
        assume(abs(end - boundary) > RESOLUTION)
        assume(end != math.fsum(values) / len(values))  # widened to the mean, see below
        beyond = end > boundary if direction is Direction.ABOVE else end < boundary
        assert beyond == (process.log_e >= -math.log(alpha))


@pytest.mark.parametrize("population", [None, 500])
def test_the_e_value_at_an_end_is_one_over_alpha(population: int | None) -> None:
    values = np.random.default_rng(8).choice([-1.0, 0.0, 0.5, 1.0], 200)
    lower = confidence_interval(values, PAIRED, alpha=0.05, population=population).lower

    def log_e(boundary: float) -> float:
        claim = Claim(Direction.ABOVE, boundary)
        if population is None:
            return float(BettingProcess(claim, PAIRED).update(values)[-1])
        return float(CensusProcess(claim, PAIRED, population=population).update(values)[-1])

    assert log_e(lower - 1e-10) > math.log(20) > log_e(lower + 3e-10)


@given(values_in_range, st.sampled_from([0.01, 0.05, 0.3, 0.6]), st.integers(0, 10))
def test_it_contains_the_mean_and_stays_inside_the_bounds(
    values: Sequence[float], alpha: float, extra: int
) -> None:
    for population in (None, len(values) + extra):
        interval = confidence_interval(values, PAIRED, alpha=alpha, population=population)
        assert -1 <= interval.lower <= math.fsum(values) / len(values) <= interval.upper <= 1


@given(values_in_range)
def test_mirror_image(values: Sequence[float]) -> None:
    straight = confidence_interval(values, PAIRED, alpha=0.05)
    mirrored = confidence_interval([-value for value in values], PAIRED, alpha=0.05)
    assert straight.lower == pytest.approx(-mirrored.upper, abs=RESOLUTION)
    assert straight.upper == pytest.approx(-mirrored.lower, abs=RESOLUTION)


@given(values_in_range)
def test_a_smaller_alpha_gives_a_wider_interval(values: Sequence[float]) -> None:
    narrow = confidence_interval(values, PAIRED, alpha=0.2)
    wide = confidence_interval(values, PAIRED, alpha=0.01)
    assert wide.lower <= narrow.lower + RESOLUTION
    assert wide.upper >= narrow.upper - RESOLUTION


def test_equal_scores_are_counted_not_looped_over() -> None:
    values = np.random.default_rng(3).choice([-1.0, 0.0, 1.0], 200_000, p=[0.1, 0.7, 0.2])
    interval = confidence_interval(values, PAIRED, alpha=0.05)
    assert interval.lower < 0.1 < interval.upper
    # The law V12 at the end's own boundary: 2 (ln 20 + ln(n) / 2) (sigma^2 + mu^2) / mu^2 = n
    half_width = math.sqrt(2 * (math.log(20) + math.log(200_000) / 2) * 0.29 / 200_000)
    assert interval.upper - interval.lower == pytest.approx(2 * half_width, rel=0.15)


def test_no_observation_leaves_the_bounds() -> None:
    assert tuple(confidence_interval([], PAIRED, alpha=0.05)) == (-1, 1)
    assert tuple(confidence_interval([], PAIRED, alpha=0.05, population=7)) == (-1, 1)


def test_identical_models_give_an_interval_around_zero() -> None:
    # D = 0 n times: (1 - l m)^n averaged; the best bet alone gives m = -(20^(1/n) - 1) / (.99 - ...)
    interval = confidence_interval(np.zeros(300), PAIRED, alpha=0.05)
    assert interval.lower == pytest.approx(-interval.upper)
    assert -0.02 < interval.lower < -0.01


def test_the_whole_population_leaves_a_point() -> None:
    values = [0.1, 0.2, -0.3, 0.7]
    for order in itertools.permutations(values):
        interval = confidence_interval(order, PAIRED, alpha=0.05, population=4)
        assert interval == (0.175, 0.175)


@given(values_in_range, st.integers(1, 5))
def test_what_the_rest_cannot_undo_bounds_the_interval(values: Sequence[float], left: int) -> None:
    population = len(values) + left
    interval = confidence_interval(values, PAIRED, alpha=0.001, population=population)
    total = math.fsum(values)
    assert interval.lower >= (total - left) / population - 1e-12
    assert interval.upper <= (total + left) / population + 1e-12


def test_an_unlucky_order_widens_to_the_mean() -> None:
    # All the 1s of 60 scores come first: refutes nearly everything, the sample mean included.
    values = [1.0] * 30 + [0.0] * 25
    interval = confidence_interval(values, Bounds(0, 1), alpha=0.05, population=60)
    assert interval.lower <= np.mean(values) <= interval.upper


def test_coverage_at_every_time_over_all_orders() -> None:
    population = [1.0, 1.0, 0.0, -0.25, -1.0, -1.0]
    mean = math.fsum(population) / 6
    alpha = 0.3
    missed_low = missed_high = 0
    orders = sorted(set(itertools.permutations(population)))  # equally likely
    for order in orders:
        ends = [
            confidence_interval(order[:n], PAIRED, alpha=alpha, population=6) for n in range(1, 7)
        ]
        missed_low += any(end.lower > mean + 1e-6 for end in ends)
        missed_high += any(end.upper < mean - 1e-6 for end in ends)
    assert 0 < missed_low / len(orders) <= alpha
    assert 0 < missed_high / len(orders) <= alpha


def test_more_values_than_the_population_are_refused() -> None:
    with pytest.raises(ValueError, match="3 draws without replacement from 2"):
        confidence_interval([0.0] * 3, PAIRED, alpha=0.05, population=2)


def test_alpha_must_be_a_rate() -> None:
    with pytest.raises(ValueError, match="alpha"):
        confidence_interval([0.0], PAIRED, alpha=0.0)


weighted_draws = st.lists(
    st.tuples(
        st.one_of(binary, st.floats(-1, 1)),
        st.one_of(st.just(1.0), st.floats(0.01, 1)),
        st.sampled_from([1.0, 1.5, 4.0]),
    ),
    min_size=1,
    max_size=60,
)


@given(weighted_draws, st.floats(-0.95, 0.95), st.sampled_from([0.05, 0.2]))
def test_a_weighted_end_passes_a_boundary_iff_the_e_value_reaches_one_over_alpha(
    draws: Sequence[tuple[float, float, float]], boundary: float, alpha: float
) -> None:
    values, shares, greatest = np.array(draws).T
    weights = Weights(shares * greatest, greatest)
    interval = confidence_interval(values, PAIRED, alpha=alpha, weights=weights)
    for direction in Direction:
        process = WeightedProcess(Claim(direction, boundary), PAIRED)
        process.update(values, *weights)
        end = interval.lower if direction is Direction.ABOVE else interval.upper
        assume(abs(end - boundary) > RESOLUTION)
        beyond = end > boundary if direction is Direction.ABOVE else end < boundary
        assert beyond == (process.log_e >= -math.log(alpha))


@given(values_in_range)
def test_weights_of_one_change_no_bit(values: Sequence[float]) -> None:
    ones = Weights(np.ones(len(values)), np.ones(len(values)))
    plain = confidence_interval(values, PAIRED, alpha=0.05)
    assert confidence_interval(values, PAIRED, alpha=0.05, weights=ones) == plain


@pytest.mark.slow
def test_a_weighted_sequence_covers_at_every_look() -> None:
    """Ten prompts, one far from the others and drawn six times as often."""
    rng = np.random.default_rng(46)
    means = np.array([0.8] + [-0.2] * 9)
    q = np.array([0.4] + [0.6 / 9] * 9)
    repeats, alpha = 200, 0.1
    missed = dict.fromkeys(("lower", "upper"), 0)
    for _ in range(repeats):
        prompts = rng.choice(10, 300, p=q)
        values = np.where(rng.random(300) < (1 + means[prompts]) / 2, 1.0, -1.0)
        weight, greatest = 0.1 / q[prompts], np.full(300, 0.1 / q.min())
        looks = [
            confidence_interval(
                values[:seen], PAIRED, alpha=alpha, weights=Weights(weight[:seen], greatest[:seen])
            )
            for seen in range(20, 301, 20)
        ]
        missed["lower"] += any(look.lower > means.mean() for look in looks)
        missed["upper"] += any(look.upper < means.mean() for look in looks)
        assert looks[-1].upper - looks[-1].lower < 0.6
    limit = alpha + 3 * math.sqrt(alpha * (1 - alpha) / repeats)
    assert all(count / repeats <= limit for count in missed.values())


def test_weights_that_cannot_be_are_refused() -> None:
    ones = Weights(np.ones(1), np.ones(1))
    with pytest.raises(ValueError, match="cannot be weighted"):
        confidence_interval([0.0], PAIRED, alpha=0.05, population=2, weights=ones)
    with pytest.raises(ValueError, match="2 observations, but weights of shape"):
        confidence_interval([0.0, 0.0], PAIRED, alpha=0.05, weights=ones)
    with pytest.raises(ValueError, match="weight 0 is 0"):
        confidence_interval([0.0], PAIRED, alpha=0.05, weights=Weights(np.zeros(1), np.ones(1)))
    nothing = Weights(np.empty(0), np.empty(0))
    assert tuple(confidence_interval([], PAIRED, alpha=0.05, weights=nothing)) == (-1, 1)
