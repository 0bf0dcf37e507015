from __future__ import annotations

import itertools
import math
import time
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import (
    GREATEST_E,
    AnytimePValues,
    PriorWeights,
    StoppedEValues,
    bh,
    by,
    closed_ebh,
    ebh,
)
from behavtest.stats.closure import _search_order, largest_prefix, largest_weighted

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.vectors import BoolArray

    ForEValues = Callable[..., BoolArray]

ALPHAS = st.sampled_from([0.05, 0.1, 0.2, 0.5])
heavy_tailed = st.one_of(
    st.sampled_from([0.0, 0.5, 1.0, 5.0, 10.0, 19.0, 20.0, 21.0, 40.0, 100.0, math.inf]),
    st.floats(0, 60),
    st.floats(-3, 8).map(math.exp),
)
families = st.lists(heavy_tailed, max_size=10)
weighted_families = st.lists(
    st.tuples(heavy_tailed, st.floats(-2, 2).map(math.exp)), min_size=1, max_size=10
)


def declared(
    procedure: ForEValues, e_values: ArrayLike, alpha: float, weights: ArrayLike | None = None
) -> set[int]:
    prior = None if weights is None else PriorWeights.normalized(weights)
    found = procedure(StoppedEValues.at_stop(e_values), alpha, weights=prior)
    return set(np.flatnonzero(found).tolist())


@cache
def nonempty_subsets(count: int) -> FloatArray:
    """One row of zeros and ones for each, shape (2^count - 1, count)."""
    return np.array(list(itertools.product([0.0, 1.0], repeat=count))[1:])


def may_be_reported(
    reported: set[int], e_values: list[float], alpha: float, weights: list[float] | None = None
) -> bool:
    """The definition: every set S has weighted mean e-value >= |S and R| / (|R| alpha)."""
    subsets = nonempty_subsets(len(e_values))
    shares = np.ones(len(e_values)) if weights is None else np.array(weights)
    inside = np.isin(np.arange(len(e_values)), list(reported))
    means = subsets @ (shares * e_values) / (subsets @ shares)
    return bool((means * (1 + 1e-12) >= subsets @ inside / (len(reported) * alpha)).all())


def brute_force(e_values: list[float], alpha: float) -> int:
    """Size of the largest reportable set of the r largest, over all subsets S."""
    order = sorted(range(len(e_values)), key=lambda i: -e_values[i])
    sizes = range(len(e_values), 0, -1)
    return next((r for r in sizes if may_be_reported(set(order[:r]), e_values, alpha)), 0)


def brute_force_weighted(e_values: list[float], alpha: float, weights: list[float]) -> set[int]:
    """The largest reportable candidate, over all subsets S.

    The candidate of size r: the r largest w e of those with e >= 1 / (r alpha).
    """
    shares = PriorWeights.normalized(weights).weights
    order = sorted(range(len(e_values)), key=lambda i: (-shares[i] * e_values[i], -e_values[i]))
    for size in range(len(e_values), 0, -1):
        able = [i for i in order if e_values[i] * size * alpha * (1 + 1e-12) >= 1]
        candidate = set(able[:size])
        if len(candidate) == size and may_be_reported(candidate, e_values, alpha, weights):
            return candidate
    return set()


@pytest.mark.parametrize(
    ("alpha", "e_values", "closed", "plain"),
    [
        # V7
        (0.10, [1, 4, 80, 12, 0.5, 25], {2, 5, 3}, {2}),
        # V8
        (0.05, [30, 12], {0, 1}, set()),
        (0.05, [41, 19], {0, 1}, {0}),
        (0.05, [100, 40, 25, 8, 1, 0.5], {0, 1, 2}, set()),
        (0.05, [60, 45, 30, 20, 10, 1, 0.5, 0.2], {0, 1, 2, 3}, set()),
        (0.05, [19, 19, 19], set(), set()),
        (0.05, [20] * 10, set(range(10)), set(range(10))),
        (0.05, [10] * 10, set(), set()),
        # exactly enough, where 1 / .15 summed seven times rounds down
        (0.15, [1 / 0.15] * 7, set(range(7)), set(range(7))),
        # alone, and nobody
        (0.05, [20], {0}, {0}),
        (0.05, [19.9], set(), set()),
        (0.05, [], set(), set()),
    ],
)
def test_published_vectors(
    alpha: float, e_values: list[float], closed: set[int], plain: set[int]
) -> None:
    assert declared(closed_ebh, e_values, alpha) == closed
    assert declared(ebh, e_values, alpha) == plain


