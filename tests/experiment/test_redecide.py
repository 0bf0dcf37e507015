"""A stored run decided again: the same numbers from the same rules, the right ones from others."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_rates import KnownRates, Words, behavior

from behavtest.errors import ScoreError, SettingsError, StoreError
from behavtest.experiment.budget import Budget
from behavtest.experiment.engine import RunSettings, run
from behavtest.experiment.family import Member, Rule, decisions
from behavtest.experiment.redecide import Changes, redecide
from behavtest.experiment.result import RunResult
from behavtest.stats import Bounds, Evidence, Expectation, Kind, Procedure
from behavtest.stats.weighted import Weights
from behavtest.suite import Relation

FAMILIES = [procedure for procedure in Procedure if not procedure.stream]
STREAMS = [procedure for procedure in Procedure if procedure.stream]
CENSUS = [f"g{number}" for number in range(20)]
LONG = [f"l{number}" for number in range(200)]
RATES_A = {**dict.fromkeys(["wa", "wb", "wc", "wd"], 0.9), **dict.fromkeys(CENSUS + LONG, 0.9)}
RATES_B = {**RATES_A, "wa": 0.1, "wb": 0.6, "g0": 0.1, "g1": 0.1, "l0": 0.1}
NEW_FIELDS = (
    "relation", "p_violated", "enough", "without_replacement", "weighted", "prior_weight", "ledger",
)  # fmt: skip
"""What a result did not have before it could be decided again."""


class FailsLate:
    """Scores a while, then fails: pairs are stored, but there is no verdict."""

    name = "fails late"

    def __init__(self) -> None:
        self.left = 80

    def __call__(self, completion) -> float:
        self.left -= 1
        if self.left < 0:
            raise ScoreError("cannot score this")
        return float(completion.text == "yes")


class Fails:
    name = "fails"

    def __call__(self, completion) -> float:
        raise ScoreError("cannot score this")


def everything():
    """One behavior of every sort, in every state a run leaves it."""
    contrast = Words(["wa", "wb"], ["wc", "wd"])
    return {
        "worse": behavior(["wa"]),
        "near": behavior(["wb"], (Kind.NOT_WORSE, 0.25)),
        "same": behavior(["wc"]),
        "undecided": behavior(["wc", "wd"], (Kind.UNCHANGED, 0.001)),
        "higher": behavior(["wc"], (Kind.NOT_HIGHER, 0.2)),
        "intended": behavior(["wa"], (Kind.DECREASES, 0.3)),
        "unintended": behavior(["wc"], (Kind.INCREASES, 0.3)),
        "least": behavior(["wb"], (Kind.AT_LEAST, 0.5)),
        "most": behavior(["wb"], (Kind.AT_MOST, 0.5)),
        "census": behavior(CENSUS, (Kind.NOT_WORSE, 0.05), temperature=0),
        "tie": behavior(CENSUS, (Kind.NOT_WORSE, 0.1), temperature=0),
        "partial": behavior(LONG, (Kind.UNCHANGED, 0.005), temperature=0),
        "contrast": behavior(contrast, (Kind.NOT_WORSE, 0.2)),
        "relation": replace(
            behavior(contrast, (Kind.NOT_HIGHER, 0.2)), relation=Relation.INVARIANCE
        ),
        "weighty": replace(behavior(["wb"]), weight=3.0),
        "fails": behavior(["wa"], scorer=Fails()),
        "fails late": behavior(["wd"], (Kind.UNCHANGED, 0.001), scorer=FailsLate()),
    }


def decided(store, family=None, rates_b=RATES_B, *, budget=None, **settings) -> RunResult:
    """Run everything, in a store."""
    return run(
        everything() if family is None else family,
        model_a=KnownRates("a", RATES_A),
        model_b=None if rates_b is None else KnownRates("b", rates_b),
        settings=RunSettings(store=store, budget=budget or Budget(150), **settings),
        progress=lambda state: None,
    )


class Past(NamedTuple):
    """A run that was, and its store, which is only read."""

    result: RunResult
    store: Path


@pytest.fixture(scope="module", params=[False, True], ids=["uniform", "active"])
def either(request, tmp_path_factory) -> Past:
    """A run with prompts drawn uniformly, and one with prompts chosen actively."""
    store = tmp_path_factory.mktemp("either") / "s.duckdb"
    return Past(decided(store, active=request.param), store)


@pytest.fixture(scope="module")
def past(tmp_path_factory) -> Past:
    """An ordinary run."""
    store = tmp_path_factory.mktemp("past") / "s.duckdb"
    return Past(decided(store), store)


@pytest.fixture
def spoilt(past, tmp_path) -> Past:
    """An ordinary run, to be spoilt."""
    return past._replace(store=shutil.copy(past.store, tmp_path / "s.duckdb"))


@pytest.fixture
def store(tmp_path) -> Path:
    """A store that is not there yet."""
    return tmp_path / "s.duckdb"


def by_name(result):
    return {found.name: found for found in result.behaviors}


def rewrite(store, change):
    """Change the stored result of the only run."""
    with duckdb.connect(str(store)) as connection:
        (text,) = connection.execute("SELECT result FROM runs").fetchone()
        document = json.loads(text)
        change(document)
        connection.execute("UPDATE runs SET result = $1", [json.dumps(document)])


def test_the_same_rule_gives_the_same_result_to_the_last_bit(either):
    result, store = either
    # All states are there, or this shows less than it should.
    assert {found.verdict for found in result.behaviors} == {
        "holds", "violated", "inconclusive", "error",
    }  # fmt: skip
    found = by_name(result)
    assert found["census"].exact
    assert not found["partial"].exact
    assert found["fails late"].pairs
    assert not found["fails"].pairs
    assert redecide(store, "last", Changes()) == result
    named = Changes(alpha=0.05, procedure=Procedure.CLOSED_E_BH)
    assert redecide(store, result.run_id[:6], named) == result


@pytest.mark.parametrize("procedure", [*FAMILIES[1:], *STREAMS])
def test_every_procedure_decides_again_as_it_did(store, procedure):
    family = {name: everything()[name] for name in ("worse", "same", "undecided", "tie", "fails")}
    result = decided(store, family, procedure=procedure)
    assert redecide(store, "last", Changes()) == result


def test_behaviors_without_a_pair(store):
    result = decided(store, budget=Budget(seconds=0))
    assert {found.pairs for found in result.behaviors} == {0}
    assert redecide(store, "last", Changes()) == result


def test_a_run_of_one_model(store):
    result = decided(store, {"least": behavior(["wb"], (Kind.AT_LEAST, 0.5))}, None)
    assert redecide(store, "last", Changes()) == result


def test_nothing_is_written(past):
    store = past.store
    query = "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM pairs), (SELECT count(*) FROM ledger), (SELECT result FROM runs)"
    with duckdb.connect(str(store), read_only=True) as connection:
        before = connection.execute(query).fetchone()
    redecide(store, "last", Changes(alpha=0.2, tolerance=0.3, procedure=Procedure.BY))
    with duckdb.connect(str(store), read_only=True) as connection:
        assert connection.execute(query).fetchone() == before


@pytest.mark.parametrize("procedure", FAMILIES)
def test_another_procedure_and_alpha_decide_on_the_evidence_there_is(past, procedure):
    """The e-values are those of the run; the sets and the bars are the other rule's."""
    result, store = past
    again = redecide(store, "last", Changes(alpha=0.2, procedure=procedure))
    assert (again.alpha, again.procedure) == (0.2, procedure)
    members = [
        Member(found.name, None if found.error else evidence(found, store), found.prior_weight)
        for found in result.behaviors
    ]
    rule = Rule(0.2, procedure)
    verdicts = decisions(members, rule)
    for before, after, member in zip(result.behaviors, again.behaviors, members, strict=True):
        assert after.e_violated == before.e_violated
        assert after.e_holds == before.e_holds
        assert after.p_violated == before.p_violated
        assert after.enough == rule.enough(member, members)
        assert after.verdict == ("error" if before.error else verdicts[before.name].value)
        assert after.ledger == before.ledger
        if after.interval is not None and not after.exact:
            assert after.interval.level == pytest.approx(0.6)
            # A smaller demand gives a narrower interval.
            assert after.interval.lower >= before.interval.lower
            assert after.interval.upper <= before.interval.upper


