"""Runs in the ledger: which test of which stream a behavior is, at which level, and what stands."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from known_rates import KnownRates, Words, behavior

from behavtest.core import SamplingSettings
from behavtest.errors import ScoreError
from behavtest.experiment.budget import Budget
from behavtest.experiment.ledger import Comparison, enter, next_level
from behavtest.experiment.trial import Trial
from behavtest.stats import Kind, Procedure
from behavtest.store import LedgerStore, Lineage, open_store
from behavtest.store.schema import LEDGER
from behavtest.suite import Relation

WORDS = ["wa", "wb"]
BASE = dict.fromkeys(WORDS, 0.9)
WORSE = dict.fromkeys(WORDS, 0.1)
UNDECIDED = (Kind.UNCHANGED, 0.001)
"""An expectation that 100 pairs cannot decide where nothing changed."""
STREAMS = [procedure for procedure in Procedure if procedure.stream]


def level(test: int, alarms: int, alpha: float = 0.05) -> float:
    """e-LOND's level, from the formula: alpha gamma_t (alarms + 1)."""
    gamma = 0.07720838 * math.log(max(test, 2)) / (test * math.exp(math.sqrt(math.log(test))))
    return alpha * gamma * (alarms + 1)


def named(name: str, words=WORDS, expectation=(Kind.NOT_WORSE, 0.1), **settings):
    return replace(behavior(words, expectation, **settings), id=name)


# The ledger alone: trials whose evidence is fed by hand, and a table in memory.


@pytest.fixture
def ledger():
    with duckdb.connect() as connection:
        connection.execute(LEDGER)
        yield LedgerStore(connection)


def comparison(release: str = "b", **changes) -> Comparison:
    usual = {
        "run_id": f"run-{release}",
        "started": "2026-01-01T00:00:00+00:00",
        "identity_a": "a",
        "identity_b": release,
        "model_b": f"models/{release}",
        "seed": 0,
    }
    return Comparison(**{**usual, **changes})


def trial(values=(), claim=None, *, name: str | None = None, active: bool = False) -> Trial:
    claim = claim or named("x")
    made = Trial(name or f"s.behav.yaml::{claim.id}", claim, seed=0, active=active)
    if len(values):
        made.evidence.update(values)
    return made


def record(ledger, trials, compared, procedure="e-lond", alpha=0.05):
    stream = enter(trials, compared, ledger, procedure=procedure, alpha=alpha)
    ledger.record(stream.entries(trials, compared))
    return stream


LOSS = -np.ones(20)
"""E-values beyond every level of a few tests."""
GAIN = np.ones(20)


def test_the_first_test_has_the_first_level(ledger):
    tested = trial(LOSS)
    stream = record(ledger, [tested], comparison())
    (entry,) = ledger.entries()
    assert entry._asdict() == {
        "suite": "s",
        "behavior": "x",
        "procedure": "e-lond",
        "alpha": 0.05,
        "test": 1,
        "release": stream.standings[tested.name].release,
        "run_id": "run-b",
        "started": "2026-01-01T00:00:00+00:00",
        "model_b": "models/b",
        "value": tested.evidence.e_violated,
        "level": pytest.approx(level(1, 0), rel=1e-12),
        "alarm": True,
        "pairs": 20,
    }
    assert 1 / entry.level == pytest.approx(373.714626)  # V6 of the external vectors, halved alpha


def test_levels_follow_from_the_alarms_before(ledger):
    alarms = [True, False, False, True, True, False, False]
    for number, alarm in enumerate(alarms):
        record(ledger, [trial(LOSS if alarm else GAIN)], comparison(f"b{number}"))
    entries = ledger.entries()
    assert [entry.test for entry in entries] == [*range(1, 8)]
    assert [entry.alarm for entry in entries] == alarms
    assert [entry.level for entry in entries] == pytest.approx(
        [level(number + 1, sum(alarms[:number])) for number in range(7)], rel=1e-12
    )
    assert next_level(entries) == pytest.approx(level(8, 3), rel=1e-12)