@given(families, ALPHAS)
def test_closed_ebh_is_the_brute_force_over_all_subsets(
    e_values: list[float], alpha: float
) -> None:
    capped = [min(e, GREATEST_E) for e in e_values]
    assert len(declared(closed_ebh, e_values, alpha)) == brute_force(capped, alpha)


@given(families, ALPHAS)
def test_the_largest_are_declared_and_ebh_is_contained(e_values: list[float], alpha: float) -> None:
    closed = declared(closed_ebh, e_values, alpha)
    others = [e for i, e in enumerate(e_values) if i not in closed]
    assert all(e_values[i] >= max(others, default=0) for i in closed)
    assert declared(ebh, e_values, alpha) <= closed


@given(families, st.randoms(use_true_random=False))
def test_the_order_of_the_family_does_not_matter(e_values: list[float], random: Random) -> None:
    shuffled = e_values.copy()
    random.shuffle(shuffled)
    kept = sorted(e_values[i] for i in declared(closed_ebh, e_values, 0.1))
    assert kept == sorted(shuffled[i] for i in declared(closed_ebh, shuffled, 0.1))


@given(families, st.integers(0, 8), st.floats(1, 100))
def test_more_evidence_never_takes_a_discovery_away(
    e_values: list[float], place: int, factor: float
) -> None:
    raised = [e * factor if i == place else e for i, e in enumerate(e_values)]
    assert len(declared(closed_ebh, raised, 0.1)) >= len(declared(closed_ebh, e_values, 0.1))


@given(families)
def test_a_larger_alpha_declares_no_less(e_values: list[float]) -> None:
    assert len(declared(closed_ebh, e_values, 0.05)) <= len(declared(closed_ebh, e_values, 0.2))


def test_an_e_value_of_zero_is_never_declared() -> None:
    assert declared(closed_ebh, [math.inf] * 50 + [0.0], 0.5) == set(range(50))


def test_no_set_at_all_that_may_be_reported_is_larger() -> None:
    """Not only the sets of the r largest: every subset R, against every subset S."""
    rng = np.random.default_rng(71)
    sizes = []
    for _ in range(60):
        e_values = np.exp(rng.normal(2.5, 1, 5)).tolist()
        found = len(declared(closed_ebh, e_values, 0.1))
        larger = (
            set(members)
            for size in range(found + 1, 6)
            for members in itertools.combinations(range(5), size)
        )
        assert not any(may_be_reported(members, e_values, 0.1) for members in larger)
        sizes.append(found)
    assert len(set(sizes)) > 3  # none, some and all


@given(weighted_families, ALPHAS)
def test_weighted_closed_ebh_is_the_brute_force_over_all_subsets(
    family: list[tuple[float, float]], alpha: float
) -> None:
    e_values, weights = map(list, zip(*family, strict=True))
    capped = [min(e, GREATEST_E) for e in e_values]
    found = declared(closed_ebh, e_values, alpha, weights)
    assert found == brute_force_weighted(capped, alpha, weights)
    assert declared(ebh, e_values, alpha, weights) <= found


@given(families, ALPHAS, st.floats(1e-3, 1e3))
def test_equal_weights_change_nothing(e_values: list[float], alpha: float, weight: float) -> None:
    equal = [weight] * len(e_values)
    for procedure in (ebh, closed_ebh):
        assert declared(procedure, e_values, alpha, equal) == declared(procedure, e_values, alpha)


