"""Streams against the published formulas, written out test by test, and their budget identity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from behavtest.stats.online import Addis, ELond, Lond, LordPlusPlus, Saffron

if TYPE_CHECKING:
    from behavtest.stats.online import Decision, Stream

# Values at the thresholds, certain ones, and everything between.
p_value = st.one_of(
    st.sampled_from([0.0, 1e-9, 1e-4, 0.002, 0.01, 0.2, 0.25, 0.3, 0.5, 0.7, 1.0]),
    st.floats(0, 1),
    st.floats(0, 8).map(lambda nats: math.exp(-nats)),
)
p_values_lists = st.lists(p_value, max_size=30)
alphas = st.sampled_from([0.01, 0.05, 0.2, 0.5])
shares = st.sampled_from([0.1, 0.5, 1.0])  # of alpha that is w0
thresholds = st.sampled_from([0.25, 0.3, 0.5, 0.7])
Rows = list[tuple[bool, float]]


def slow_gamma_16(j: int) -> float:
    return 0.4374901658 / j**1.6


def slow_gamma_log(j: int) -> float:
    return 0.07720838 * math.log(max(j, 2)) / (j * math.exp(math.sqrt(math.log(j))))


def slow_addis(ps: list[float], alpha: float, w0: float, lam: float, tau: float) -> Rows:
    """Tian and Ramdas 2019, ADDIS, with every count taken afresh; tests count from 1."""
    rows: Rows = []
    for t in range(1, len(ps) + 1):
        past = range(1, t)
        selected_before = 1 + sum(1 for i in past if ps[i - 1] <= tau)
        kappa = [i for i in past if rows[i - 1][0]]
        total = w0 * slow_gamma_16(selected_before - sum(1 for i in past if ps[i - 1] <= lam))
        for j, k in enumerate(kappa, 1):
            selected_until = sum(1 for i in range(1, k + 1) if ps[i - 1] <= tau)
            candidates_since = sum(1 for i in range(k + 1, t) if ps[i - 1] <= lam)
            earned = alpha - w0 if j == 1 else alpha
            total += earned * slow_gamma_16(selected_before - selected_until - candidates_since)
        level = min(lam, (tau - lam) * total)
        rows.append((ps[t - 1] <= level, level))
    return rows


def slow_saffron(ps: list[float], alpha: float, w0: float, lam: float) -> Rows:
    """Ramdas et al. 2018, SAFFRON with constant lambda."""
    rows: Rows = []
    for t in range(1, len(ps) + 1):
        rejected = [i for i in range(1, t) if rows[i - 1][0]]
        total = w0 * slow_gamma_16(t - sum(1 for i in range(1, t) if ps[i - 1] <= lam))
        for j, tau_j in enumerate(rejected, 1):
            candidates = sum(1 for i in range(tau_j + 1, t) if ps[i - 1] <= lam)
            earned = alpha - w0 if j == 1 else alpha
            total += earned * slow_gamma_16(t - tau_j - candidates)
        level = min(lam, (1 - lam) * total)
        rows.append((ps[t - 1] <= level, level))
    return rows


def slow_lord(ps: list[float], alpha: float, w0: float) -> Rows:
    """Ramdas et al. 2017, LORD++."""
    rows: Rows = []
    for t in range(1, len(ps) + 1):
        level = w0 * slow_gamma_log(t)
        rejected = [i for i in range(1, t) if rows[i - 1][0]]
        for j, tau_j in enumerate(rejected, 1):
            level += (alpha - w0 if j == 1 else alpha) * slow_gamma_log(t - tau_j)
        rows.append((ps[t - 1] <= level, level))
    return rows


def slow_lond(ps: list[float], alpha: float) -> Rows:
    """Javanmard and Montanari 2015, LOND."""
    rows: Rows = []
    for t in range(1, len(ps) + 1):
        level = alpha * slow_gamma_log(t) * (sum(reject for reject, _ in rows) + 1)
        rows.append((ps[t - 1] <= level, level))
    return rows


def slow_e_lond(es: list[float], alpha: float) -> Rows:
    """Xu and Ramdas 2024, e-LOND."""
    rows: Rows = []
    for t in range(1, len(es) + 1):
        level = alpha * slow_gamma_log(t) * (sum(reject for reject, _ in rows) + 1)
        rows.append((es[t - 1] >= 1 / level, level))
    return rows


def compare(stream: Stream, values: list[float], rows: Rows) -> None:
    decisions = [stream.test(value) for value in values]
    assert [d.reject for d in decisions] == [reject for reject, _ in rows]
    # The oracle has the published constant of SAFFRON's weights, 2e-10 larger than ours.
    assert [d.level for d in decisions] == pytest.approx([level for _, level in rows], rel=1e-9)


@given(p_values_lists, alphas, shares, thresholds)
def test_saffron_is_its_formula(
    ps: list[float], alpha: float, share: float, lambda_: float
) -> None:
    w0 = share * alpha
    stream = Saffron(alpha=alpha, w0=w0, lambda_=lambda_)
    compare(stream, ps, slow_saffron(ps, alpha, w0, lambda_))


@given(p_values_lists, alphas, shares, thresholds, st.sampled_from([0.71, 0.9, 1.0]))
@example([0.25, 0.9, 1e-9, 0.5, 0.25, 1e-9, 0.3], 0.05, 0.5, 0.25, 0.9)
def test_addis_is_its_formula(
    ps: list[float], alpha: float, share: float, lambda_: float, tau: float
) -> None:
    w0 = share * alpha
    stream = Addis(alpha=alpha, w0=w0, lambda_=lambda_, tau=tau)
    compare(stream, ps, slow_addis(ps, alpha, w0, lambda_, tau))


@given(p_values_lists, alphas, shares)
def test_lord_is_its_formula(ps: list[float], alpha: float, share: float) -> None:
    w0 = share * alpha
    compare(LordPlusPlus(alpha=alpha, w0=w0), ps, slow_lord(ps, alpha, w0))


@given(p_values_lists, alphas)
def test_lond_is_its_formula(ps: list[float], alpha: float) -> None:
    compare(Lond(alpha=alpha), ps, slow_lond(ps, alpha))


@given(
    st.lists(st.one_of(st.sampled_from([0.0, math.inf]), st.floats(0, 3000)), max_size=30), alphas
)
def test_e_lond_is_its_formula(es: list[float], alpha: float) -> None:
    compare(ELond(alpha=alpha), es, slow_e_lond(es, alpha))


@given(p_values_lists, alphas)
def test_addis_that_discards_nothing_is_saffron(ps: list[float], alpha: float) -> None:
    addis, saffron = Addis(alpha=alpha, lambda_=0.5, tau=1), Saffron(alpha=alpha, lambda_=0.5)
    assert [addis.test(p) for p in ps] == [saffron.test(p) for p in ps]


def estimated_false(kind: type, ps: list[float], decisions: list[Decision]) -> float:
    """The procedure's own estimate of its false rejections, which it keeps <= alpha max(R, 1)."""
    levels = [d.level for d in decisions]
    if kind is LordPlusPlus:
        return sum(levels)
    if kind is Saffron:
        return sum(a for a, p in zip(levels, ps, strict=True) if p > 0.5) / (1 - 0.5)
    return sum(a for a, p in zip(levels, ps, strict=True) if 0.25 < p <= 0.5) / (0.5 - 0.25)


