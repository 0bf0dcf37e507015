"""Simulated runs against exact enumeration, the engine's own evidence, and the engine itself."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_rates import KnownRates, behavior
from statsmodels.stats.proportion import proportion_confint

from behavtest.experiment.budget import Budget
from behavtest.experiment.calibration import power as simulation
from behavtest.experiment.calibration.curves import behavior_power
from behavtest.experiment.calibration.law import MOST_VALUES, Law, Scores, feared_change
from behavtest.experiment.calibration.power import Question, StopRule, _Runs, simulate
from behavtest.experiment.calibration.result import POWER, share_interval
from behavtest.experiment.calibration.rule import family_rule, lone_rule, pairs_each
from behavtest.experiment.rounds import looks
from behavtest.experiment.session import RunSettings
from behavtest.stats import Bounds, Evidence, Expectation, Kind, Procedure
from behavtest.stats.planning import detectable_gap

PAIRED = Bounds(-1, 1)
SCORE = Bounds(0, 1)


def settings(max_pairs: int = 100, **changes) -> RunSettings:
    return replace(RunSettings(Path("none"), budget=Budget(max_pairs)), **changes)


def flips(p: float) -> Law:
    """The law of D where two independent answers each score 1 with probability p."""
    return Law(
        np.array([-1.0, 0.0, 1.0]), np.array([p * (1 - p), p**2 + (1 - p) ** 2, p * (1 - p)])
    )


def scores(p: float, count: int = 1000) -> Scores:
    """Scores of which exactly the share p is 1 on either side, independent of each other."""
    grid = (np.arange(count) + 0.5) / count < p
    turned = np.random.default_rng(0).permutation(grid)
    return Scores(grid.astype(float), turned.astype(float), SCORE)


def counted(law: Law, counts: tuple[int, ...]) -> np.ndarray:
    """A sequence of observations with the given counts, in no particular order."""
    return np.random.default_rng(sum(counts)).permutation(np.repeat(law.values, counts))


@pytest.mark.parametrize(("count", "total"), [(0, 20), (1, 20), (7, 4000), (20, 20), (3, 5)])
def test_the_interval_is_clopper_and_pearsons(count: int, total: int) -> None:
    lower, upper = proportion_confint(count, total, alpha=0.1, method="beta")
    expected = (0 if np.isnan(lower) else lower, 1 if np.isnan(upper) else upper)
    assert share_interval(count, total) == pytest.approx(expected)


def test_without_an_alarm_the_interval_has_a_closed_form() -> None:
    assert share_interval(0, 20)[1] == pytest.approx(1 - 0.05 ** (1 / 20))
    assert share_interval(0, 59)[1] < 0.05 < share_interval(0, 58)[1]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30),
    st.floats(0, 1),
    st.booleans(),
)
def test_a_failing_share_moves_the_mean_by_so_much(pairs, share: float, coupled: bool) -> None:
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    known = Scores(first, second, SCORE)
    law = known.failing(share, worst=0.0, coupled=coupled)
    assert law.mean == pytest.approx(-share * known.mean, abs=1e-9)
    assert law.chances.sum() == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30))
def test_without_a_change_both_signs_are_equally_likely(pairs) -> None:
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    law = Scores(first, second, SCORE).unchanged()
    assert law.values == pytest.approx(-law.values[::-1])
    assert law.chances == pytest.approx(law.chances[::-1])


def test_too_many_values_are_rounded_to_a_grid() -> None:
    first, second = np.random.default_rng(0).random((2, 5000))
    law = Scores(first, second, SCORE).unchanged()
    assert len(law.values) <= MOST_VALUES + 1
    assert law.mean == pytest.approx(0, abs=1e-12)
    assert law.variance == pytest.approx(np.mean((first - second) ** 2), rel=1e-3)


@pytest.mark.parametrize(
    ("kind", "margin", "mean", "worst", "boundary", "reach"),
    [
        (Kind.NOT_WORSE, 0.05, 0.9, 0.0, -0.05, -0.9),
        (Kind.NOT_HIGHER, 0.1, 0.2, 1.0, 0.1, 0.8),
        (Kind.UNCHANGED, 0.1, 0.9, 0.0, -0.1, -0.9),
        (Kind.UNCHANGED, 0.1, 0.2, 1.0, 0.1, 0.8),
        (Kind.INCREASES, 0.0, 0.5, 0.0, 0.0, -0.5),
    ],
)
def test_the_change_that_hurts(kind, margin, mean, worst, boundary, reach) -> None:  # noqa: PLR0917
    change = feared_change(Expectation(kind, margin), PAIRED, scores(mean))
    assert change == pytest.approx((worst, boundary, reach))
    assert change.possible


def test_a_contrast_fails_at_minus_one() -> None:
    known = Scores(np.array([1.0, 0.0]), np.array([1.0, 1.0]), Bounds(-1, 1))
    change = feared_change(Expectation(Kind.NOT_WORSE, 0.1), Bounds(-2, 2), known)
    assert change == pytest.approx((-1.0, -0.1, -1.75))


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.sampled_from(list(Kind)[:5]))
def test_evidence_at_a_look_is_the_engines(steps: list[int], kind: Kind) -> None:
    """Between two looks only the counts are drawn, since the order changes nothing."""
    law = Law(np.array([-1.0, -0.25, 0.0, 1.0]), np.full(4, 0.25))
    question = Question(Expectation(kind, 0.1), PAIRED, law)
    state, evidence = _Runs(question, 2), Evidence(question.expectation, PAIRED)
    rng = np.random.default_rng(len(steps))
    for pairs in steps:
        counts = rng.multinomial(pairs, law.chances)
        state.draw(pairs, np.array([1]), _Known(counts))
        evidence.update(counted(law, tuple(counts)))
    assert state.log_e_holds[1] == pytest.approx(evidence.log_e_holds, abs=1e-9)
    assert state.log_e_violated[1] == pytest.approx(evidence.log_e_violated, abs=1e-9)
    assert state.log_e_holds[0] == state.log_e_violated[0] == 0


class _Known:
    """A source of known counts."""

    def __init__(self, counts: np.ndarray) -> None:
        self._counts = counts

    def multinomial(self, pairs, chances, size) -> np.ndarray:
        assert self._counts.sum() == pairs
        return np.tile(self._counts, (size, 1))


def exact_rates(law: Law, expectation: Expectation, pairs: int, alpha: float) -> list[float]:
    """Probability of "violated" and of "holds" for one look, by adding up all counts."""
    violated = holds = 0.0
    for counts in itertools.product(range(pairs + 1), repeat=3):
        if sum(counts) != pairs:
            continue
        ways = math.factorial(pairs) / math.prod(map(math.factorial, counts))
        chance = ways * math.prod(law.chances ** np.array(counts))
        evidence = Evidence(expectation, PAIRED)
        evidence.update(np.repeat(law.values, counts))
        if evidence.e_violated >= 1 / alpha:
            violated += chance
        elif evidence.e_holds >= 1 / alpha:
            holds += chance
    return [violated, holds]


@pytest.mark.parametrize(
    ("expectation", "law"),
    [
        (Expectation(Kind.NOT_WORSE, 0.0), flips(0.5)),
        (Expectation(Kind.UNCHANGED, 0.0), flips(0.8)),
        (Expectation(Kind.UNCHANGED, 0.3), flips(0.98)),
        (
            Expectation(Kind.NOT_HIGHER, 0.1),
            Law(np.array([-1.0, 0.0, 1.0]), np.array([0.1, 0.5, 0.4])),
        ),
    ],
)
def test_simulated_rates_are_the_exact_ones(expectation: Expectation, law: Law) -> None:
    pairs, runs, alpha = 20, 20_000, 0.2
    exact = exact_rates(law, expectation, pairs, alpha)
    rule = family_rule(settings(pairs, alpha=alpha), [behavior(["w"])])
    found = simulate(
        [Question(expectation, PAIRED, law)], rule, runs=runs, rng=np.random.default_rng(0)
    )
    for simulated, rate in zip((found.violated, found.holds), exact, strict=True):
        error = math.sqrt(rate * (1 - rate) / runs)
        assert simulated.mean() == pytest.approx(rate, abs=4 * error + 1e-6)
    assert sum(exact) > 0


def test_a_false_alarm_comes_at_most_alpha_of_the_time_in_a_family() -> None:
    """Tolerance 0, so that the null is true with equality, at a look after every round."""
    family = [Question(Expectation(Kind.UNCHANGED, 0.0), PAIRED, flips(p)) for p in (0.5, 0.8)]
    runs, alpha = 2000, 0.1
    rates = {}
    for procedure in (Procedure.CLOSED_E_BH, Procedure.E_BH, Procedure.BY):
        rule = family_rule(
            settings(60, alpha=alpha, procedure=procedure), [behavior(["w"])] * len(family)
        )
        assert rule.every_pair is (procedure is Procedure.BY)
        found = simulate(family, rule, runs=runs, rng=np.random.default_rng(1))
        rates[procedure] = found.violated.any(axis=1).mean()
        assert rates[procedure] <= alpha + 3 * math.sqrt(alpha * (1 - alpha) / runs)
    assert rates[Procedure.CLOSED_E_BH] >= rates[Procedure.E_BH] > 0


def test_what_stopped_stays_stopped_and_is_frozen() -> None:
    seen = []

    def declare(log_e: np.ndarray, log_sup: np.ndarray) -> np.ndarray:
        seen.append(log_e.copy())
        return np.array([[True, False]])  # the first from the first look on

    family = [Question(Expectation(Kind.NOT_WORSE, 0.0), PAIRED, flips(0.5))] * 2
    rule = StopRule((10, 20, 30), holds=math.inf, declare=declare)
    found = simulate(family, rule, runs=1, rng=np.random.default_rng(0))
    assert found.pairs.tolist() == [[10, 30]]
    assert len({one[0, 0] for one in seen}) == 1
    assert len({one[0, 1] for one in seen}) == 3


def test_blocks_only_bound_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    family = [Question(Expectation(Kind.UNCHANGED, 0.0), PAIRED, flips(p)) for p in (0.5, 0.8)]
    rule = family_rule(settings(40, alpha=0.2), [behavior(["w"])] * 2)
    monkeypatch.setattr(simulation, "BLOCK", 14)
    found = simulate(family, rule, runs=1000, rng=np.random.default_rng(0))
    assert found.violated.shape == found.holds.shape == found.pairs.shape == (1000, 2)
    assert 0.01 < found.violated.any(axis=1).mean() < 0.2


def test_the_looks_are_the_engines(compare) -> None:
    """Pairs only ever stand at a look, for a behavior that nothing decides."""
    seen = set()
    compare(
        {"b": behavior(["w"], (Kind.NOT_WORSE, 0.0))},
        {"w": 0.5},
        {"w": 0.5},
        budget=Budget(300),
        progress=lambda state: seen.add(state.pairs),
    )
    assert seen == {0, *looks(300)}
    assert looks(300)[:3] == (32, 48, 64)
    assert looks(5) == (5,)


def test_a_limit_on_all_pairs_is_shared_out() -> None:
    assert pairs_each(settings(100), 7) == 100
    limited = replace(settings(), budget=Budget(100, total_pairs=210))
    assert pairs_each(limited, 7) == 30
    assert pairs_each(limited, 2) == 100
    assert pairs_each(limited, 1000) == 1


@pytest.mark.parametrize("procedure", ["closed-e-bh", "e-bh", "bh", "by"])
def test_a_lone_change_needs_what_the_procedure_asks_of_it(procedure: str) -> None:
    """Just enough in the lone rule is just enough in the family, the others' e-values being 0."""
    selected = {str(number): behavior(["w"]) for number in range(5)}
    given = settings(alpha=0.1, procedure=Procedure(procedure))
    lone = lone_rule(given, "0", selected)
    whole = family_rule(given, list(selected.values()))
    needed = math.log(50) + (math.log(137 / 60) if procedure == "by" else 0)
    for log_e, enough in ((needed + 1e-6, True), (needed - 1e-6, False)):
        family = np.array([[log_e, *[-math.inf] * 4]])
        assert lone.declare(family[:, :1], family[:, :1]).tolist() == [[enough]]
        assert whole.declare(family, np.maximum(family, 0))[0].tolist() == [enough, *[False] * 4]