@given(families, ALPHAS)
def test_the_search_with_weights_of_one_is_the_search_without(
    e_values: list[float], alpha: float
) -> None:
    array = StoppedEValues.at_stop(e_values).e_values
    plain = largest_prefix(array, alpha)
    assert largest_weighted(array, np.ones(len(array)), alpha).tolist() == plain.tolist()


@given(weighted_families, st.randoms(use_true_random=False))
def test_the_order_of_a_weighted_family_does_not_matter(
    family: list[tuple[float, float]], random: Random
) -> None:
    shuffled = family.copy()
    random.shuffle(shuffled)
    for procedure in (ebh, closed_ebh):
        kept, again = (
            sorted(order[i] for i in declared(procedure, *_columns(order)))
            for order in (family, shuffled)
        )
        assert kept == again


def _columns(family: list[tuple[float, float]]) -> tuple[list[float], float, list[float]]:
    return [e for e, _ in family], 0.1, [weight for _, weight in family]


@given(weighted_families, st.integers(0, 7), st.floats(1, 100))
def test_more_evidence_never_takes_a_discovery_of_weighted_ebh_away(
    family: list[tuple[float, float]], place: int, factor: float
) -> None:
    raised = [(e * factor if i == place else e, w) for i, (e, w) in enumerate(family)]
    assert declared(ebh, *_columns(family)) <= declared(ebh, *_columns(raised))


@given(weighted_families, st.integers(0, 7), st.floats(1, 100))
def test_more_evidence_keeps_a_weighted_set_reportable(
    family: list[tuple[float, float]], place: int, factor: float
) -> None:
    e_values, alpha, weights = _columns(family)
    found = declared(closed_ebh, e_values, alpha, weights)
    raised = [min(e * factor if i == place else e, GREATEST_E) for i, e in enumerate(e_values)]
    assert not found or may_be_reported(found, raised, alpha, weights)


def test_weights_decide_who_is_found() -> None:
    # e-BH, one of two: w e must reach 20, w being 1 each or all 2 for one of them.
    assert declared(ebh, [12.0, 9.0], 0.1) == set()
    assert declared(ebh, [12.0, 9.0], 0.1, [1.0, 1e-6]) == {0}
    assert declared(ebh, [12.0, 9.0], 0.1, [1e-6, 1.0]) == set()
    # Closed e-BH: the mean over both is 11 for the first weights and 9 for the second.
    assert declared(closed_ebh, [15.0, 7.0], 0.1, [1.0, 1.0]) == {0, 1}
    assert declared(closed_ebh, [15.0, 7.0], 0.1, [1.0, 3.0]) == set()


def test_a_heavy_claim_that_cannot_join_does_not_stand_in_the_way() -> None:
    # w e = 9, 5, 50: the first comes before the second, but 4.5 < 1 / (2 alpha).
    assert declared(closed_ebh, [4.5, 10.0, 100.0], 0.1, [2.0, 0.5, 0.5]) == {1, 2}


@pytest.mark.parametrize("factor", [0.3, 0.5, 0.9, 1.0, 1.3, 2.0, 4.0])
def test_weighted_closed_ebh_has_fdr_alpha_exactly_in_the_worst_case(factor: float) -> None:
    """Four true nulls that hold most of the weight, four certain violations.

    At most one null has e = x, with probability 1 / x each (so E[e] = 1), the others 0. With
    x = 4 / (5 alpha) it is declared beside the four, which makes FDR 4 / x / 5 = alpha. Were the
    weighted sum over S divided by |S|, x = 4 / (9.5 alpha) would do: FDR 1.9 alpha.
    """
    alpha, weights = 0.1, [1.9] * 4 + [0.1] * 4
    x = factor * 4 / (5 * alpha)
    fdr = 0.0
    for jumping in range(4):
        e_values = [x * (null == jumping) for null in range(4)] + [1e9] * 4
        found = declared(closed_ebh, e_values, alpha, weights)
        assert found >= {4, 5, 6, 7}
        fdr += len(found & {0, 1, 2, 3}) / len(found) / x
    assert fdr <= alpha * (1 + 1e-9)
    assert (fdr > 0) == (factor >= 1)
    assert factor != 1.0 or fdr == pytest.approx(alpha)


