from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from behavtest.stats import BettingProcess, Bounds, Claim, Direction
from behavtest.stats.arrays import FloatArray
from behavtest.stats.bets import stakes
from behavtest.stats.rounds import RoundProcess

PAIRED = Bounds(-1, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
three_prompts = st.lists(st.tuples(*[st.floats(-1, 1)] * 3), min_size=1, max_size=12)


def path(
    rounds: ArrayLike, boundary: float, *, direction: Direction = ABOVE, centred: bool = False
) -> FloatArray:
    prompts = np.array(rounds).shape[1]
    claim = Claim(direction, boundary)
    return RoundProcess(claim, PAIRED, prompts=prompts, centred=centred).update(rounds)


@given(three_prompts, st.floats(-0.9, 0.9))
def test_plain_rounds_are_the_bets_on_every_observation(
    rounds: list[tuple[float, ...]], boundary: float
) -> None:
    flat = BettingProcess(Claim(ABOVE, boundary), PAIRED).update(np.ravel(rounds))
    assert path(rounds, boundary) == pytest.approx(flat[2::3], abs=1e-10)


@given(three_prompts, st.floats(-0.9, 0.9))
def test_centred_rounds_are_the_formula(rounds: list[tuple[float, ...]], boundary: float) -> None:
    wealth = np.ones(len(stakes()))
    for r, values in enumerate(rounds):
        means = [sum(column) / r for column in zip(*rounds[:r], strict=True)] or [0.0] * 3
        centres = [boundary + r / (r + 1) * (mean - sum(means) / 3) for mean in means]
        assert sum(centres) / 3 == pytest.approx(boundary)
        for value, centre in zip(values, centres, strict=True):
            wealth *= 1 + stakes() / (max(centres) + 1) * (value - centre)
    got = path(rounds, boundary, centred=True)[-1]
    assert got == pytest.approx(math.log(wealth.mean()), abs=1e-8)


@given(three_prompts, st.floats(-0.9, 0.9), st.booleans())
def test_mirror_image(rounds: list[tuple[float, ...]], boundary: float, centred: bool) -> None:
    mirrored = path(-np.array(rounds), -boundary, direction=BELOW, centred=centred)
    assert mirrored == pytest.approx(path(rounds, boundary, centred=centred), abs=1e-9)


# One mean per prompt; every observation is -1 or 1, the most variable there is.
UNEQUAL = [
    (0.8, -0.9),
    (0.9, -1.0, -0.05),
    (1.0, -1.0, -0.15),
    (0.0, -0.1),
    (-0.05, -0.05, -0.05),
]


def chances(means: tuple[float, ...]) -> list[tuple[tuple[float, ...], float]]:
    """All rounds that can happen, with their probabilities."""
    return [
        (values, math.prod((1 + v * m) / 2 for v, m in zip(values, means, strict=True)))
        for values in itertools.product([-1.0, 1.0], repeat=len(means))
    ]


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("means", UNEQUAL)
def test_no_stopping_rule_at_round_ends_beats_the_null(
    means: tuple[float, ...], centred: bool
) -> None:
    """Exact: the most that stopping at any round's end can expect, over all that can happen."""
    boundary = sum(means) / len(means)

    @cache
    def value(past: tuple[tuple[float, ...], ...]) -> float:
        stopped = math.exp(path(past, boundary, centred=centred)[-1]) if past else 1.0
        if len(past) == 3:
            return stopped
        going_on = sum(chance * value((*past, values)) for values, chance in chances(means))
        return max(stopped, going_on)

    assert value(()) <= 1 + 1e-12


def expectation_after_one_prompt(means: tuple[float, ...], boundary: float) -> float:
    """What looking after the first prompt of the first round would make of the same bets."""
    return sum(
        (1 + v * means[0])
        / 2
        * math.exp(BettingProcess(Claim(ABOVE, boundary), PAIRED).update([v])[-1])
        for v in (-1.0, 1.0)
    )


def test_looking_within_a_round_would_beat_the_null() -> None:
    # The foil: the mean over the set is the boundary, but the first prompt lies far above it.
    assert expectation_after_one_prompt((0.8, -0.9), -0.05) > 1.4


@pytest.mark.parametrize("centred", [False, True])
def test_equal_prompts_at_the_null_give_nothing_away_in_the_first_round(centred: bool) -> None:
    expectation = sum(
        chance * math.exp(path([values], -0.05, centred=centred)[-1])
        for values, chance in chances((-0.05,) * 3)
    )
    assert expectation == pytest.approx(1)


def rounds_of(
    rng: np.random.Generator, means: FloatArray, rounds: int, spread: float
) -> FloatArray:
    """Observations -1, 0 or 1 with the means given; a share ``spread`` of them is not 0."""
    noise = rng.random((rounds, len(means)))
    gain, loss = (spread + means) / 2, (spread - means) / 2
    return 1.0 * (noise < gain) - 1.0 * (noise > 1 - loss)


@pytest.mark.slow
@pytest.mark.parametrize("centred", [False, True])
def test_the_null_is_rarely_refuted_at_any_round(centred: bool) -> None:
    rng = np.random.default_rng(66)
    repeats, means = 600, np.array([-0.75, 0.65, -0.75, 0.65])  # mean -.05
    crossed = sum(
        path(rounds_of(rng, means, 80, 0.8), -0.05, centred=centred).max() >= math.log(20)
        for _ in range(repeats)
    )
    assert crossed / repeats <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / repeats)