@given(st.sampled_from([LordPlusPlus, Saffron, Addis]), st.lists(p_value, max_size=60), alphas)
def test_the_budget_is_never_overspent(
    kind: type[LordPlusPlus | Saffron | Addis], ps: list[float], alpha: float
) -> None:
    stream = kind(alpha=alpha)
    decisions = []
    for number, p in enumerate(ps, 1):
        decisions.append(stream.test(p))
        spent = estimated_false(kind, ps[:number], decisions)
        assert spent <= alpha * max(stream.rejections, 1) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("stream", "costs", "free"),
    [
        (LordPlusPlus(alpha=0.05), [0.001, 0.3, 0.9, 1.0], []),
        (Saffron(alpha=0.05), [0.500001, 0.7, 1.0], [0.006, 0.3, 0.5]),
        (Addis(alpha=0.05), [0.250001, 0.3, 0.5], [0.003, 0.1, 0.25, 0.500001, 1.0]),
    ],
)
def test_which_tests_cost_something(stream: Stream, costs: list[float], free: list[float]) -> None:
    """Without a rejection a level only ever falls, at the tests that count and at no others."""
    for p in [*free, *costs, *free]:
        before = stream.next_level
        assert not stream.test(p).reject
        assert (stream.next_level < before) == (p in costs)
        assert stream.next_level <= before


@given(st.sampled_from([LordPlusPlus, Lond, Saffron]), st.lists(p_value, min_size=1, max_size=20))
def test_a_smaller_p_value_never_lowers_a_later_level(
    kind: type[LordPlusPlus | Lond | Saffron], ps: list[float]
) -> None:
    """The monotonicity that the proofs for independent p-values need."""
    plain, smaller = kind(alpha=0.2), kind(alpha=0.2)
    for number, p in enumerate(ps):
        assert smaller.next_level >= plain.next_level * (1 - 1e-12)
        plain.test(p)
        smaller.test(p / 10 if number == 0 else p)
