from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import Direction
from behavtest.stats.arrays import FloatArray
from behavtest.stats.beta import UNIFORM, BetaPrior
from behavtest.stats.two_by_two import PAIRWISE, SPARSE, Block, TwoByTwoProcess

ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
blocks_of_one = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=25)


def paths(
    pairs: list[tuple[int, int]],
    *,
    prior_a: BetaPrior = SPARSE,
    prior_b: BetaPrior = SPARSE,
    block: Block = PAIRWISE,
    direction: Direction | None = None,
) -> FloatArray:
    process = TwoByTwoProcess(prior_a=prior_a, prior_b=prior_b, block=block, direction=direction)
    return process.update([a for a, _ in pairs], [b for _, b in pairs])


def test_published_vector() -> None:
    # V9
    path = np.exp(paths([(0, 1)] * 5, prior_a=BetaPrior(1, 2), prior_b=BetaPrior(2, 1)))
    assert path == pytest.approx([16 / 9, 4, 10.24, 28.4444, 83.5918], rel=1e-5)
    assert np.flatnonzero(path >= 20)[0] + 1 == 4


def brute_force(pairs: list[tuple[int, int]], block: Block) -> float:
    """The formula, one block at a time."""
    won_a = won_b = 0
    e_value = 1.0
    for t, (y_a, y_b) in enumerate(pairs):
        p_a = (0.18 + won_a) / (0.36 + t * block.a)
        p_b = (0.18 + won_b) / (0.36 + t * block.b)
        p_0 = (block.a * p_a + block.b * p_b) / (block.a + block.b)
        likelihood = p_a**y_a * (1 - p_a) ** (block.a - y_a)
        likelihood *= p_b**y_b * (1 - p_b) ** (block.b - y_b)
        y, n = y_a + y_b, block.a + block.b
        e_value *= likelihood / (p_0**y * (1 - p_0) ** (n - y))
        won_a, won_b = won_a + y_a, won_b + y_b
    return e_value


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=20))
def test_it_is_the_formula(pairs: list[tuple[int, int]]) -> None:
    block = Block(2, 3)
    log_e = paths(pairs, block=block)[-1]
    assert np.exp(log_e) == pytest.approx(brute_force(pairs, block), rel=1e-9)


def best_of_the_adversary(
    rates: list[tuple[float, float]], horizon: int, block: Block, direction: Direction | None
) -> float:
    """The most a stopping rule can expect where the null's rates may move with the past."""
    outcomes = list(itertools.product(range(block.a + 1), range(block.b + 1)))

    def chance(outcome: tuple[int, int], pair: tuple[float, float]) -> float:
        return math.prod(
            math.comb(n, y) * r**y * (1 - r) ** (n - y)
            for y, n, r in zip(outcome, block, pair, strict=True)
        )

    def value(past: list[tuple[int, int]]) -> float:
        stopped = (
            math.exp(paths(past, prior_a=UNIFORM, block=block, direction=direction)[-1])
            if past
            else 1.0
        )
        if len(past) == horizon:
            return stopped
        after = {outcome: value([*past, outcome]) for outcome in outcomes}
        going_on = (
            sum(chance(outcome, pair) * after[outcome] for outcome in outcomes) for pair in rates
        )
        return max(stopped, *going_on)

    return value([])


EQUAL = [(r, r) for r in (0.0, 0.1, 0.5, 0.7, 1.0)]
NOT_MORE = [*EQUAL, (0.5, 0.2), (1.0, 0.0), (0.9, 0.7)]


@pytest.mark.parametrize(
    ("block", "horizon"), [(Block(1, 1), 4), (Block(1, 3), 3), (Block(2, 1), 3)]
)
def test_no_stopping_rule_beats_the_composite_null(block: Block, horizon: int) -> None:
    """Exact: every pair of rates the null allows, chosen anew at each block."""
    assert best_of_the_adversary(EQUAL, horizon, block, None) == pytest.approx(1)
    assert best_of_the_adversary(NOT_MORE, horizon, block, ABOVE) == pytest.approx(1)
    not_less = [(b, a) for a, b in NOT_MORE]
    assert best_of_the_adversary(not_less, horizon, block, BELOW) == pytest.approx(1)


def test_without_a_side_unequal_rates_are_no_null() -> None:
    # The foil: the two-sided process is not for "B does not succeed more often".
    assert best_of_the_adversary(NOT_MORE, 3, Block(1, 1), None) > 2


@given(blocks_of_one)
def test_mirror_images(pairs: list[tuple[int, int]]) -> None:
    swapped = [(b, a) for a, b in pairs]
    assert paths(pairs) == pytest.approx(paths(swapped))
    assert paths(pairs, direction=ABOVE) == pytest.approx(paths(swapped, direction=BELOW))
    failures = [(1 - a, 1 - b) for a, b in pairs]
    assert paths(failures) == pytest.approx(paths(pairs))


def test_streams_that_agree_on_average_earn_nothing() -> None:
    rng = np.random.default_rng(62)
    outcomes = rng.random((2, 4000)) < 0.4
    assert TwoByTwoProcess().update(*outcomes)[-1] < 0
    different = rng.random((2, 400)) < np.array([[0.3], [0.6]])
    assert TwoByTwoProcess().update(*different)[-1] > math.log(1e4)


def test_a_million_blocks_neither_overflow_nor_underflow() -> None:
    process = TwoByTwoProcess()
    ones, zeros = np.ones(10**6), np.zeros(10**6)
    assert np.isfinite(process.update(zeros, ones)).all()
    assert process.log_e == pytest.approx(2 * 10**6 * math.log(2), rel=1e-4)
    assert np.isfinite(process.update(ones, zeros)).all()
    extreme = TwoByTwoProcess(prior_a=BetaPrior(1e-300, 1), prior_b=BetaPrior(1, 1e-300))
    assert np.isfinite(extreme.update([1, 0, 1], [0, 1, 0])).all()


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.05, 0.5])
def test_the_null_is_rarely_refuted_at_any_look(rate: float) -> None:
    rng = np.random.default_rng(63)
    repeats = 1500
    crossed = sum(
        TwoByTwoProcess().update(*(rng.random((2, 500)) < rate)).max() >= math.log(20)
        for _ in range(repeats)
    )
    assert 0 < crossed / repeats <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / repeats)


def test_what_is_no_block_is_refused_before_any_is_taken() -> None:
    process = TwoByTwoProcess()
    with pytest.raises(ValueError, match="2 blocks of A, but 1 of B"):
        process.update([0, 1], [1])
    with pytest.raises(ValueError, match="observation 0 is 2"):
        process.update([0], [2])
    assert process.blocks == 0
    assert process.update([], []).shape == (0,)
    with pytest.raises(ValueError, match="lacks outcomes"):
        TwoByTwoProcess(block=Block(0, 2))
    with pytest.raises(ValueError, match="must be positive"):
        TwoByTwoProcess(prior_b=BetaPrior(0, 1))