def pairs_to_twenty(log_e: FloatArray, pairs_per_step: int) -> float:
    reached = np.flatnonzero(log_e >= math.log(20))
    return float((reached[0] + 1) * pairs_per_step) if len(reached) else math.inf


@pytest.mark.slow
def test_pairs_to_a_verdict_where_prompts_differ_a_lot() -> None:
    """Half of ten prompts at -.7, half at +.75, the boundary .075 below their mean.

    Measured over 100 repeats, median pairs to an e-value of 20: uniform draws 1084, plain rounds
    1490 (with half the spread), centred rounds 540.
    """
    rng = np.random.default_rng(67)
    means = np.repeat([-0.7, 0.75], 5)
    needed: dict[str, list[float]] = {"uniform": [], "plain": [], "centred": []}
    for _ in range(40):
        rounds = rounds_of(rng, means, 400, 0.8)
        drawn = rounds_of(rng, rng.choice(means, 4000), 1, 0.8).ravel()
        uniform = BettingProcess(Claim(ABOVE, -0.05), PAIRED).update(drawn)
        needed["uniform"].append(pairs_to_twenty(uniform, 1))
        needed["plain"].append(pairs_to_twenty(path(rounds, -0.05), 10))
        needed["centred"].append(pairs_to_twenty(path(rounds, -0.05, centred=True), 10))
    medians = {name: np.median(pairs) for name, pairs in needed.items()}
    assert medians["centred"] < 0.7 * medians["uniform"]
    assert medians["uniform"] < medians["plain"] < 2 * medians["uniform"]
    quartiles = {name: np.quantile(pairs, [0.25, 0.75]) for name, pairs in needed.items()}
    spread = {name: (high - low) / medians[name] for name, (low, high) in quartiles.items()}
    assert spread["plain"] < spread["uniform"]


@pytest.mark.parametrize("values", [[0.0, 0.0], [[0.0], [0.0]], [[0.0, 0.0, 0.0]], []])
def test_incomplete_rounds_are_refused(values: ArrayLike) -> None:
    process = RoundProcess(Claim(ABOVE, 0.0), PAIRED, prompts=2)
    with pytest.raises(ValueError, match="each must hold all 2 prompts"):
        process.update(values)


def test_nothing_is_taken_when_a_value_is_refused() -> None:
    process = RoundProcess(Claim(ABOVE, 0.0), PAIRED, prompts=2, centred=True)
    with pytest.raises(ValueError, match="observation 3"):
        process.update([[0.0, 0.5], [0.5, 1.5]])
    assert (process.seen, process.log_e) == (0, 0.0)
    assert process.update(np.empty((0, 2))).shape == (0,)
    process.update([[0.0, 0.5]])
    assert process.seen == 1


def test_a_set_without_prompts_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RoundProcess(Claim(ABOVE, 0.0), PAIRED, prompts=0)
