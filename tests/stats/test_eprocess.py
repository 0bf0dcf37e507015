from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import BettingProcess, Bounds, Claim, Direction
from behavtest.stats.bets import BETS, GREATEST_STAKE, stakes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.stats.arrays import FloatArray

PAIRED = Bounds(-1, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
values_in_range = st.lists(st.floats(-1, 1), max_size=40)


def brute_force(values: Sequence[float], *, boundary: float, bounds: Bounds) -> float:
    """The formula of DESIGN section 4 for the claim "mean > boundary", as written there."""
    angles = [math.pi * (k - 0.5) / (2 * BETS) for k in range(1, BETS + 1)]
    bets = [GREATEST_STAKE * math.sin(a) ** 2 / (boundary - bounds.lower) for a in angles]
    wealths = [math.prod(1 + bet * (value - boundary) for value in values) for bet in bets]
    return sum(wealths) / len(wealths)


def e_values(values: Sequence[float], claim: Claim, bounds: Bounds = PAIRED) -> FloatArray:
    return np.exp(BettingProcess(claim, bounds).update(values))


def test_stakes_lie_strictly_between_nothing_and_almost_everything() -> None:
    assert len(stakes()) == BETS
    assert np.all(np.diff(stakes()) > 0)
    assert stakes()[0] > 0
    assert stakes()[-1] < GREATEST_STAKE
    with pytest.raises(ValueError, match="read-only"):
        stakes()[0] = 1.0


def test_first_values_by_hand() -> None:
    # The stakes are symmetric about .495, their mean. One observation D against m = -.5 in [-1, 1]
    # multiplies by 1 + u (D + .5) / .5: for D = 1 that is 1 + 3 u, for D = -1 it is 1 - u.
    claim = Claim(ABOVE, -0.5)
    assert e_values([1.0], claim) == pytest.approx([1 + 3 * 0.495])
    assert e_values([-1.0], claim) == pytest.approx([1 - 0.495])
    # Both: the mean of (1 + 3u)(1 - u) = 1 + 2u - 3u^2. The points' mean square is c^2 3/8, the
    # second moment of the arcsine law, which the Chebyshev nodes integrate exactly.
    both = 1 + 2 * 0.495 - 3 * 0.99**2 * 3 / 8
    assert e_values([1.0, -1.0], claim)[1] == pytest.approx(both)


@given(values_in_range, st.floats(-0.9, 0.9))
def test_it_is_the_mixture_of_products(values: Sequence[float], boundary: float) -> None:
    path = e_values(values, Claim(ABOVE, boundary))
    for count, e_value in enumerate(path, start=1):
        expected = brute_force(values[:count], boundary=boundary, bounds=PAIRED)
        assert e_value == pytest.approx(expected, rel=1e-9)


@given(values_in_range, st.floats(-0.9, 0.9))
def test_the_other_side_is_the_mirror_image_to_the_last_bit(
    values: Sequence[float], boundary: float
) -> None:
    above = BettingProcess(Claim(ABOVE, boundary), PAIRED).update(values)
    below = BettingProcess(Claim(BELOW, -boundary), PAIRED).update([-value for value in values])
    assert np.array_equal(above, below)


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=60),
    st.lists(st.integers(0, 60), max_size=6),
    st.floats(-0.9, 0.9),
)
def test_splitting_into_batches_changes_no_bit(
    values: Sequence[float], cuts: list[int], boundary: float
) -> None:
    whole = BettingProcess(Claim(ABOVE, boundary), PAIRED)
    expected = whole.update(values)
    parts = BettingProcess(Claim(ABOVE, boundary), PAIRED)
    pieces = [parts.update(piece) for piece in np.split(np.array(values), sorted(cuts))]
    assert np.array_equal(np.concatenate(pieces), expected)
    assert parts.log_e == whole.log_e
    assert parts.best_log_wealth == whole.best_log_wealth
    assert parts.seen == whole.seen == len(values)


def test_splitting_at_the_internal_chunk_changes_no_bit() -> None:
    values = np.random.default_rng(5).uniform(-1, 1, 5000)
    whole = BettingProcess(Claim(ABOVE, -0.05), PAIRED)
    single = BettingProcess(Claim(ABOVE, -0.05), PAIRED)
    expected = whole.update(values)
    assert np.array_equal(np.concatenate([single.update([value]) for value in values]), expected)


@given(st.lists(st.sampled_from([-1.0, 1.0]), min_size=1, max_size=40))
def test_wealth_is_never_lost_entirely(values: Sequence[float]) -> None:
    assert np.all(e_values(values, Claim(ABOVE, 0.5)) > 0)


NULLS = [
    # values and probabilities whose mean is the boundary
    (-0.05, [(-1.0, 0.35), (0.0, 0.35), (1.0, 0.30)]),
    (-0.05, [(-0.95, 0.05), (0.0, 0.15), (-0.0025 / 0.8, 0.80)]),
    (0.5, [(-1.0, 0.25), (1.0, 0.75)]),
    (-0.9, [(-1.0, 0.95), (1.0, 0.05)]),
]


@pytest.mark.parametrize(("boundary", "outcomes"), NULLS)
@pytest.mark.parametrize("direction", Direction)
def test_expectation_at_the_null_is_one_by_enumeration(
    boundary: float, outcomes: list[tuple[float, float]], direction: Direction
) -> None:
    assert sum(p for _, p in outcomes) == pytest.approx(1)
    assert sum(v * p for v, p in outcomes) == pytest.approx(boundary)
    expectation = np.zeros(6)
    for path in itertools.product(outcomes, repeat=6):
        chance = math.prod(p for _, p in path)
        expectation += chance * e_values([v for v, _ in path], Claim(direction, boundary))
    assert expectation == pytest.approx(np.ones(6))


def test_expectation_inside_the_null_is_at_most_one() -> None:
    outcomes = [(-1.0, 0.4), (0.0, 0.3), (1.0, 0.3)]  # mean -.1, claim "mean > -.05" is false
    expectation = sum(
        math.prod(p for _, p in path) * e_values([v for v, _ in path], Claim(ABOVE, -0.05))[-1]
        for path in itertools.product(outcomes, repeat=5)
    )
    assert expectation < 1


def test_ville_by_enumeration_with_the_worst_stopping_rule() -> None:
    # Stop at the first time E >= 5 within 12 flips of a fair coin at the boundary null.
    hits = sum(
        e_values(path, Claim(ABOVE, 0.0)).max() >= 5
        for path in itertools.product([-1.0, 1.0], repeat=12)
    )
    assert 0 < hits / 2**12 <= 1 / 5


def test_no_observation_no_evidence() -> None:
    process = BettingProcess(Claim(ABOVE, 0.0), PAIRED)
    assert process.update([]).shape == (0,)
    assert process.log_e == 0.0


def test_overwhelming_evidence_does_not_overflow() -> None:
    process = BettingProcess(Claim(ABOVE, -0.9), PAIRED)
    assert np.all(np.isfinite(process.update(np.ones(5000))))
    assert process.log_e > 1000


def test_nothing_is_taken_when_a_value_is_refused() -> None:
    process = BettingProcess(Claim(ABOVE, 0.0), PAIRED)
    with pytest.raises(ValueError, match="observation 1"):
        process.update([1.0, 2.0])
    assert process.seen == 0
    assert process.log_e == 0.0


@pytest.mark.parametrize("boundary", [-1.0, 1.0, 1.5, -1 + 1e-12])
def test_a_boundary_on_a_bound_is_refused(boundary: float) -> None:
    with pytest.raises(ValueError, match="strictly inside"):
        BettingProcess(Claim(ABOVE, boundary), PAIRED)
