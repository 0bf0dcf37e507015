from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import BettingProcess, Bounds, CensusProcess, Claim, Direction
from behavtest.stats.bets import stakes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.stats.arrays import FloatArray

PAIRED = Bounds(-1, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
scores = st.lists(
    st.one_of(st.floats(-1, 1), st.sampled_from([-1.0, 0.0, 0.1, 0.2, 0.3, 1.0])),
    min_size=1,
    max_size=30,
)


def draw(
    values: Sequence[float] | FloatArray,
    claim: Claim,
    *,
    population: int | None = None,
    bounds: Bounds = PAIRED,
) -> FloatArray:
    return CensusProcess(claim, bounds, population=population or len(values)).update(values)


def brute_force(
    values: Sequence[float], *, boundary: float, bounds: Bounds, population: int
) -> float:
    """The moving boundary as in DESIGN section 4, one draw at a time; only while it can bet."""
    wealth = [1.0] * len(stakes())
    total = 0.0
    for t, value in enumerate(values, start=1):
        moved = (population * boundary - total) / (population - t + 1)
        assert moved > bounds.lower + 1e-6
        wealth = [
            w * (1 + u / (moved - bounds.lower) * (value - moved))
            for w, u in zip(wealth, stakes(), strict=True)
        ]
        total += value
    return sum(wealth) / len(wealth)


def test_first_values_by_hand() -> None:
    # N = 4 scores in [0, 1], claim "mean > .5". Draw 1: boundary .5, D = 1 multiplies by 1 + u.
    # Draw 2: boundary (2 - 1) / 3 = 1/3, D = 0 multiplies by 1 - u. Mean stake .495, mean square
    # c^2 3/8.
    path = draw([1.0, 0.0], Claim(ABOVE, 0.5), population=4, bounds=Bounds(0, 1))
    assert np.exp(path) == pytest.approx([1.495, 1 - 0.99**2 * 3 / 8])


def test_it_is_the_formula() -> None:
    values = [0.3, -0.2, 0.9, -1.0, 0.05, 0.4]
    path = np.exp(draw(values, Claim(ABOVE, -0.05), population=20))
    for count in range(1, 7):
        expected = brute_force(values[:count], boundary=-0.05, bounds=PAIRED, population=20)
        assert path[count - 1] == pytest.approx(expected)


def test_a_vast_population_is_like_independent_draws() -> None:
    values = np.random.default_rng(2).uniform(-1, 1, 50)
    claim = Claim(ABOVE, 0.1)
    expected = BettingProcess(claim, PAIRED).update(values)
    assert draw(values, claim, population=10**9) == pytest.approx(expected, abs=1e-5)


@given(scores, st.lists(st.integers(0, 30), max_size=5), st.floats(-0.9, 0.9))
def test_splitting_into_batches_changes_no_bit(
    values: Sequence[float], cuts: list[int], boundary: float
) -> None:
    claim = Claim(ABOVE, boundary)
    parts = CensusProcess(claim, PAIRED, population=len(values))
    pieces = [parts.update(piece) for piece in np.split(np.array(values), sorted(cuts))]
    assert np.array_equal(np.concatenate(pieces), draw(values, claim))


@given(scores, st.floats(-0.9, 0.9))
def test_the_other_side_is_the_mirror_image_to_the_last_bit(
    values: Sequence[float], boundary: float
) -> None:
    above = draw(values, Claim(ABOVE, boundary))
    below = draw([-value for value in values], Claim(BELOW, -boundary))
    assert np.array_equal(above, below)


@given(scores, st.sampled_from(Direction))
def test_a_null_that_is_true_with_equality_is_never_refuted(
    values: Sequence[float], direction: Direction
) -> None:
    boundary = math.fsum(values) / len(values)
    if not -0.99 < boundary < 0.99:
        return
    assert np.all(np.isfinite(draw(values, Claim(direction, boundary))))


@pytest.mark.parametrize("values", [[0.1, 0.2, 0.0], [0.1] * 10, [0.1, 0.2, 0.3, 0.7, -0.6]])
def test_sums_that_round_up_do_not_refute(values: Sequence[float]) -> None:
    boundary = {3: 0.1, 10: 0.1, 5: 0.14}[len(values)]
    for order in itertools.islice(itertools.permutations(values), 120):
        assert np.all(np.isfinite(draw(order, Claim(ABOVE, boundary))))
        assert np.all(np.isfinite(draw(order, Claim(BELOW, boundary))))


@given(scores, st.floats(-0.9, 0.9))
def test_the_whole_population_refutes_a_false_null_and_only_that(
    values: Sequence[float], boundary: float
) -> None:
    mean = math.fsum(values) / len(values)
    refuted = draw(values, Claim(ABOVE, boundary))[-1] == math.inf
    if mean > boundary + 1e-6:
        assert refuted
    if mean <= boundary:
        assert not refuted


def test_it_refutes_as_soon_as_the_rest_cannot_matter() -> None:
    # 5 scores in [0, 1]: after 1, 1, 1 the mean is at least .6 whatever follows.
    path = draw([1.0, 1.0, 1.0, 0.0, 0.0], Claim(ABOVE, 0.55), bounds=Bounds(0, 1))
    assert np.isfinite(path).tolist() == [True, True, False, False, False]


def test_at_the_last_possible_boundary_no_bet_is_made() -> None:
    # 4 scores in [0, 1], null mean <= .5: after 1, 1 all that is left must be 0 under the null.
    path = draw([1.0, 1.0, 0.0, 0.0], Claim(ABOVE, 0.5), bounds=Bounds(0, 1))
    assert np.isfinite(path).all()
    assert path[1] == path[2] == path[3]


POPULATIONS = [
    [1.0, 0.0, 0.0, -0.5, -0.75, 0.1],
    [-1.0, -1.0, -1.0, 1.0, 1.0, 1.0],
    [-0.9, 0.05, 0.05, 0.05, 0.05, 0.05],
    [0.3, 0.3, 0.3, 0.3, 0.3, 0.3],
]


@pytest.mark.parametrize("population", POPULATIONS)
@pytest.mark.parametrize("direction", Direction)
def test_expectation_over_all_orders_is_at_most_one(
    population: list[float], direction: Direction
) -> None:
    boundary = math.fsum(population) / len(population)
    orders = list(itertools.permutations(population))
    paths = np.exp([draw(order, Claim(direction, boundary)) for order in orders])
    assert np.all(paths.mean(axis=0) <= 1 + 1e-12)
    # and it is no less than 1 while every order can still bet: nothing is given away
    assert paths.mean(axis=0)[0] == pytest.approx(1)


@pytest.mark.parametrize("population", [*POPULATIONS, [1.0, 1.0, 1.0, 0.0, -1.0, -1.0, -1.0]])
@pytest.mark.parametrize("threshold", [1.5, 2.0, 3.0])
def test_ville_over_all_orders(population: list[float], threshold: float) -> None:
    boundary = math.fsum(population) / len(population)
    peaks = [
        np.exp(draw(order, Claim(ABOVE, boundary))).max()
        for order in itertools.permutations(population)
    ]
    assert np.mean(np.array(peaks) >= threshold) <= 1 / threshold


def test_more_draws_than_scores_are_refused_before_any_is_taken() -> None:
    process = CensusProcess(Claim(ABOVE, 0.0), PAIRED, population=2)
    process.update([0.5])
    with pytest.raises(ValueError, match="3 draws without replacement from 2 scores"):
        process.update([0.5, 0.5])
    assert process.seen == 1


def test_an_empty_population_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CensusProcess(Claim(ABOVE, 0.0), PAIRED, population=0)