@pytest.mark.parametrize("procedure", STREAMS)
def test_every_stream_is_resumed_as_if_it_had_never_stopped(ledger, procedure):
    from behavtest.stats.online import open_stream

    unbroken = open_stream(procedure, alpha=0.05)
    generator = np.random.default_rng(3)
    for number in range(12):
        chances = [0.3, 0.4, 0.3] if number % 3 else [0.96, 0.02, 0.02]
        tested = trial(generator.choice([-1.0, 0.0, 0.5], 20, p=chances))
        stream = record(ledger, [tested], comparison(f"b{number}"), procedure)
        decision = unbroken.test(stream.value(tested.evidence))
        entry = ledger.entries()[-1]
        assert (entry.alarm, entry.level) == decision
        assert stream.levels == {tested.name: decision.level}
    assert 0 < sum(entry.alarm for entry in ledger.entries()) < 12


def test_each_behavior_has_a_stream_of_its_own(ledger):
    x, y = named("x"), named("y")
    record(ledger, [trial(LOSS, x), trial(GAIN, y)], comparison("b1"))
    record(ledger, [trial(GAIN, x)], comparison("b2"))  # y is not selected
    record(ledger, [trial(GAIN, x), trial(GAIN, y)], comparison("b3"))
    streams = ledger.streams(procedure="e-lond", alpha=0.05)
    levels = {lineage.behavior: [e.level for e in tests] for lineage, tests in streams.items()}
    assert levels["x"] == pytest.approx([level(1, 0), level(2, 1), level(3, 1)])
    assert levels["y"] == pytest.approx([level(1, 0), level(2, 0)])


def test_another_alpha_and_another_procedure_are_other_streams(ledger):
    record(ledger, [trial(GAIN)], comparison("b1"))
    for procedure, alpha in [("e-lond", 0.1), ("lond", 0.05), ("lord++", 0.05)]:
        stream = record(ledger, [trial(GAIN)], comparison("b2"), procedure, alpha)
        assert [standing.test for standing in stream.standings.values()] == [1]
    assert len(ledger.entries()) == 4


# What is the same test, and what is another.


def test_the_same_release_is_the_same_test_and_needs_nothing_written(ledger):
    record(ledger, [trial(GAIN)], comparison("b1"))
    again = trial(GAIN)
    stream = enter([again], comparison("b1"), ledger, procedure="e-lond", alpha=0.05)
    assert stream.standings[again.name].test == 1
    assert stream.entries([again], comparison("b1", run_id="later")) == []


def test_the_last_test_is_followed_further_at_its_own_level(ledger):
    record(ledger, [trial(GAIN)], comparison("b1"))
    record(ledger, [trial(GAIN[:10])], comparison("b2"))
    before = ledger.entries()
    longer = np.concatenate([GAIN[:10], LOSS, LOSS, LOSS])
    record(ledger, [trial(longer)], comparison("b2", run_id="later"))
    first, second = ledger.entries()
    assert first == before[0]
    assert (second.run_id, second.pairs, second.alarm) == ("later", 70, True)
    assert second.level == before[1].level
    assert second.value == trial(longer).evidence.e_violated


def test_nobody_goes_back_to_where_the_evidence_was_greatest(ledger):
    """E at a pair chosen after a look at later ones has no bound on its expectation."""
    there_and_back = np.concatenate([LOSS, GAIN, GAIN])
    record(ledger, [trial(there_and_back)], comparison())
    before = ledger.entries()
    assert not before[0].alarm
    stream = record(ledger, [trial(there_and_back[:20])], comparison(run_id="shorter"))
    assert trial(there_and_back[:20]).evidence.e_violated >= 1 / before[0].level
    assert ledger.entries() == before
    assert not stream.alarm(trial(there_and_back[:20]))


def test_no_alarm_is_taken_back(ledger):
    record(ledger, [trial(LOSS)], comparison())
    before = ledger.entries()
    assert before[0].alarm
    longer = trial(np.concatenate([LOSS, GAIN, GAIN]))
    stream = record(ledger, [longer], comparison(run_id="longer"))
    assert longer.evidence.e_violated < 1 / before[0].level
    assert ledger.entries() == before
    assert stream.alarm(longer)