def test_a_prior_weight_makes_a_lone_change_easier() -> None:
    heavy = replace(behavior(["w"]), weight=3.0)
    rule = lone_rule(settings(), "a", {"a": heavy, "b": behavior(["w"])})
    needed = math.log(4 / (3 * 0.05))
    assert rule.declare(np.array([[needed + 1e-9]]), np.zeros((1, 1))).all()
    assert not rule.declare(np.array([[needed - 1e-9]]), np.zeros((1, 1))).any()


@pytest.fixture(scope="module")
def power():
    """What `not_worse` within .1 notices at a mean of .8 within 100 pairs, alone."""
    rule = lone_rule(settings(), "b", {"b": behavior(["w"])})
    return behavior_power(Expectation(Kind.NOT_WORSE, 0.1), PAIRED, scores(0.8), rule, seed=3)


def test_curves_rise_from_nothing_to_the_detectable_change(power) -> None:
    for curve in (power.independent, power.coupled):
        at = dict(zip(curve.changes, curve.powers, strict=True))
        assert list(curve.changes) == sorted(curve.changes, reverse=True)
        assert curve.changes[0] == 0
        assert math.copysign(1, curve.changes[0]) == 1
        assert at[0] <= 0.05
        assert at[power.boundary] <= 0.05  # still allowed: each of these is a false alarm
        assert at[curve.detectable] == pytest.approx(POWER, abs=0.08)
    assert abs(power.coupled.detectable) < abs(power.independent.detectable)