def evidence(found, store, tolerance=None):
    """Build a behavior's evidence anew from the rows of the store."""
    with duckdb.connect(str(store), read_only=True) as connection:
        rows = connection.execute(
            "SELECT value, weight, greatest_weight FROM pairs WHERE behavior = $1 ORDER BY pair",
            [found.name],
        ).fetchall()
    margin = found.margin
    if tolerance is not None and found.expectation in {"not_worse", "not_higher", "unchanged"}:
        margin = tolerance
    fresh = Evidence(
        Expectation(Kind(found.expectation), margin),
        Bounds(found.range_lower, found.range_upper),
        population=found.population if found.without_replacement else None,
        weighted=found.weighted,
    )
    for part in (rows[:7], rows[7:]):  # not as the run's rounds were
        columns = np.array(part).reshape(-1, 3).T
        fresh.update(columns[0], Weights(*columns[1:]) if found.weighted else None)
    return fresh


@pytest.mark.parametrize("tolerance", [0.0, 0.3])
def test_another_tolerance_is_fresh_evidence_on_the_same_values(either, tolerance):
    result, store = either
    again = by_name(redecide(store, "last", Changes(tolerance=tolerance)))
    for before in result.behaviors:
        after = again[before.name]
        fresh = evidence(before, store, tolerance)
        assert after.margin == fresh.expectation.margin
        assert after.pairs == fresh.pairs == before.pairs
        assert after.estimate == before.estimate
        assert after.e_holds == pytest.approx(fresh.e_holds, rel=1e-9)
        assert after.e_violated == pytest.approx(fresh.e_violated, rel=1e-9)
        assert after.p_violated == pytest.approx(fresh.p_violated, rel=1e-9)
        # The boundary is not the interval's business.
        assert after.interval == before.interval
        same = after.margin == before.margin
        assert (after.ledger == before.ledger) == (same or before.ledger is None)
        assert (after.statement == before.statement) == same
    assert again["least"].margin == 0.5
    assert again["intended"].margin == 0.3
    assert "mean distance from the baseline" in again["relation"].statement