def test_a_test_that_later_ones_build_on_stands(ledger):
    record(ledger, [trial(GAIN)], comparison("b1"))
    record(ledger, [trial(GAIN)], comparison("b2"))
    before = ledger.entries()
    longer = trial(np.concatenate([GAIN, LOSS, LOSS, LOSS]))
    stream = record(ledger, [longer], comparison("b1", run_id="late"))
    assert stream.standings[longer.name].test == 1
    assert stream.standings[longer.name].level == before[0].level
    assert ledger.entries() == before
    assert not stream.alarm(longer)
    # What it showed does not help the next release either.
    stream = record(ledger, [trial(GAIN)], comparison("b3"))
    assert [*stream.levels.values()] == pytest.approx([level(3, 0)])


BEHAVIOR = named("x")
CONTRAST = named("x", Words(WORDS, ["wc", "wd"]))


def changed(**changes):
    return replace(BEHAVIOR, **changes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (BEHAVIOR, named("x", expectation=(Kind.NOT_WORSE, 0.2))),
        (BEHAVIOR, named("x", expectation=(Kind.NOT_HIGHER, 0.1))),
        (BEHAVIOR, named("x", ["wa"])),
        (BEHAVIOR, changed(scorer=SimpleNamespace(name="other"))),
        (BEHAVIOR, changed(settings=SamplingSettings(max_new_tokens=5))),
        (BEHAVIOR, changed(settings=SamplingSettings(max_new_tokens=4, temperature=0.5))),
        (CONTRAST, replace(CONTRAST, relation=Relation.INVARIANCE)),
    ],
    ids=["tolerance", "kind", "prompts", "scorer", "length", "temperature", "relation"],
)
def test_another_definition_is_another_test(ledger, first, second):
    record(ledger, [trial(GAIN, first)], comparison())
    stream = record(ledger, [trial(GAIN, second)], comparison())
    assert [standing.test for standing in stream.standings.values()] == [2]


@pytest.mark.parametrize(
    "changes",
    [{"identity_a": "a2"}, {"identity_b": "b2"}, {"seed": 1}, {"independent": True}],
    ids=lambda changes: next(iter(changes)),
)
def test_another_comparison_is_another_test(ledger, changes):
    record(ledger, [trial(GAIN)], comparison())
    stream = record(ledger, [trial(GAIN)], comparison(**changes))
    assert [standing.test for standing in stream.standings.values()] == [2]


def test_prompts_chosen_actively_are_another_draw(ledger):
    record(ledger, [trial(GAIN)], comparison())
    stream = record(ledger, [trial(active=True)], comparison())
    assert [standing.test for standing in stream.standings.values()] == [2]


def test_what_decides_no_observation_is_no_other_test(ledger):
    record(ledger, [trial(GAIN)], comparison())
    same = changed(weight=2.0, description="better said", tags=("safety",))
    moved = trial(GAIN, same, name="elsewhere/s.behav.yaml::x")
    compared = comparison(run_id="2", model_b="/another/path")
    stream = enter([moved], compared, ledger, procedure="e-lond", alpha=0.05)
    assert [standing.test for standing in stream.standings.values()] == [1]


def test_one_models_expectation_is_the_same_whatever_the_base(ledger):
    absolute = named("x", expectation=(Kind.AT_LEAST, 0.5))
    record(ledger, [trial(GAIN, absolute)], comparison(identity_a="b", identity_b=None))
    for compared in (comparison(), comparison(identity_a="other")):
        stream = record(ledger, [trial(GAIN, absolute)], compared)
        assert [standing.test for standing in stream.standings.values()] == [1]
    stream = record(ledger, [trial(GAIN, absolute)], comparison("b2"))
    assert [standing.test for standing in stream.standings.values()] == [2]


def test_what_was_not_measured_is_no_test(ledger):
    failed = trial(LOSS, named("x"))
    failed.error = "the scorer failed"
    stream = record(ledger, [failed, trial((), named("y"))], comparison("b1"))
    assert ledger.entries() == []
    assert not stream.alarm(failed)
    # It used up no level, and is no release that stands.
    stream = record(ledger, [trial(GAIN), trial(GAIN, named("y"))], comparison("b2"))
    assert [*stream.levels.values()] == pytest.approx([level(1, 0)] * 2)


