"""What a plan says, against enumeration, arithmetic and runs of the engine."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_rates import Words, behavior

from behavtest.experiment.budget import Budget
from behavtest.experiment.planning.plan import plan, round_end
from behavtest.experiment.planning.result import Outlook, Plan
from behavtest.experiment.planning.subject import Subject, subject_of, usual_changes
from behavtest.experiment.planning.variance import measured, variances
from behavtest.experiment.rounds import round_size
from behavtest.experiment.session import RunSettings
from behavtest.stats import Evidence, Kind, Procedure, Verdict
from behavtest.store.history import History, Past, Wanted, read_history
from behavtest.suite.relation import Relation

WORDS = ["wa", "wb", "wc", "wd"]
CONTRAST = Words(["wa", "wb"], ["wc", "wd"])
SETTINGS = RunSettings(Path("unused"))


def subject(
    words=WORDS, kind: Kind = Kind.NOT_WORSE, margin: float = 0.05, *, alone=False, **changes
) -> Subject:
    temperature = changes.pop("temperature", 1.0)
    made = replace(behavior(words, (kind, margin), temperature=temperature), **changes)
    return subject_of("s.behav.yaml::b", made, alone=alone)


def past(
    differences=(0.0,) * 9 + (1.0,),
    scores_a=(1.0, 1.0, 1.0, 0.0),
    *,
    pairing="coupled",
    tokens=(4.0, 6.0),
) -> Past:
    d, a = np.asarray(differences), np.asarray(scores_a)
    return Past(
        run_id="r1",
        started="2026-01-01",
        model_a="a",
        model_b="b",
        pairing=pairing,
        pairs=len(d),
        mean=float(d.mean()),
        absolute=float(np.abs(d).mean()),
        square=float((d**2).mean()),
        mean_a=float(a.mean()),
        variance_a=float(a.var()),
        tokens_a=tokens[0],
        tokens_b=tokens[1],
    )


def planned(
    *subjects: Subject, changes=(), history: History | None = None, levels=None, **settings
) -> Plan:
    return plan(
        subjects,
        settings=replace(SETTINGS, **settings),
        history=history or History(),
        changes=changes,
        levels=levels,
    )


def outlook(of: Subject, change: float, known: Past | None = None, **settings) -> Outlook:
    history = History() if known is None else History({of.name: known})
    return planned(of, changes=[change], history=history, **settings).behaviors[0].outlooks[0]


# --- variances


@pytest.mark.parametrize("change", [-1.0, -0.3, 0.0, 0.2])
def test_nothing_known_coupled_models_differ_in_the_fewest_pairs(change):
    values = np.array([0.0, math.copysign(1.0, change)])
    chances = np.array([1 - abs(change), abs(change)])
    variance = values**2 @ chances - (values @ chances) ** 2
    assert variances(change, subject(), None).coupled == pytest.approx(variance)


@pytest.mark.parametrize(("words", "widest"), [(WORDS, 1.0), (CONTRAST, 2.0)])
@pytest.mark.parametrize("change", [-0.9, -0.3, 0.0, 0.4])
def test_nothing_known_independent_scores_are_as_spread_as_they_can_be(words, widest, change):
    """Brute force over all rates of 0 / 1 scores whose means differ by the change."""
    grid = np.linspace(0, 1, 41)
    if widest == 1:
        a, b = np.meshgrid(grid, grid)
        spread, delta = a * (1 - a) + b * (1 - b), b - a
    else:
        rates = np.meshgrid(grid, grid, grid, grid)
        spread = sum(rate * (1 - rate) for rate in rates)
        delta = (rates[2] - rates[3]) - (rates[0] - rates[1])
    worst = spread[np.isclose(delta, change)].max()
    found = variances(change, subject(words), None).independent
    assert found == pytest.approx(worst, abs=1e-3)
    assert found >= worst - 1e-9


binary = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=8, max_size=40)


@given(binary)
def test_measured_variances_at_the_measured_change_are_those_measured(differences):
    known = past(differences)
    found = variances(known.mean, subject(), known)
    assert found.coupled == pytest.approx(np.var(differences), abs=1e-12)


@given(st.lists(st.floats(-1, 1), min_size=8, max_size=30), st.floats(-1, 1))
def test_a_variance_is_one_that_some_scores_have(differences, change):
    """At most that of all mass on both ends, at least 0."""
    for known in (past(differences), past(differences, pairing="independent"), None):
        for variance in variances(change, subject(), known):
            assert 0 <= variance <= 1 + 1e-9
    coupled = variances(change, subject(), past(differences)).coupled
    assert coupled <= (1 - change) * (1 + change) + 1e-9


def test_another_change_comes_with_the_same_churn():
    known = past([0.0] * 8 + [1.0, -1.0])  # no change, a fifth of the pairs differ
    down, up, delta = 0.1 + 0.15, 0.1, -0.15  # 15 % more go down
    assert variances(delta, subject(), known).coupled == pytest.approx(down + up - delta**2)


def test_small_changes_of_graded_scores_stay_small():
    known = past([0.1, -0.1] * 8)
    assert variances(0.0, subject(), known).coupled == pytest.approx(0.01)
    assert variances(-0.05, subject(), known).coupled < 0.02
    assert variances(0.0, subject(), past([0.0] * 8)).coupled == 0


def test_independent_variance_is_measured_from_the_scores_or_the_pairs():
    known = past(scores_a=[1.0] * 9 + [0.0])
    expected = 0.9 * 0.1 + 0.75 * 0.25
    assert variances(-0.15, subject(), known).independent == pytest.approx(expected)
    # no room for the change beside A's mean: as if nothing were known
    nothing = variances(0.15, subject(), None).independent
    assert variances(0.15, subject(), known).independent == pytest.approx(nothing)
    apart = past([0.5, -0.5] * 4, pairing="independent")
    assert variances(-0.2, subject(), apart).independent == pytest.approx(0.25)
    assert variances(-0.2, subject(), apart).coupled == pytest.approx(0.16)


def test_one_model_alone_varies_by_its_mean():
    one = subject(kind=Kind.AT_LEAST, margin=0.5)
    assert variances(0.8, one, None) == (pytest.approx(0.16), pytest.approx(0.16))
    graded = past([0.4, 0.6] * 5)  # an observation is the score itself
    assert variances(0.5, one, graded).coupled == pytest.approx(0.01)
    assert variances(0.9, one, graded).coupled == pytest.approx(0.01 / 0.25 * 0.09)
    of_difference = subject(CONTRAST, Kind.AT_MOST, 0.5)
    assert variances(0.0, of_difference, None).coupled == pytest.approx(0.5)
    assert variances(1.0, of_difference, None).coupled == 0


def test_greedy_answers_have_no_noise_to_share():
    greedy = subject(temperature=0.0)
    for known in (None, past([0.0] * 8 + [1.0, -1.0], pairing="independent")):
        found = variances(-0.1, greedy, known)
        assert found.coupled == found.independent
    assert variances(0.0, greedy, known).coupled == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("of", "pairing", "expected"),
    [
        (subject(), "coupled", (True, True)),
        (subject(), "independent", (False, True)),
        (subject(temperature=0.0), "independent", (True, True)),
        (subject(kind=Kind.AT_LEAST, margin=0.5), "single", (True, True)),
    ],
)
def test_what_is_measured_is_said(of, pairing, expected):
    assert measured(of, past(pairing=pairing)) == expected
    assert measured(of, None) == (False, False)


# --- supposed changes


@pytest.mark.parametrize(
    ("kind", "margin", "changes"),
    [
        (Kind.NOT_WORSE, 0.05, (0.0, -0.15)),
        (Kind.NOT_HIGHER, 0.05, (0.0, 0.15)),
        (Kind.UNCHANGED, 0.05, (0.0, -0.15)),
        (Kind.NOT_WORSE, 0.6, (0.0, -0.8)),  # three tolerances are more than there is
        (Kind.NOT_WORSE, 0.0, (0.0, -0.1)),
        (Kind.INCREASES, 0.2, (0.4, 0.0)),
        (Kind.DECREASES, 0.2, (-0.4, 0.0)),
        (Kind.INCREASES, 0.0, (0.1, -0.1)),
        (Kind.AT_LEAST, 0.5, (0.1, -0.1)),
        (Kind.AT_MOST, 0.95, (-0.1, 0.05)),
    ],
)
def test_usual_changes(kind, margin, changes):
    of = subject(kind=kind, margin=margin)
    assert usual_changes(of, None) == pytest.approx(changes)
    truths = [seen.truth for seen in planned(of).behaviors[0].outlooks]
    first = "boundary" if kind is Kind.NOT_WORSE and not margin else "holds"
    assert truths == [first, "violated"]


def test_usual_changes_of_what_was_measured():
    low = past(scores_a=[0.0] * 9 + [1.0])
    assert usual_changes(subject(kind=Kind.UNCHANGED), low) == (0.0, pytest.approx(0.15))
    one = subject(kind=Kind.AT_LEAST, margin=0.5)
    assert usual_changes(one, past([0.9] * 8)) == pytest.approx((0.4, -0.1))
    assert usual_changes(one, past([0.2] * 8)) == pytest.approx((0.1, -0.3))


# --- outlooks


def test_the_outlook_is_the_law_rounded_up_to_where_the_engine_looks():
    seen = outlook(subject(), 0.0)
    assert seen.truth == "holds"
    assert seen.coupled.expected == pytest.approx(84.7, abs=0.1)  # D = 0: 83 by simulation
    assert (seen.coupled.cost.pairs, seen.coupled.verdict) == (96, Verdict.HOLDS)
    assert seen.independent.expected == pytest.approx(2399, abs=1)
    assert seen.independent.verdict is Verdict.INCONCLUSIVE
    assert seen.independent.cost.pairs == 1000


@given(st.floats(0, 5000), st.integers(1, 3000))
def test_a_round_ends_at_or_after_the_decision_and_no_earlier_round_does(pairs, most):
    ends = [0]
    while ends[-1] < most:
        ends.append(ends[-1] + round_size(ends[-1], max_pairs=most))
    assert round_end(pairs, most) == next((end for end in ends if end >= pairs), most)


def test_on_the_boundary_everything_is_spent_for_nothing():
    seen = outlook(subject(), -0.05, budget=Budget(max_pairs=200))
    assert seen.truth == "boundary"
    assert (seen.coupled.expected, seen.coupled.verdict) == (None, Verdict.INCONCLUSIVE)
    assert seen.coupled.cost.pairs == 200


def test_a_census_decides_even_the_boundary():
    greedy = subject([f"w{number}" for number in range(40)], temperature=0.0)
    seen = outlook(greedy, -0.05)
    assert (seen.truth, seen.coupled.verdict, seen.coupled.cost.pairs) == (
        "holds",
        Verdict.HOLDS,
        40,
    )
    assert outlook(greedy, -0.1).coupled.cost.pairs <= 40
    assert outlook(greedy, -0.05, budget=Budget(max_pairs=30)).coupled.verdict == "inconclusive"


def test_what_cannot_be_is_said_and_costs_nothing():
    one = subject(kind=Kind.AT_LEAST, margin=0.95)
    made = planned(one, replace(subject(), name="other"), changes=[0.1])
    assert made.behaviors[0].outlooks[0].truth == "impossible"
    assert made.behaviors[0].outlooks[0].coupled is None
    assert made.totals[0].coupled == made.behaviors[1].outlooks[0].coupled.cost


def test_violated_is_harder_in_a_family_and_holds_is_not():
    few = planned(subject(), changes=[-0.15, 0.0])
    others = [replace(subject(), name=str(number)) for number in range(20)]
    many = planned(*others, changes=[-0.15, 0.0])
    pairs = [[seen.coupled.expected for seen in p.behaviors[0].outlooks] for p in (few, many)]
    assert pairs[1][0] > 1.3 * pairs[0][0]
    assert pairs[1][1] == pairs[0][1]
    # a behavior that weighs more needs less
    heavy = planned(replace(others[0], weight=20.0), *others[1:], changes=[-0.15])
    assert heavy.behaviors[0].outlooks[0].coupled.expected < pairs[1][0]
    # over releases a behavior needs what its stream allows its next test, whatever the family
    for level, name in ((0.05 / 21, "as in the family"), (1e-5, "late in a stream")):
        levels = dict.fromkeys((one.name for one in others), level)
        stream = planned(*others, changes=[-0.15], procedure=Procedure.E_LOND, levels=levels)
        expected = stream.behaviors[0].outlooks[0].coupled.expected
        assert (expected > 1.2 * pairs[1][0]) == (name == "late in a stream")


# --- costs


def test_nothing_known_a_completion_is_as_long_as_it_may_be():
    cost = outlook(subject(), 0.0).coupled.cost
    assert (cost.pairs, cost.tokens, cost.seconds) == (96, 96 * 2 * 4, None)
    contrast = outlook(subject(CONTRAST, margin=0.1), 0.0).coupled.cost
    assert (contrast.pairs, contrast.tokens) == (96, 96 * 4 * 4)
    one = outlook(subject(kind=Kind.AT_LEAST, margin=0.5), 0.3).coupled.cost
    assert one.tokens == one.pairs * 4


def test_measured_lengths_and_paces():
    history = History({subject().name: past([0.0] * 8)}, pace_a=0.01, pace_b=0.02)
    made = planned(subject(), history=history, changes=[0.0])
    cost = made.totals[0].coupled
    assert (cost.pairs, cost.tokens) == (96, 96 * 10)
    assert cost.seconds == pytest.approx(96 * (4 * 0.01 + 6 * 0.02))
    assert not made.same_pace
    found = made.behaviors[0]
    assert (found.measured_in, found.run_id, found.measured_tokens) == (8, "r1", True)


def test_an_unknown_pace_is_the_other_models():
    made = planned(subject(), history=History(pace_a=0.01), changes=[0.0])
    assert made.totals[0].coupled.seconds == pytest.approx(96 * 8 * 0.01)
    assert made.same_pace
    alone = subject(kind=Kind.AT_LEAST, margin=0.5, alone=True)
    made = planned(alone, history=History(pace_a=0.01), changes=[0.3])
    assert (made.pairing, made.same_pace) == ("single", False)


def test_completions_that_behaviors_share_are_paid_for_once():
    one, two = subject(), replace(subject(margin=0.1), name="two")
    apart = replace(subject([*WORDS, "we"]), name="apart")
    costs = [planned(*some, changes=[0.0]).totals[0].coupled for some in ([one], [one, two])]
    assert costs[0].tokens == costs[1].tokens
    assert costs[0].pairs < costs[1].pairs
    both = planned(one, apart, changes=[0.0]).totals[0].coupled
    assert both.tokens == 2 * costs[0].tokens


def test_how_the_models_will_pair():
    assert planned(subject()).pairing == "coupled"
    assert planned(subject(), history=History(pairing="independent")).pairing == "independent"
    assert planned(subject(), independent=True).pairing == "independent"


def test_a_total_for_each_supposed_change():
    made = planned(subject(), changes=[-0.1, 0.0])
    assert [total.supposed for total in made.totals] == [-0.1, 0.0]
    assert [total.supposed for total in planned(subject()).totals] == ["holds", "violated"]
    for place, total in enumerate(made.totals):
        assert total.coupled == made.behaviors[0].outlooks[place].coupled.cost


# --- against runs

ONE_CONTRAST = Words(["wa"], ["wb"])


def drawn(made, rate_a: float, rate_b: float, *, coupled: bool, runs: int = 50) -> float:
    """Mean pairs that the engine's rule draws: it looks at the end of each round."""
    rng = np.random.default_rng(7)
    of = subject_of("x", made, alone=False)
    ends = np.unique([round_end(pairs, 3000) for pairs in range(1, 3001)])
    taken = []
    for _ in range(runs):
        noise_a = rng.random((of.prompts, 3000))
        noise_b = noise_a if coupled else rng.random((of.prompts, 3000))
        change = (noise_b < rate_b).astype(float) - (noise_a < rate_a)
        evidence = Evidence(of.expectation, of.bounds)
        evidence.update(change[0] - (change[1] if of.prompts == 2 else 0.0))
        best = np.maximum(*evidence.path)[ends - 1]
        taken.append(int(ends[np.flatnonzero(best >= math.log(20))[0]]))
    return float(np.mean(taken))