def test_a_tolerance_moves_the_verdicts(past):
    store = past.store
    strict = by_name(redecide(store, "last", Changes(tolerance=0.0)))
    lax = by_name(redecide(store, "last", Changes(tolerance=0.95)))
    assert (
        strict["near"].verdict == strict["worse"].verdict == strict["census"].verdict == "violated"
    )
    for name in ("near", "census", "same", "undecided"):
        assert lax[name].verdict == "holds"
    # A census answers exactly at any tolerance, equality included.
    assert by_name(redecide(store, "last", Changes(tolerance=0.1)))["tie"].verdict == "holds"
    assert by_name(redecide(store, "last", Changes(tolerance=0.0999)))["tie"].verdict == "violated"


@pytest.mark.parametrize("tolerance", [1.0, 1.5, -0.1, float("nan"), float("inf")])
def test_a_tolerance_that_does_not_suit_names_the_behavior(past, tolerance):
    with pytest.raises(SettingsError, match="--tolerance does not suit worse: not_worse"):
        redecide(past.store, "last", Changes(tolerance=tolerance))


def test_a_wide_contrast_has_room_for_a_wider_tolerance(store):
    decided(store, {"x": behavior(Words(["wa"], ["wc"]))})
    (found,) = redecide(store, "last", Changes(tolerance=1.5)).behaviors
    assert (found.margin, found.verdict) == (1.5, "holds")


def test_a_tolerance_for_nothing_is_refused(store):
    decided(store, {"x": behavior(["wa"], (Kind.AT_LEAST, 0.5))})
    with pytest.raises(SettingsError, match=r"no behavior of the run has a tolerance.*at_least"):
        redecide(store, "last", Changes(tolerance=0.1))


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_an_alpha_that_is_none_is_refused(past, alpha):
    with pytest.raises(SettingsError, match="must be between 0 and 1"):
        redecide(past.store, "last", Changes(alpha=alpha))


def test_a_stream_decides_again_at_the_level_it_had(spoilt):
    """Every run takes part in e-LOND's stream, whatever decided it."""
    store = spoilt.store  # with an earlier release, so that the levels are not the first ones
    second = decided(store, seed=1)
    assert {found.ledger.test for found in second.behaviors if found.ledger} == {2}
    again = redecide(store, "last", Changes(procedure=Procedure.E_LOND))
    for before, after in zip(second.behaviors, again.behaviors, strict=True):
        if before.ledger:
            assert after.enough == 1 / before.ledger.level
            assert (after.verdict == "violated") == (before.e_violated >= 1 / before.ledger.level)


