from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import (
    GREATEST_E,
    BettingProcess,
    Bounds,
    Claim,
    Direction,
    Evidence,
    Expectation,
    Kind,
    e_value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

PAIRED = Bounds(-1, 1)
ABSOLUTE = Bounds(0, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
values_in_range = st.lists(st.floats(-1, 1), min_size=1, max_size=30)


def evidence_of(
    kind: Kind,
    margin: float,
    values: ArrayLike,
    *,
    population: int | None = None,
    bounds: Bounds = PAIRED,
) -> Evidence:
    evidence = Evidence(Expectation(kind, margin), bounds, population=population)
    evidence.update(values)
    return evidence


def log_e(values: Sequence[float], direction: Direction, boundary: float) -> float:
    process = BettingProcess(Claim(direction, boundary), PAIRED)
    process.update(values)
    return process.log_e


@given(values_in_range)
def test_one_sided_expectations_are_their_two_processes(values: Sequence[float]) -> None:
    evidence = evidence_of(Kind.NOT_WORSE, 0.05, values)
    assert evidence.log_e_holds == log_e(values, ABOVE, -0.05)
    assert evidence.log_e_violated == log_e(values, BELOW, -0.05)


@given(values_in_range)
def test_unchanged_needs_both_sides_and_is_violated_by_either(values: Sequence[float]) -> None:
    evidence = evidence_of(Kind.UNCHANGED, 0.05, values)
    assert evidence.e_holds == pytest.approx(
        math.exp(min(log_e(values, ABOVE, -0.05), log_e(values, BELOW, 0.05)))
    )
    below, above = log_e(values, BELOW, -0.05), log_e(values, ABOVE, 0.05)
    assert evidence.e_violated == pytest.approx((math.exp(below) + math.exp(above)) / 2)


@given(values_in_range, st.lists(st.integers(0, 30), max_size=4), st.sampled_from(Kind))
def test_splitting_into_batches_changes_no_bit(
    values: Sequence[float], cuts: list[int], kind: Kind
) -> None:
    for population in (None, len(values)):
        whole = evidence_of(kind, 0.25, values, population=population)
        parts = Evidence(Expectation(kind, 0.25), PAIRED, population=population)
        returned = [parts.update(piece) for piece in np.split(np.array(values), sorted(cuts))]
        for index in range(2):
            pieces = np.concatenate([piece[index] for piece in returned])
            assert np.array_equal(pieces, whole.path[index])
            assert np.array_equal(parts.path[index], whole.path[index])
        assert parts.log_e_holds == whole.log_e_holds == whole.path.log_e_holds[-1]
        assert parts.log_e_violated == whole.log_e_violated == whole.path.log_e_violated[-1]
        assert parts.estimate == whole.estimate
        assert parts.interval(0.05) == whole.interval(0.05)


def test_before_the_first_pair() -> None:
    evidence = Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED)
    assert evidence.pairs == 0
    assert evidence.estimate is None
    assert evidence.e_holds == evidence.e_violated == 1.0
    assert tuple(evidence.interval(0.05)) == (-1, 1)
    assert evidence.path.log_e_holds.shape == (0,)
    assert not evidence.exact


@pytest.mark.parametrize(
    ("kind", "margin", "values", "bounds", "holds"),
    [
        # strictly inside, with equality, strictly outside
        (Kind.NOT_WORSE, 0.25, [0.0, 0.0, 0.0, -0.5], PAIRED, True),
        (Kind.NOT_WORSE, 0.25, [0.0, 0.0, 0.0, -1.0], PAIRED, True),
        (Kind.NOT_WORSE, 0.25, [0.0, 0.0, -0.1, -1.0], PAIRED, False),
        (Kind.NOT_HIGHER, 0.25, [0.0, 0.0, 0.0, 1.0], PAIRED, True),
        (Kind.NOT_HIGHER, 0.25, [0.0, 0.0, 0.1, 1.0], PAIRED, False),
        (Kind.UNCHANGED, 0.25, [0.0, 0.0, 0.0, 1.0], PAIRED, True),
        (Kind.UNCHANGED, 0.25, [0.0, 0.0, 0.0, -1.0], PAIRED, True),
        (Kind.UNCHANGED, 0.25, [0.1, 0.0, 0.0, 1.0], PAIRED, False),
        (Kind.UNCHANGED, 0.25, [-0.1, 0.0, 0.0, -1.0], PAIRED, False),
        (Kind.UNCHANGED, 0.0, [0.5, -0.5, 0.1, -0.1], PAIRED, True),
        (Kind.INCREASES, 0.25, [0.0, 0.0, 0.0, 1.0], PAIRED, True),
        (Kind.INCREASES, 0.25, [0.0, 0.0, 0.0, 0.9], PAIRED, False),
        (Kind.DECREASES, 0.25, [0.0, 0.0, 0.0, -1.0], PAIRED, True),
        (Kind.DECREASES, 0.25, [0.0, 0.0, 0.0, -0.9], PAIRED, False),
        (Kind.AT_LEAST, 0.75, [1.0, 1.0, 1.0, 0.0], ABSOLUTE, True),
        (Kind.AT_LEAST, 0.75, [1.0, 1.0, 0.9, 0.0], ABSOLUTE, False),
        (Kind.AT_MOST, 0.25, [0.0, 0.0, 0.0, 1.0], ABSOLUTE, True),
        (Kind.AT_MOST, 0.25, [0.0, 0.0, 0.1, 1.0], ABSOLUTE, False),
        # equality up to rounding: .1 + .2 + .3 is not .6
        (Kind.AT_LEAST, 0.2, [0.1, 0.2, 0.3, 0.2], ABSOLUTE, True),
        (Kind.AT_MOST, 0.2, [0.1, 0.2, 0.3, 0.2], ABSOLUTE, True),
    ],
)
def test_a_census_is_exact_in_every_order(
    kind: Kind, margin: float, values: Sequence[float], bounds: Bounds, holds: bool
) -> None:
    for order in itertools.permutations(values):
        evidence = evidence_of(kind, margin, order, population=4, bounds=bounds)
        assert evidence.exact
        assert evidence.exact_holds is holds
        assert evidence.e_holds == (GREATEST_E if holds else 0.0)
        assert evidence.e_violated == (0.0 if holds else GREATEST_E)
        assert evidence.interval(0.05) == (evidence.estimate, evidence.estimate)


@given(values_in_range, st.sampled_from(Kind))
def test_before_the_census_is_complete_nothing_is_exact(
    values: Sequence[float], kind: Kind
) -> None:
    evidence = evidence_of(kind, 0.25, values, population=len(values) + 1)
    assert not evidence.exact
    with pytest.raises(ValueError, match=f"only {len(values)} of {len(values) + 1}"):
        _ = evidence.exact_holds


@pytest.mark.parametrize(
    ("kind", "population"),
    [
        (Kind.NOT_WORSE, [-0.25, -0.25, -1.0, 0.3, 0.2, -0.5]),  # the mean is the boundary
        (Kind.NOT_WORSE, [-0.5, -0.5, -1.0, 0.3, 0.2, -0.5]),
        (Kind.UNCHANGED, [0.5, 0.5, 1.0, -0.5, 0.0, 0.0]),
        (Kind.UNCHANGED, [1.0, 0.5, 1.0, -0.5, 0.0, 0.0]),
        (Kind.UNCHANGED, [0.1, 0.0, 0.0, -0.5, 0.0, 0.0]),
    ],
)
def test_the_e_value_of_a_false_claim_stays_an_e_value_at_every_draw(
    kind: Kind, population: list[float]
) -> None:
    """The census's override included: averaged over all orders it is at most 1."""
    orders = list(itertools.permutations(population))
    paths = [evidence_of(kind, 0.25, order, population=6).path for order in orders]
    holds = evidence_of(kind, 0.25, population, population=6).exact_holds
    false_claim = np.exp([path.log_e_violated if holds else path.log_e_holds for path in paths])
    assert np.all(false_claim.mean(axis=0) <= 1 + 1e-12)
    assert np.all(false_claim[:, -1] == 0)


def test_e_values_are_capped() -> None:
    evidence = evidence_of(Kind.NOT_WORSE, 0.9, np.ones(3000))
    assert evidence.log_e_holds > math.log(GREATEST_E)
    assert evidence.e_holds == GREATEST_E == 1e300
    assert e_value(math.inf) == GREATEST_E
    assert e_value(-math.inf) == 0.0
    assert e_value(math.log(20)) == pytest.approx(20)


def test_nothing_is_taken_when_a_value_is_refused() -> None:
    evidence = evidence_of(Kind.UNCHANGED, 0.25, [0.5], population=2)
    for bad in ([0.5, 0.5], [1.5], [math.nan]):
        with pytest.raises(ValueError, match=r"draws without replacement|outside"):
            evidence.update(bad)
    assert evidence.pairs == 1
    assert evidence.values.tolist() == [0.5]
    evidence.update([0.0])
    assert evidence.exact_holds


def test_the_estimate_is_the_mean() -> None:
    assert evidence_of(Kind.NOT_WORSE, 0.05, [0.1] * 10).estimate == 0.1


@pytest.mark.parametrize("population", [0, -1])
def test_an_empty_population_is_refused(population: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED, population=population)


@given(values_in_range, st.sampled_from(Kind))
def test_a_p_value_is_one_over_the_peak(values: Sequence[float], kind: Kind) -> None:
    evidence = evidence_of(kind, 0.25, values)
    peaks = [max(0.0, float(log_e.max())) for log_e in evidence.path]
    assert evidence.p_holds == pytest.approx(math.exp(-peaks[0]))
    assert evidence.p_violated == pytest.approx(math.exp(-peaks[1]))
    assert evidence.p_holds * evidence.e_holds <= 1 + 1e-12
    assert 0 < evidence.p_violated <= 1


def test_a_p_value_keeps_what_the_e_value_loses_again() -> None:
    evidence = evidence_of(Kind.NOT_WORSE, 0.05, [-1.0] * 12)
    low = evidence.p_violated
    assert low == pytest.approx(1 / evidence.e_violated)
    evidence.update([1.0] * 12)
    assert evidence.p_violated == low < 1 / evidence.e_violated


def test_p_values_at_their_ends() -> None:
    untouched = Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED)
    assert untouched.p_holds == untouched.p_violated == 1.0
    known = evidence_of(Kind.NOT_WORSE, 0.5, [0.0, 0.0], population=2)
    assert known.p_holds == 1 / GREATEST_E
    assert known.p_violated == 1.0
    assert evidence_of(Kind.NOT_WORSE, 0.9, np.ones(3000)).p_holds == 1 / GREATEST_E