@pytest.mark.parametrize(
    ("made", "rate_a", "rate_b"),
    [
        (behavior(["wa"], (Kind.NOT_WORSE, 0.1)), 0.5, 0.5),
        (behavior(["wa"], (Kind.NOT_WORSE, 0.05)), 0.7, 0.4),
        (behavior(["wa"], (Kind.UNCHANGED, 0.1)), 0.4, 0.7),
        (behavior(["wa"], (Kind.INCREASES, 0.1)), 0.3, 0.6),
        (behavior(ONE_CONTRAST, (Kind.NOT_WORSE, 0.2)), 0.5, 0.5),
    ],
)
@pytest.mark.parametrize("coupled", [True, False])
def test_the_plan_before_a_run_is_near_what_runs_take(made, rate_a, rate_b, coupled):
    """Rates that move one way give the fewest changes, and rates near 1/2 the widest spread."""
    of = subject_of("x", made, alone=False)
    seen = outlook(of, 0.0 if of.prompts == 2 else rate_b - rate_a)
    course = seen.coupled if coupled else seen.independent
    really = drawn(made, rate_a, rate_b, coupled=coupled)
    # measured over 80 runs: .98 to 1.32; the mean of 50 has a standard error of 5 to 9 %
    assert 0.75 * really < course.cost.pairs < 1.6 * really