@pytest.mark.parametrize("coupled", [True, False])
def test_the_law_of_sample_size_agrees(power, coupled: bool) -> None:
    """The law says when 100 pairs are *expected* to suffice; .8 of runs takes a little more."""

    def variance(gap: float) -> float:
        change = gap + 0.1
        return change * (1 - change) if coupled else 0.16 + (0.8 - change) * (0.2 + change)

    law = detectable_gap(
        pairs=100, variance=variance, alpha=0.05, greatest_bet=0.99 / 0.9, greatest=0.7
    )
    curve = power.coupled if coupled else power.independent
    assert law is not None
    assert abs(curve.detectable) == pytest.approx(0.1 + law, rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("coupled", [True, False])
def test_the_engine_notices_the_detectable_change_as_often_as_simulated(
    power, compare, coupled: bool
) -> None:
    """The engine itself, on models with known rates; answers differ as the simulation says."""
    curve = power.coupled if coupled else power.independent
    runs, family = 80, {"b": behavior(["w"], (Kind.NOT_WORSE, 0.1))}
    base = KnownRates("a", {"w": 0.8})
    changed = KnownRates(
        "b", {"w": 0.8 + curve.detectable}, vocabulary="shared" if coupled else "other"
    )
    verdicts = [
        compare(family, base, changed, budget=Budget(100), seed=seed).behaviors[0].verdict
        for seed in range(runs)
    ]
    error = math.sqrt(POWER * (1 - POWER) / runs)
    assert verdicts.count("violated") / runs == pytest.approx(POWER, abs=3 * error + 0.02)


def test_no_change_is_large_enough_for_some_behaviors() -> None:
    """A model that scores .03 cannot be worse by more than .05."""
    rule = lone_rule(settings(), "b", {"b": behavior(["w"])})
    found = behavior_power(Expectation(Kind.NOT_WORSE, 0.05), PAIRED, scores(0.03), rule, seed=0)
    assert found.independent.detectable is None
    assert found.coupled.detectable is None
    assert found.reach == pytest.approx(-0.03)
    assert set(found.coupled.powers) == {0.0}


def test_a_budget_can_be_too_small_for_any_change() -> None:
    rule = lone_rule(settings(3), "b", {"b": behavior(["w"])})
    found = behavior_power(Expectation(Kind.NOT_WORSE, 0.1), PAIRED, scores(0.8), rule, seed=0)
    assert found.independent.detectable is None
    assert found.coupled.changes[-1] == pytest.approx(-0.8)