def test_two_files_that_name_a_behavior_alike_do_not_share_a_stream(ledger):
    claim = named("x")
    for number in (1, 2):
        trials = [
            trial(LOSS, claim, name="a/s.behav.yaml::x"),
            trial(GAIN, claim, name="b/s.behav.yaml::x"),
        ]
        record(ledger, trials, comparison(f"b{number}"))
    streams = ledger.streams(procedure="e-lond", alpha=0.05)
    assert {lineage: [e.alarm for e in tests] for lineage, tests in streams.items()} == {
        Lineage("s", "a/s.behav.yaml::x"): [True, True],
        Lineage("s", "b/s.behav.yaml::x"): [False, False],
    }


# Whole runs.


def entries(store):
    with open_store(store) as connection:
        return LedgerStore(connection).entries()


def test_every_run_enters_e_lond_whatever_declares_its_verdicts(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {"x": named("x"), "y": named("y", ["wb"])}
    result = compare(family, BASE, WORSE, store=store)
    found = entries(store)
    assert result.procedure == "closed-e-bh"
    assert [(e.behavior, e.procedure, e.test, e.alarm) for e in found] == [
        ("x", "e-lond", 1, True),
        ("y", "e-lond", 1, True),
    ]
    for entry, one in zip(found, result.behaviors, strict=True):
        assert (entry.value, entry.pairs) == (one.e_violated, one.pairs)
        assert (entry.run_id, entry.model_b) == (result.run_id, "b")
        note = one.ledger
        assert (note.procedure, note.test, note.level, note.alarm) == (
            "e-lond", 1, entry.level, True,
        )  # fmt: skip


@pytest.mark.parametrize("procedure", STREAMS)
def test_a_stream_decides_the_verdicts_at_its_levels(compare, tmp_path, procedure):
    store = tmp_path / "s.duckdb"
    family = {"worse": named("worse"), "same": named("same", expectation=UNDECIDED)}
    rates = {**BASE, "wc": 0.9}
    family["same"] = named("same", ["wc"], UNDECIDED)
    for release in range(3):
        b = KnownRates(f"b{release}", {**rates, **(WORSE if release else {})})
        result = compare(family, rates, b, store=store, procedure=procedure, budget=Budget(60))
        worse, same = result.behaviors
        assert (worse.verdict == "violated") == bool(release)
        assert same.verdict == "inconclusive"
        assert worse.ledger.procedure == procedure
        assert worse.enough == 1 / worse.ledger.level
    # Its own stream and e-LOND's, each with its own evidence.
    found = entries(store)
    assert {e.procedure for e in found} == {procedure, Procedure.E_LOND}
    assert [e.alarm for e in found if e.procedure == procedure and e.behavior == "worse"] == [
        False, True, True,
    ]  # fmt: skip


def test_a_stream_can_ask_for_more_than_the_family_does(compare):
    """Between 1 / alpha and 1 / level: closed e-BH stops at 20, e-LOND's first test goes on."""
    family = {"x": named("x", ["wa"], (Kind.NOT_WORSE, 0.05))}
    rates = {"wa": 0.9}, {"wa": 0.55}
    family_wise, stream_wise = (
        compare(family, *rates, procedure=procedure).behaviors[0]
        for procedure in (Procedure.CLOSED_E_BH, Procedure.E_LOND)
    )
    assert family_wise.verdict == stream_wise.verdict == "violated"
    assert 20 <= family_wise.e_violated < 1 / stream_wise.ledger.level <= stream_wise.e_violated
    assert family_wise.pairs < stream_wise.pairs
    assert not family_wise.ledger.alarm
    assert stream_wise.ledger.alarm


def test_a_rerun_with_a_larger_budget_follows_the_same_test(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {"x": named("x", expectation=UNDECIDED)}
    runs = [
        compare(family, BASE, BASE | {"wc": 0}, store=store, budget=Budget(most))
        for most in (40, 80, 30)
    ]
    (entry,) = entries(store)
    assert (entry.test, entry.pairs, entry.run_id) == (1, 80, runs[1].run_id)
    assert {run.behaviors[0].ledger.level for run in runs} == {entry.level}


def test_a_model_against_itself_is_no_release(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    a = KnownRates("same", BASE)
    compare({"x": named("x")}, a, KnownRates("same", BASE), store=store)
    compare({"x": named("x")}, a, KnownRates("same", BASE), store=store, procedure=Procedure.LOND)
    assert entries(store) == []


def test_one_model_alone_is_a_release_under_its_own_name(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    compare({"x": named("x", expectation=(Kind.AT_LEAST, 0.5))}, BASE, store=store)
    assert [(e.model_b, e.test) for e in entries(store)] == [("a", 1)]


class Fails:
    name = "fails"

    def __call__(self, completion):
        raise ScoreError("cannot score this")


def test_a_run_enters_what_it_measured_alone(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {"fails": named("fails", scorer=Fails()), "fine": named("fine")}
    compare(family, BASE, WORSE, store=store)
    assert [e.behavior for e in entries(store)] == ["fine"]
    compare(family, BASE, KnownRates("b2", WORSE), store=store, budget=Budget(seconds=0))
    assert [e.behavior for e in entries(store)] == ["fine"]


def test_a_run_that_was_stopped_enters_nothing(compare, tmp_path):
    class Stopped(KnownRates):
        def generate(self, requests, settings, *, references=None):
            raise KeyboardInterrupt

    store = tmp_path / "s.duckdb"
    with pytest.raises(KeyboardInterrupt):
        compare({"x": named("x")}, BASE, Stopped("b", WORSE), store=store)
    assert entries(store) == []


# A year.


@pytest.mark.slow
def test_a_year_of_nightly_releases(ledger):
    """Over 365 releases of 12 behaviors at alpha = .5, the share of false alarms is as promised.

    The nulls are at the boundary of what e-values may do: E is 1 / level with probability level,
    so E[E] = 1, and each stream's alarms exclude one another, the worst dependence there is, so
    that P(an alarm) is the sum of the levels: .5 (gamma_1 + ... + gamma_365) = .1303. The draws
    are stratified over the behaviors, so the share that is measured is within 1 / 12 of it.
    """
    behaviors, alpha, change = 12, 0.5, 200
    draws = (np.arange(behaviors) + 0.5) / behaviors
    spent = np.zeros(behaviors)
    tests = [
        SimpleNamespace(
            name=f"null{number}",
            behavior=named(f"null{number}"),
            pairs=100,
            error=None,
            evidence=SimpleNamespace(weighted=False, e_violated=0.0),
        )
        for number in range(behaviors)
    ]
    changed = SimpleNamespace(**{**vars(tests[0]), "name": "changed", "behavior": named("changed")})
    changed.evidence = SimpleNamespace(weighted=False, e_violated=0.5)
    for release in range(365):
        compared = comparison(f"b{release}")
        family = [*tests, changed]
        stream = enter(family, compared, ledger, procedure="e-lond", alpha=alpha)
        for number, tested in enumerate(tests):
            granted = stream.levels[tested.name]
            hit = spent[number] <= draws[number] < spent[number] + granted
            tested.evidence.e_violated = 1 / granted if hit else 0.0
            spent[number] += granted
        changed.evidence.e_violated = 1e5 if release >= change else 0.5
        ledger.record(stream.entries(family, compared))
    streams = ledger.streams(procedure="e-lond", alpha=alpha)
    alarms = {lineage.behavior: [e.alarm for e in found] for lineage, found in streams.items()}
    assert [alarm.index(True) for alarm in [alarms.pop("changed")]] == [change]
    # Every alarm of a null stream is false, so its share is 0 or 1.
    share = np.mean([any(found) for found in alarms.values()])
    assert share <= alpha
    assert share == pytest.approx(0.1303, abs=1 / behaviors)
    # What makes it so: no stream ever grants more than alpha for each alarm and one more.
    for found in streams.values():
        assert len(found) == 365
        assert sum(e.level for e in found) <= alpha * (1 + sum(e.alarm for e in found))
