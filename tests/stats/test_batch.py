from __future__ import annotations

import itertools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import behavtest.stats.batch as batch_module
from behavtest.stats import BettingProcess, Bounds, Claim, Direction, Evidence, Expectation, Kind
from behavtest.stats.arrays import FloatArray
from behavtest.stats.batch import FEW, ROWS, evidence_paths, log_e_paths

PAIRED = Bounds(-1, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
KINDS = [(Kind.NOT_WORSE, 0.1), (Kind.UNCHANGED, 0.1), (Kind.DECREASES, 0.3), (Kind.AT_MOST, -0.2)]


def looped(values: FloatArray, claim: Claim, bounds: Bounds = PAIRED) -> FloatArray:
    """One `BettingProcess` for each row."""
    paths = [BettingProcess(claim, bounds).update(row) for row in values]
    return np.array(paths)


def agree(found: FloatArray, expected: FloatArray) -> bool:
    return found.shape == expected.shape and np.allclose(found, expected, rtol=1e-12, atol=1e-10)


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 5), st.integers(0, 150)), elements=st.floats(-1, 1)
    ),
    st.sampled_from([ABOVE, BELOW]),
    st.floats(-0.999, 0.999),
)
def test_it_is_the_process_of_each_row(
    values: FloatArray, direction: Direction, boundary: float
) -> None:
    claim = Claim(direction, boundary)
    assert agree(log_e_paths(values, claim, PAIRED), looped(values, claim))


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 5), st.integers(1, 150)), elements=st.integers(-1, 1)
    ),
    st.floats(-0.999, 0.999),
)
def test_so_it_is_with_few_distinct_scores(values: FloatArray, boundary: float) -> None:
    claim = Claim(ABOVE, boundary)
    assert agree(log_e_paths(values, claim, PAIRED), looped(values, claim))


def test_the_formula_by_hand() -> None:
    # One observation D against m = -.5 in [-1, 1] multiplies by 1 + u (D + .5) / .5; the mean
    # stake is .495, and the mean square c^2 3/8 (as in the tests of the e-process).
    paths = log_e_paths([[1.0, -1.0], [-1.0, 1.0]], Claim(ABOVE, -0.5), PAIRED)
    both = 1 + 2 * 0.495 - 3 * 0.99**2 * 3 / 8
    expected = [[1 + 3 * 0.495, both], [1 - 0.495, both]]
    assert np.exp(paths) == pytest.approx(np.array(expected), rel=1e-12)


@pytest.mark.parametrize("shape", [(3, 4, 7), (7,), (0, 7), (3, 0), (2, 0, 7), (1, 1)])
def test_the_shape_is_kept(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).choice([-1.0, 0.0, 1.0], shape)
    assert log_e_paths(values, Claim(BELOW, 0.1), PAIRED).shape == shape
    paths = evidence_paths(values, Expectation(Kind.UNCHANGED, 0.1), PAIRED)
    assert paths.log_e_holds.shape == paths.log_e_violated.shape == shape


@pytest.mark.parametrize("boundary", [-1 + 1e-8, -0.9, 0.0, 0.9, 1 - 1e-8])
@pytest.mark.parametrize("direction", [ABOVE, BELOW])
def test_a_long_reversal_neither_overflows_nor_loses_a_bet(
    boundary: float, direction: Direction
) -> None:
    # Over a thousand nats apart, bets change places when the observations turn: one lost to
    # underflow on the way would be missing at the end.
    losing, winning = np.full(1500, -1.0), np.full(1500, 1.0)
    values = np.array(
        [
            np.concatenate(order)
            for order in itertools.permutations([losing, winning, np.full(1500, boundary)])
        ]
    )
    claim = Claim(direction, boundary)
    found, expected = log_e_paths(values, claim, PAIRED), looped(values, claim)
    assert np.isfinite(found).all()
    assert np.allclose(found, expected, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize("distinct", [2, FEW, FEW + 1])
def test_looked_up_or_computed_it_is_the_same(distinct: int) -> None:
    values = np.random.default_rng(1).choice(np.linspace(-1, 1, distinct), (3, 400))
    claim = Claim(ABOVE, 0.05)
    assert agree(log_e_paths(values, claim, PAIRED), looped(values, claim))


def test_a_rare_score_late_in_a_path_is_not_missed() -> None:
    values = np.zeros((2, 500))
    values[1, 437] = -0.3
    claim = Claim(ABOVE, -0.05)
    assert agree(log_e_paths(values, claim, PAIRED), looped(values, claim))


def test_rows_do_not_touch_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(2).choice([-1.0, 0.0, 0.4, 1.0], (2 * ROWS + 3, 90))
    whole = log_e_paths(values, Claim(BELOW, 0.2), PAIRED)
    monkeypatch.setattr(batch_module, "ROWS", 5)
    monkeypatch.setattr(batch_module, "_steps", lambda _: 7)
    assert agree(log_e_paths(values, Claim(BELOW, 0.2), PAIRED), whole)


@pytest.mark.parametrize(("kind", "margin"), KINDS)
@pytest.mark.parametrize("bounds", [PAIRED, Bounds(-2, 2)])
def test_an_expectation_is_judged_as_by_evidence(kind: Kind, margin: float, bounds: Bounds) -> None:
    rng = np.random.default_rng(3)
    values = np.stack(
        [
            rng.choice([-1.0, 0.0, 1.0], 300, p=[0.3, 0.65, 0.05]),
            rng.choice([-1.0, 0.0, 1.0], 300, p=[0.02, 0.96, 0.02]),
            rng.uniform(bounds.lower, bounds.upper, 300),
        ]
    )
    expectation = Expectation(kind, margin)
    paths = evidence_paths(values, expectation, bounds)
    for row, log_holds, log_violated in zip(values, *paths, strict=True):
        expected = Evidence(expectation, bounds).update(row)
        assert agree(log_holds, expected.log_e_holds)
        assert agree(log_violated, expected.log_e_violated)


def test_at_the_boundary_the_mean_e_value_is_one() -> None:
    # The null with equality: E is a martingale, so its mean is 1 after any number of pairs. All
    # 2^10 sequences of two equally likely scores are counted, not sampled.
    every = np.array(list(itertools.product([-0.5, 0.5], repeat=10)))
    for direction in (ABOVE, BELOW):
        means = np.exp(log_e_paths(every, Claim(direction, 0.0), PAIRED)).mean(axis=0)
        assert means == pytest.approx(np.ones(10), rel=1e-12)


def test_memory_beyond_the_copies_is_bounded() -> None:
    values = np.random.default_rng(4).choice([-1.0, 0.0, 1.0], (3 * ROWS, 400))
    tracemalloc.start()
    log_e_paths(values, Claim(ABOVE, -0.1), PAIRED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All bets of all observations at once would be 128 times the values.
    assert peak < 5 * values.nbytes + 4 * 2**20


@pytest.mark.parametrize(
    ("values", "boundary", "bounds", "message"),
    [
        ([[0.0, 1.5]], 0.0, PAIRED, "observation 1 is 1.5, outside"),
        ([[0.0], [math.nan]], 0.0, PAIRED, "observation 1 is nan"),
        (0.5, 0.0, PAIRED, "axis of time"),
        ([0.5], 1.0, PAIRED, "not strictly inside"),
        ([0.5], 0.0, Bounds(1, -1), "lower one must be less"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    values: object, boundary: float, bounds: Bounds, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        log_e_paths(values, Claim(ABOVE, boundary), bounds)


def test_an_expectation_without_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        evidence_paths([0.0], Expectation(Kind.NOT_WORSE, -0.1), PAIRED)
