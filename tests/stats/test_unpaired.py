from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from behavtest.stats import BettingProcess, Bounds, Claim, Direction
from behavtest.stats.arrays import FloatArray
from behavtest.stats.unpaired import UnpairedProcess

UNIT = Bounds(0, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
scores = st.lists(st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1)), max_size=15)
margins = st.floats(-0.9, 0.9)


def process_of(a: ArrayLike, b: ArrayLike, claim: Claim, bounds: Bounds = UNIT) -> UnpairedProcess:
    process = UnpairedProcess(claim, bounds)
    process.update_a(a)
    process.update_b(b)
    return process


def wealth_at(a: list[float], b: list[float], claim: Claim, mean_a: float) -> float:
    """The product at one possible mean of A, through the one-sample processes."""
    opposite = BELOW if claim.direction is ABOVE else ABOVE
    of_a = BettingProcess(Claim(opposite, mean_a), UNIT)
    of_b = BettingProcess(Claim(claim.direction, mean_a + claim.boundary), UNIT)
    of_a.update(a)
    of_b.update(b)
    return of_a.log_e + of_b.log_e


def feasible(margin: float, count: int) -> FloatArray:
    """Means of A at which neither stream is at an end of its range."""
    return np.linspace(max(0.0, -margin), min(1.0, 1 - margin), count + 2)[1:-1]


@given(scores, scores, margins, st.sampled_from(Direction))
def test_it_is_below_the_product_at_every_mean_of_a(
    a: list[float], b: list[float], margin: float, direction: Direction
) -> None:
    claim = Claim(direction, margin)
    log_e = process_of(a, b, claim).log_e
    assert all(log_e <= wealth_at(a, b, claim, mean) + 1e-9 for mean in feasible(margin, 25))


@pytest.mark.parametrize("margin", [-0.8, -0.1, 0.0, 0.1, 0.8])
@pytest.mark.parametrize("direction", Direction)
def test_it_is_the_minimum(margin: float, direction: Direction) -> None:
    rng = np.random.default_rng(70)
    a, b = rng.random(20).tolist(), (rng.random(30) ** 0.5).tolist()
    claim = Claim(direction, margin)
    coarse = feasible(margin, 60)
    values = [wealth_at(a, b, claim, mean) for mean in coarse]
    best, step = coarse[int(np.argmin(values))], coarse[1] - coarse[0]
    inside = (coarse[0], coarse[-1])
    fine = np.clip(np.linspace(best - step, best + step, 400), *inside)
    lowest = min(wealth_at(a, b, claim, mean) for mean in fine)
    assert process_of(a, b, claim).log_e == pytest.approx(lowest, abs=5e-3)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([], []),
        ([0.5], []),
        ([], [0.5]),
        ([0.0] * 9, [1.0] * 9),
        ([1.0] * 9, [0.0] * 9),
        ([0.0] * 9, [0.0] * 9),
        ([1.0] * 9, [1.0] * 9),
        ([0.0] * 9, []),
        ([], [1.0] * 9),
        ([1e-12] * 5, [1 - 1e-12] * 5),
    ],
)
@pytest.mark.parametrize("margin", [-0.999, -0.3, 0.0, 0.3, 0.999])
@pytest.mark.parametrize("direction", Direction)
def test_at_the_ends_it_is_finite_and_conservative(
    a: list[float], b: list[float], margin: float, direction: Direction
) -> None:
    claim = Claim(direction, margin)
    log_e = process_of(a, b, claim).log_e
    assert math.isfinite(log_e)
    assert all(log_e <= wealth_at(a, b, claim, mean) + 1e-9 for mean in feasible(margin, 50))
    beyond_zero = margin >= 0 if direction is ABOVE else margin <= 0
    if beyond_zero and not (a and b):  # the other stream may have the same mean, or one beyond it
        assert log_e <= 1e-9


def test_first_values_by_hand() -> None:
    # "B's mean is larger", A = 0, B = 1 once each: at a the product is the mean over the stakes,
    # 1 + .495 ((1 / (1 - a)) - 1) for A, 1 + .495 (1 / a - 1) for B; least at a = 1/2: 1.495^2.
    assert math.exp(process_of([0.0], [1.0], Claim(ABOVE, 0.0)).log_e) == pytest.approx(1.495**2)
    # A = 1, B = 0: (1 - .495)^2 at every a
    assert math.exp(process_of([1.0], [0.0], Claim(ABOVE, 0.0)).log_e) == pytest.approx(0.505**2)


@given(scores, scores, margins)
def test_the_mirror_images_agree(a: list[float], b: list[float], margin: float) -> None:
    log_e = process_of(a, b, Claim(ABOVE, margin)).log_e
    flipped = [1 - x for x in a], [1 - x for x in b]
    assert process_of(*flipped, Claim(BELOW, -margin)).log_e == pytest.approx(log_e, abs=1e-6)
    assert process_of(b, a, Claim(BELOW, -margin)).log_e == pytest.approx(log_e, abs=1e-6)


@given(scores, scores, margins)
def test_other_bounds_are_a_change_of_units(a: list[float], b: list[float], margin: float) -> None:
    log_e = process_of(a, b, Claim(ABOVE, margin)).log_e
    wide = [4 * x - 1 for x in a], [4 * x - 1 for x in b]
    stretched = process_of(*wide, Claim(ABOVE, 4 * margin), Bounds(-1, 3))
    assert stretched.log_e == pytest.approx(log_e, abs=1e-6)