def test_the_plan_before_a_run_is_near_what_the_engine_takes(compare):
    made = behavior(["wa"], (Kind.NOT_WORSE, 0.05))
    really = taken(compare, made, {"wa": 0.7}, {"wa": 0.5})
    of = subject_of("x", made, alone=False)
    assert 0.7 * really < outlook(of, -0.2).coupled.cost.pairs < 2.5 * really


def taken(compare, made, rates_a, rates_b, **store) -> float:
    """Mean pairs of 8 runs of the engine with other seeds, all of one verdict."""
    found = [
        compare({"x": made}, rates_a, rates_b, seed=seed, **store).behaviors[0] for seed in range(8)
    ]
    assert len({seen.verdict for seen in found}) == 1
    return float(np.mean([seen.pairs for seen in found]))


def test_the_plan_after_a_run_knows_the_churn(compare, tmp_path):
    """Prompts that change in opposite ways: no change on the whole, but much churn."""
    store = tmp_path / "kept.duckdb"
    made = behavior(["wa", "wb"], (Kind.NOT_WORSE, 0.1))
    rates = {"wa": 0.8, "wb": 0.2}, {"wa": 0.5, "wb": 0.5}
    really = taken(compare, made, *rates, store=store)
    of = subject_of("x", made, alone=False)
    wanted = Wanted(of.name, of.suite, of.behavior, made.scorer.name)
    history = read_history(store, [wanted], model_a="a", model_b="b")
    known = history.pasts["x"]
    assert known.pairing == "coupled"
    assert known.mean_a == pytest.approx(0.5, abs=0.12)
    before = outlook(of, 0.0).coupled.cost.pairs
    after = outlook(of, 0.0, known).coupled.cost.pairs
    assert before < really / 4
    assert really / 2 < after < 2 * really
    assert history.pace_a is not None
    assert outlook(of, 0.0, known).coupled.cost.tokens == 2 * after  # one token each


def test_relations_are_planned_in_their_own_range():
    made = replace(behavior(ONE_CONTRAST, (Kind.AT_MOST, 0.4)), relation=Relation.INVARIANCE)
    of = subject_of("x", made, alone=False)
    assert (tuple(of.bounds), tuple(of.scores), of.prompts) == ((0, 1), (0, 1), 2)
    # two independent answers of rate .9 differ with chance .18
    assert outlook(of, 0.18 - 0.4).coupled.variance == pytest.approx(0.18 * 0.82)