@pytest.mark.parametrize("procedure", STREAMS)
def test_a_stream_the_run_took_no_part_in_is_refused(store, procedure):
    mine = Procedure.LOND if procedure is not Procedure.LOND else Procedure.ADDIS
    decided(store, {"x": behavior(["wa"])}, procedure=mine)
    with pytest.raises(
        SettingsError, match=r"this run did not take part.*choose closed-e-bh, e-bh"
    ):
        redecide(store, "last", Changes(procedure=procedure))
    with pytest.raises(
        SettingsError, match=r"fixed at alpha 0.05, and there are none .* alpha 0.1"
    ):
        redecide(store, "last", Changes(alpha=0.1))
    # The way out is one.
    assert redecide(store, "last", Changes(alpha=0.1, procedure=Procedure.BY)).alpha == 0.1


def test_references(store):
    first, second = (decided(store, {"x": behavior(["wa"])}) for _ in range(2))
    assert redecide(store, "last", Changes()).run_id == second.run_id
    assert redecide(store, first.run_id, Changes()).run_id == first.run_id
    with pytest.raises(StoreError, match="no run begins with 'nope'"):
        redecide(store, "nope", Changes())


def test_a_result_from_before_it_could_be_decided_again(spoilt):
    """Its greedy prompt sets were drawn without replacement, though it does not say so."""
    result, store = spoilt

    def age(document):
        for found in document["behaviors"]:
            for name in NEW_FIELDS:
                del found[name]

    rewrite(store, age)
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE pairs SET weight = NULL, greatest_weight = NULL")
    again = redecide(store, "last", Changes())
    for before, after in zip(result.behaviors, again.behaviors, strict=True):
        if before.name not in {"relation", "weighty"}:  # which did not exist
            assert replace(after, ledger=before.ledger, relation=before.relation) == replace(
                before, enough=after.enough, forecast=after.forecast
            )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda run: run.pop("alpha"), "alpha"),
        (lambda run: run.update(procedure="of-tomorrow"), "of-tomorrow"),
        (lambda run: run["behaviors"][0].update(expectation="stranger"), "stranger"),
        (lambda run: run["behaviors"][0].update(relation="twins"), "twins"),
        (lambda run: run["behaviors"][0].update(range_lower=-0.5), "-0.5"),
        (lambda run: run["behaviors"][0].update(pairs=10_000), "of the 10000 pairs of worse"),
        (lambda run: run["behaviors"][0].update(verdict="splendid"), "splendid"),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_read_is_named(spoilt, change, what):
    result, store = spoilt
    rewrite(store, change)
    with pytest.raises(StoreError, match=what) as caught:
        redecide(store, "last", Changes())
    assert result.run_id in str(caught.value)
    assert str(store) in str(caught.value)


def test_pairs_that_are_gone_are_missed(spoilt):
    store = spoilt.store
    with duckdb.connect(str(store)) as connection:
        connection.execute("DELETE FROM pairs WHERE behavior = 'same'")
    with pytest.raises(StoreError, match=r"0 of the \d+ pairs of same are there"):
        redecide(store, "last", Changes())


@pytest.mark.parametrize(
    ("changes", "redecided"),
    [
        (Changes(), False),
        (Changes(alpha=0.05, procedure=Procedure.CLOSED_E_BH), False),
        (Changes(alpha=0.1), True),
        (Changes(tolerance=0.3), True),
        (Changes(procedure=Procedure.BH), True),
    ],
)
def test_other_rules_than_the_runs_own_are_told(past, changes, redecided):
    assert redecide(past.store, "last", changes).redecided == redecided


@given(
    values=st.lists(st.floats(-1, 1), min_size=1, max_size=30),
    kind=st.sampled_from([Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED]),
    tolerances=st.tuples(st.floats(0, 0.99), st.floats(0, 0.99)).map(sorted),
    way=st.sampled_from(["uniform", "census", "weighted"]),
)
@settings(max_examples=150)
def test_more_tolerance_never_speaks_against_holding(values, kind, tolerances, way):
    """What lets `holds` be read at a tolerance chosen afterwards; see `redecide`."""
    found = []
    for tolerance in tolerances:
        fresh = Evidence(
            Expectation(kind, tolerance),
            Bounds(-1, 1),
            population=len(values) + 1 if way == "census" else None,
            weighted=way == "weighted",
        )
        count = len(values)
        weights = Weights(np.linspace(0.6, 1.9, count), np.full(count, 2.0))
        path = fresh.update(values, weights if way == "weighted" else None)
        found.append(path)
    strict, lax = found
    slack = 1e-9
    assert (lax.log_e_holds >= strict.log_e_holds - slack).all()
    assert (lax.log_e_violated <= strict.log_e_violated + slack).all()