@pytest.mark.parametrize("weights", [[1.0] * 5, [3.0, 0.5, 0.5, 0.5, 0.5]])
def test_weighted_ebh_has_fdr_alpha_exactly_in_the_worst_case(weights: list[float]) -> None:
    """Five true nulls, at most one with e = 5 / (w alpha), with probability w alpha / 5 each."""
    alpha, fdr = 0.1, 0.0
    for jumping, weight in enumerate(weights):
        x = 5 / (weight * alpha)
        e_values = [x * (null == jumping) for null in range(5)]
        for procedure in (ebh, closed_ebh):
            assert declared(procedure, e_values, alpha, weights) == {jumping}
        fdr += 1 / x
    assert fdr == pytest.approx(alpha)


def worst_slacks(inside: BoolArray, e_values: FloatArray, weights: FloatArray, alpha: float):
    """For each j: the least sum of w (e - j / (r alpha)) over the sets with j members inside."""
    size = int(inside.sum())
    for count in range(1, size + 1):
        terms = weights * (e_values - count / (size * alpha))
        yield sum(sorted(terms[inside])[:count]) + sum(min(term, 0) for term in terms[~inside])


def test_large_weighted_families_by_every_condition() -> None:
    """Too many for all subsets, and for a few j out of many to speak for the others."""
    rng = np.random.default_rng(74)
    sizes, narrow = [], 0
    for _ in range(40):
        weights = PriorWeights.normalized(np.exp(rng.normal(0, 0.7, 60))).weights
        e_values = np.exp(rng.normal(2, 1, 60))
        e_values *= rng.uniform(10, 14) / np.average(e_values, weights=weights)
        found = largest_weighted(e_values, weights, 0.1)
        assert not found.any() or min(worst_slacks(found, e_values, weights, 0.1)) >= -1e-9
        order = np.argsort(-weights * e_values)
        for size in range(60, int(found.sum()), -1):
            candidate = np.zeros(60, dtype=bool)
            candidate[[i for i in order if e_values[i] * size * 0.1 >= 1][:size]] = True
            if candidate.sum() == size:
                slacks = np.array([*worst_slacks(candidate, e_values, weights, 0.1)])
                assert slacks.min() < 0
                narrow += (slacks < 0).sum() <= 3
        sizes.append(int(found.sum()))
    assert 0 < np.median(sizes) < 60
    assert narrow


@pytest.mark.parametrize("size", [1, 2, 16, 63, 64, 65, 200])
@pytest.mark.parametrize("hardest", [0.001, 0.5, 1.0])
def test_no_condition_is_left_out(size: int, hardest: float) -> None:
    searched = np.concatenate([*_search_order(size, hardest)])
    assert set(searched.tolist()) == set(range(1, size + 1))


def regimes() -> dict[str, FloatArray]:
    """Families of 1,000, drawn once."""
    rng = np.random.default_rng(72)
    null = np.exp(rng.normal(-1, 1.4, 1000))
    return {
        "all null": null,
        "10 strong": np.concatenate([np.exp(rng.normal(9, 2, 10)), null[10:]]),
        "500 strong": np.concatenate([np.exp(rng.normal(5, 2, 500)), null[500:]]),
        "500 certain": np.concatenate([np.full(500, GREATEST_E), null[500:]]),
        "borderline": np.exp(rng.normal(math.log(20), 0.5, 1000)),
        # one discovery, so that every size from 1000 down to 1 is tried
        "one": np.concatenate([[1e5], np.full(999, 0.1)]),
    }


