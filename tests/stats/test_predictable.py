from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import BettingProcess, Bounds, Claim, Direction
from behavtest.stats.arrays import FloatArray
from behavtest.stats.predictable import PredictableProcess

PAIRED, UNIT = Bounds(-1, 1), Bounds(0, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
ALPHA = 0.05


def log_e_path(values, claim: Claim, bounds: Bounds, truncation: float = 0.5) -> FloatArray:
    return PredictableProcess(claim, bounds, alpha=ALPHA, truncation=truncation).update(values)


def test_published_vector() -> None:
    # V11
    values = [1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0]
    path = np.exp(log_e_path(values, Claim(ABOVE, 0.5), UNIT))
    expected = [1.5, 0.84375, 2.13574219, 5.22537525, 12.80323571]
    assert path[[0, 4, 9, 14, 19]] == pytest.approx(expected, rel=1e-8)


def brute_force(values: list[float], boundary: float) -> float:
    """The formula of confseq's documentation on [0, 1], one observation at a time."""
    wealth = 1.0
    for t in range(1, len(values) + 1):
        past = values[: t - 1]
        means = [(0.5 + sum(past[:i])) / (i + 1) for i in range(1, t)]
        variance = (0.25 + sum((x - m) ** 2 for x, m in zip(past, means, strict=True))) / t
        bet = math.sqrt(2 * math.log(1 / ALPHA) / (variance * t * math.log(1 + t)))
        wealth *= 1 + min(bet, 0.5 / boundary) * (values[t - 1] - boundary)
    return wealth


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.05, 0.95))
def test_it_is_the_formula(values: list[float], boundary: float) -> None:
    got = log_e_path(values, Claim(ABOVE, boundary), UNIT)[-1]
    assert got == pytest.approx(math.log(brute_force(values, boundary)), abs=1e-8)


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.05, 0.95))
def test_other_bounds_and_the_other_side_are_the_same_numbers(
    values: list[float], boundary: float
) -> None:
    unit = log_e_path(values, Claim(ABOVE, boundary), UNIT)
    stretched = log_e_path([2 * x - 1 for x in values], Claim(ABOVE, 2 * boundary - 1), PAIRED)
    mirrored = log_e_path([1 - x for x in values], Claim(BELOW, 1 - boundary), UNIT)
    assert stretched == pytest.approx(unit, abs=1e-9)
    assert mirrored == pytest.approx(unit, abs=1e-9)


@pytest.mark.parametrize("truncation", [0.5, 0.99])
@pytest.mark.parametrize(
    ("boundary", "outcomes"),
    [
        (-0.05, [(-1.0, 0.35), (0.0, 0.35), (1.0, 0.30)]),
        (0.5, [(-1.0, 0.25), (1.0, 0.75)]),
        (-0.9, [(-1.0, 0.95), (1.0, 0.05)]),
    ],
)
def test_expectation_at_the_null_is_one_by_enumeration(
    boundary: float, outcomes: list[tuple[float, float]], truncation: float
) -> None:
    expectation = np.zeros(6)
    for path in itertools.product(outcomes, repeat=6):
        chance = math.prod(p for _, p in path)
        values = [v for v, _ in path]
        expectation += chance * np.exp(
            log_e_path(values, Claim(ABOVE, boundary), PAIRED, truncation)
        )
    assert expectation == pytest.approx(np.ones(6))


@pytest.mark.slow
def test_skewed_null_with_optional_stopping() -> None:
    rng = np.random.default_rng(64)
    repeats, crossed = 1500, dict.fromkeys(Direction, 0)
    for _ in range(repeats):
        values = np.where(rng.random(1000) < 0.05, -0.95, 0.05)
        for direction in Direction:
            crossed[direction] += log_e_path(
                values, Claim(direction, 0.0), PAIRED
            ).max() >= math.log(20)
    limit = ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / repeats)
    assert all(count / repeats <= limit for count in crossed.values())
    assert any(crossed.values())


def test_the_mixture_earns_in_proportion_to_the_pairs_and_the_plug_in_to_their_root() -> None:
    # As the docstring says: from 5,000 to 20,000 pairs of 5 % net gains, four times against twice.
    rng = np.random.default_rng(65)
    mixture, plug_in = np.zeros(2), np.zeros(2)
    for _ in range(8):
        values = rng.choice([-1.0, 0.0, 1.0], 20_000, p=[0.075, 0.8, 0.125])
        mixture += BettingProcess(Claim(ABOVE, 0.0), PAIRED).update(values)[[4999, 19_999]]
        plug_in += log_e_path(values, Claim(ABOVE, 0.0), PAIRED)[[4999, 19_999]]
    assert mixture[1] / mixture[0] == pytest.approx(4, rel=0.15)
    assert plug_in[1] / plug_in[0] == pytest.approx(2, rel=0.15)
    assert mixture[1] > 4 * plug_in[1]


@pytest.mark.parametrize("truncation", [0.0, 1.0, math.nan])
def test_all_or_nothing_is_refused(truncation: float) -> None:
    with pytest.raises(ValueError, match="truncation"):
        PredictableProcess(Claim(ABOVE, 0.0), PAIRED, alpha=ALPHA, truncation=truncation)
    with pytest.raises(ValueError, match="alpha"):
        PredictableProcess(Claim(ABOVE, 0.0), PAIRED, alpha=0.0)