@pytest.mark.parametrize("margin", [-0.3, 0.0, 0.3])
@pytest.mark.parametrize("rate", [0.35, 0.5, 0.65])
def test_no_rule_for_stopping_or_for_whom_to_ask_beats_the_null(rate: float, margin: float) -> None:
    """Exact: outcomes of 0 and 1 whose rates differ by the margin, up to five of each stream.

    At each step the rule may stop, ask A, or ask B, whichever promises most.
    """
    rate_b = rate + margin
    claim = Claim(ABOVE, margin)

    @cache
    def value(won_a: int, seen_a: int, won_b: int, seen_b: int) -> float:
        a = [1.0] * won_a + [0.0] * (seen_a - won_a)
        b = [1.0] * won_b + [0.0] * (seen_b - won_b)
        options = [math.exp(process_of(a, b, claim).log_e)]
        if seen_a < 5:
            won = value(won_a + 1, seen_a + 1, won_b, seen_b)
            options.append(rate * won + (1 - rate) * value(won_a, seen_a + 1, won_b, seen_b))
        if seen_b < 5:
            won = value(won_a, seen_a, won_b + 1, seen_b + 1)
            options.append(rate_b * won + (1 - rate_b) * value(won_a, seen_a, won_b, seen_b + 1))
        return max(options)

    assert value(0, 0, 0, 0) <= 1 + 1e-9


@pytest.mark.slow
def test_equal_means_of_unlike_distributions_are_rarely_refuted_at_any_look() -> None:
    """A is .95 nearly always and 0 sometimes, B is spread out; both have mean .9025."""
    rng = np.random.default_rng(71)
    repeats, crossed = 150, dict.fromkeys(Direction, 0)
    for _ in range(repeats):
        a = np.where(rng.random(300) < 0.05, 0.0, 0.95)
        b = np.where(rng.random(300) < 0.805, 1.0, 0.5)
        processes = {
            direction: UnpairedProcess(Claim(direction, 0.0), UNIT) for direction in Direction
        }
        peaks = dict.fromkeys(Direction, 0.0)
        for start in range(0, 300, 15):
            for direction, process in processes.items():
                process.update_a(a[start : start + 15])
                peaks[direction] = max(peaks[direction], process.log_e)
                process.update_b(b[start : start + 15])
                peaks[direction] = max(peaks[direction], process.log_e)
        for direction in Direction:
            crossed[direction] += peaks[direction] >= math.log(20)
    limit = 0.05 + 3 * math.sqrt(0.05 * 0.95 / repeats)
    assert all(count / repeats <= limit for count in crossed.values())


def scores_needed(
    rng: np.random.Generator, rates: tuple[float, float], ahead: int
) -> tuple[int, int]:
    """B's scores until "not worse by .1" is shown: unpaired, and by pairing whatever came together.

    Args:
        rng: Source of the outcomes.
        rates: Success rates of A and B.
        ahead: Scores of A that are there for each one of B, as from a cache.
    """
    a = 1.0 * (rng.random(1500 * ahead) < rates[0])
    b = 1.0 * (rng.random(1500) < rates[1])
    process = UnpairedProcess(Claim(ABOVE, -0.1), UNIT)
    unpaired = next(
        (
            stop
            for stop in range(10, 1501, 10)
            if process.update_a(a[(stop - 10) * ahead : stop * ahead]) is None
            and process.update_b(b[stop - 10 : stop]) is None
            and process.log_e >= math.log(20)
        ),
        1500,
    )
    paired = BettingProcess(Claim(ABOVE, -0.1), Bounds(-1, 1)).update(b - a[: len(b)])
    reached = np.flatnonzero(paired >= math.log(20))
    return unpaired, int(reached[0]) + 1 if len(reached) else 1500


@pytest.mark.slow
def test_power_against_pairs_of_independent_scores() -> None:
    """With as many of each, pairs of independent scores win; with ten times as many of A, none does.

    Measured, median scores of B, unpaired and in pairs: rates .8 and .8: 455 and 228, with ten
    times as many of A 270; rates .5 and .6: 165 and 98, with ten times as many of A 90.
    """
    rng = np.random.default_rng(72)
    for rates in [(0.8, 0.8), (0.5, 0.6)]:
        level = np.median([scores_needed(rng, rates, 1) for _ in range(40)], axis=0)
        assert level[1] < level[0] < 3 * level[1]
        ahead = np.median([scores_needed(rng, rates, 10) for _ in range(40)], axis=0)
        assert ahead[0] < 0.75 * level[0]
        assert ahead[0] < 1.5 * ahead[1]


def test_one_score_at_a_time_or_all_at_once_is_the_same_to_the_last_bit() -> None:
    rng = np.random.default_rng(73)
    a, b = rng.random(40), rng.choice([0.0, 0.5, 1.0], 60)
    parts = UnpairedProcess(Claim(ABOVE, -0.1), UNIT)
    for start in range(0, 60, 7):
        parts.update_b(b[start : start + 7])
        parts.update_a(a[start : start + 7])
    assert (parts.seen_a, parts.seen_b) == (40, 60)
    assert parts.log_e == process_of(a, b, Claim(ABOVE, -0.1)).log_e


def test_nothing_is_taken_when_a_value_is_refused() -> None:
    process = UnpairedProcess(Claim(ABOVE, 0.0), UNIT)
    for update in (process.update_a, process.update_b):
        with pytest.raises(ValueError, match="observation 1"):
            update([0.5, 1.5])
    assert (process.seen_a, process.seen_b, process.log_e) == (0, 0, 0.0)


@pytest.mark.parametrize("margin", [-1.0, 1.0, math.nan])
def test_a_difference_that_cannot_be_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="not strictly inside"):
        UnpairedProcess(Claim(ABOVE, margin), UNIT)