def _seconds(e_values: FloatArray, weights: PriorWeights | None) -> float:
    stopped = StoppedEValues.at_stop(e_values)
    timings = []
    for _ in range(3):
        start = time.perf_counter()
        closed_ebh(stopped, 0.05, weights=weights)
        timings.append(time.perf_counter() - start)
    return min(timings)


@pytest.mark.parametrize("regime", regimes())
def test_a_thousand_behaviors_take_milliseconds(regime: str) -> None:
    # Measured: at most .012 s, with weights .05 s. The limits leave room for a busy machine.
    e_values = regimes()[regime]
    spread = PriorWeights.normalized(np.exp(np.random.default_rng(73).normal(size=1000)))
    assert _seconds(e_values, None) < 0.3
    assert _seconds(e_values, spread) < 1.5


@pytest.mark.parametrize("procedure", [ebh, closed_ebh])
def test_only_stopped_e_values_are_taken(procedure: ForEValues) -> None:
    # The type checker refuses them too: an ignore below is reported if it ever becomes needless.
    running_maxima = np.maximum.accumulate(np.array([1.0, 50.0, 2.0]))
    with pytest.raises(TypeError, match="must come as StoppedEValues, not ndarray: the largest"):
        procedure(running_maxima, 0.05)
    with pytest.raises(TypeError, match="must come as StoppedEValues, not AnytimePValues"):
        procedure(AnytimePValues.of_running_maxima(running_maxima), 0.05)
    with pytest.raises(TypeError, match="weights must be PriorWeights, not list"):
        procedure(StoppedEValues.at_stop([1.0]), 0.05, weights=[1.0])
    with pytest.raises(ValueError, match="1 weights for 2 behaviors"):
        procedure(StoppedEValues.at_stop([1.0, 2.0]), 0.05, weights=PriorWeights.normalized([1]))
    with pytest.raises(ValueError, match="alpha"):
        procedure(StoppedEValues.at_stop([1.0]), 1.0)


def test_the_type_checker_tells_e_values_from_p_values() -> None:
    """Each ignored error is one that mypy must find: it reports an ignore that it does not need."""
    e_values, p_values = StoppedEValues.at_stop([1.0]), AnytimePValues.known([1.0])
    for call in (
        lambda: ebh(p_values, 0.05),  # type: ignore[arg-type]
        lambda: closed_ebh(p_values, 0.05),  # type: ignore[arg-type]
        lambda: bh(e_values, 0.05),  # type: ignore[arg-type]
        lambda: by(e_values, 0.05),  # type: ignore[arg-type]
        lambda: closed_ebh(np.ones(1), 0.05),  # type: ignore[arg-type]
        lambda: by(np.ones(1), 0.05),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match="must come as"):
            call()


@pytest.mark.parametrize("weights", [None, PriorWeights.normalized([1.0] * 99 + [1.001])])
def test_claims_without_evidence_do_not_ride_along(weights):
    """Of 70 certain claims the slack of the FDR would carry some with e-values below 1."""
    stopped = StoppedEValues.at_stop([1e300] * 70 + [0.9] * 30)
    assert closed_ebh(stopped, 0.05, weights=weights).sum() > 70
    assert closed_ebh(stopped, 0.05, weights=weights, least=1.0).sum() == 70


@given(families, st.floats(0, 30))
def test_with_a_least_the_set_is_the_largest_reportable_one_above_it(e_values, least):
    found = set(
        np.flatnonzero(closed_ebh(StoppedEValues.at_stop(e_values), 0.5, least=least)).tolist()
    )
    order = sorted(range(len(e_values)), key=lambda i: -e_values[i])
    allowed = [r for r in range(1, len(e_values) + 1) if e_values[order[r - 1]] >= least]
    capped = [min(e, GREATEST_E) for e in e_values]
    best = max((r for r in allowed if may_be_reported(set(order[:r]), capped, 0.5)), default=0)
    assert len(found) == best
