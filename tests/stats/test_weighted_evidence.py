from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import (
    Bounds,
    Claim,
    Direction,
    Evidence,
    Expectation,
    Kind,
    confidence_interval,
)
from behavtest.stats.weighted import WeightedProcess, Weights, contained_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.stats.arrays import FloatArray

PAIRED = Bounds(-1, 1)
values_in_range = st.lists(st.floats(-1, 1), min_size=1, max_size=30)
weighted_draws = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(0.05, 1), st.floats(1, 4)), min_size=1, max_size=25
)


def unzip(draws: Sequence[tuple[float, float, float]]) -> tuple[FloatArray, Weights]:
    values, shares, greatest = np.array(draws).T
    return values, Weights(shares * greatest, greatest)


@given(weighted_draws)
def test_weighted_evidence_is_its_weighted_processes(
    draws: Sequence[tuple[float, float, float]],
) -> None:
    values, weights = unzip(draws)
    evidence = Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED, weighted=True)
    path = evidence.update(values, weights)
    holds = WeightedProcess(Claim(Direction.ABOVE, -0.05), PAIRED).update(values, *weights)
    violated = WeightedProcess(Claim(Direction.BELOW, -0.05), PAIRED).update(values, *weights)
    assert np.array_equal(path.log_e_holds, holds)
    assert np.array_equal(path.log_e_violated, violated)
    assert evidence.estimate == contained_mean(values, weights.share)
    interval = evidence.interval(0.1)
    assert interval.lower <= evidence.estimate <= interval.upper
    assert interval == confidence_interval(values, PAIRED, alpha=0.1, weights=weights)


@given(weighted_draws, st.lists(st.integers(0, 25), max_size=4), st.sampled_from(Kind))
def test_splitting_weighted_evidence_changes_no_bit(
    draws: Sequence[tuple[float, float, float]], cuts: list[int], kind: Kind
) -> None:
    values, weights = unzip(draws)
    whole = Evidence(Expectation(kind, 0.25), PAIRED, weighted=True)
    whole.update(values, weights)
    parts = Evidence(Expectation(kind, 0.25), PAIRED, weighted=True)
    for piece in np.split(np.arange(len(values)), sorted(cuts)):
        parts.update(values[piece], Weights(weights.weight[piece], weights.greatest[piece]))
    for index in range(2):
        assert np.array_equal(parts.path[index], whole.path[index])
        assert np.array_equal(parts.weights[index], whole.weights[index])
        assert np.array_equal(parts.weights[index], weights[index])
    assert parts.estimate == whole.estimate
    assert parts.interval(0.05) == whole.interval(0.05)


@given(values_in_range, st.sampled_from(Kind))
def test_weighted_evidence_from_uniform_draws_is_the_plain_one(
    values: Sequence[float], kind: Kind
) -> None:
    plain = Evidence(Expectation(kind, 0.25), PAIRED)
    plain.update(values)
    weighted = Evidence(Expectation(kind, 0.25), PAIRED, weighted=True)
    weighted.update(values)
    for index in range(2):
        assert np.array_equal(weighted.path[index], plain.path[index])
        assert np.array_equal(weighted.weights[index], plain.weights[index])
    assert weighted.estimate == plain.estimate
    assert weighted.interval(0.05) == plain.interval(0.05)


def test_weights_where_they_are_not_wanted_are_refused() -> None:
    plain = Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED)
    with pytest.raises(ValueError, match="not created as weighted"):
        plain.update([0.5], Weights(np.ones(1), np.ones(1)))
    weighted = Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED, weighted=True)
    with pytest.raises(ValueError, match="weight 0 is 3"):
        weighted.update([0.5], Weights(np.full(1, 3.0), np.full(1, 2.0)))
    with pytest.raises(ValueError, match="1 observations, but weights of shape"):
        weighted.update([0.5], Weights(np.ones(2), np.ones(2)))
    assert plain.pairs == weighted.pairs == 0
    assert plain.weights.weight.shape == weighted.weights.weight.shape == (0,)


def test_a_population_cannot_be_weighted() -> None:
    with pytest.raises(ValueError, match="cannot be weighted"):
        Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED, population=5, weighted=True)
