"""A stored run scored again: what a run with that scorer would say of the same pairs."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from known_rates import KnownRates, Words, behavior

from behavtest.errors import SettingsError, StoreError
from behavtest.experiment.budget import Budget
from behavtest.experiment.engine import RunSettings, run
from behavtest.experiment.rescore import rescore
from behavtest.stats import Kind, Procedure
from behavtest.suite import Relation

RATES_A = {"wa": 0.9, "wb": 0.9, "wc": 0.5, "wd": 0.9}
RATES_B = {"wa": 0.86, "wb": 0.9, "wc": 0.5, "wd": 0.9}
NEVER = (Kind.UNCHANGED, 0.001)
"""Cannot be decided with 100 pairs, so that a run has the same pairs by any scorer."""
PAIRS = 100


class No:
    """The opposite of the scorer that the runs were made with."""

    name = "no"

    def __call__(self, completion) -> float:
        return float(completion.text == "no")


class Fails:
    name = "fails"

    def __call__(self, completion) -> float:
        raise ValueError("no such thing")


def family(scorer=None):
    contrast = Words(["wa", "wb"], ["wc", "wd"])
    return {
        "plain": behavior(["wa", "wb"], NEVER, scorer=scorer),
        "contrast": behavior(contrast, NEVER, scorer=scorer),
        "relation": replace(
            behavior(contrast, (Kind.NOT_HIGHER, 0.01), scorer=scorer),
            relation=Relation.INVARIANCE,
        ),
        "census": behavior([f"w{x}" for x in "abcd"], (Kind.NOT_WORSE, 0.3), temperature=0, scorer=scorer),
        "absolute": behavior(["wc"], (Kind.AT_LEAST, 0.5), scorer=scorer),
    }  # fmt: skip


def compare(store, claims, **settings):
    return run(
        claims,
        model_a=KnownRates("a", RATES_A),
        model_b=KnownRates("b", RATES_B),
        settings=RunSettings(store=store, budget=Budget(PAIRS), **settings),
        progress=lambda state: None,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("rescored") / "s.duckdb"
    compare(path, family())
    return path


def told(result):
    """What a result says of its behaviors, but for why sampling stopped and what was shown when."""
    return [
        replace(found, stop="max_pairs", ledger=None, forecast=None) for found in result.behaviors
    ]


def test_it_says_what_a_run_with_the_new_scorer_says(store, tmp_path):
    """The oracle is a run that generates for itself: same seed, same pairs, every number equal."""
    claims = family(No())
    fresh = compare(tmp_path / "other.duckdb", claims)
    again = rescore(store, "last", claims)
    assert not again.left_out
    same = {found.name for found in fresh.behaviors if found.pairs == PAIRS or found.exact}
    assert {"plain", "contrast", "census"} <= same
    for ours, theirs in zip(told(again.result), told(fresh), strict=True):
        if theirs.name in same:
            assert ours == theirs


def test_the_scorer_it_was_made_with_changes_nothing(store):
    with duckdb.connect(store, read_only=True) as connection:
        rows = connection.execute("SELECT behavior, verdict, e_holds FROM verdicts").fetchall()
    again = rescore(store, "last", family()).result
    assert sorted((x.name, x.verdict, x.e_holds) for x in again.behaviors) == sorted(rows)


def test_nothing_is_generated_and_nothing_written(store):
    before = store.read_bytes()
    result = rescore(store, "last", family(No())).result
    assert store.read_bytes() == before
    assert (result.model_a.generated, result.model_b.generated) == (0, 0)
    with duckdb.connect(store, read_only=True) as connection:
        (stored,) = connection.execute("SELECT count(*) FROM completions").fetchone()
    assert 0 < result.model_a.reused + result.model_b.reused <= stored


def test_another_expectation_alpha_and_procedure(store):
    lax = {"plain": behavior(["wa", "wb"], (Kind.NOT_WORSE, 0.9), scorer=No())}
    result = rescore(store, "last", lax, alpha=0.2, procedure=Procedure.E_BH).result
    assert [found.verdict for found in result.behaviors] == ["holds"]
    assert (result.alpha, result.procedure) == (0.2, "e-bh")


def test_one_model_of_two_is_enough_for_an_absolute_expectation(store):
    """The run compared; today's claim is about B alone, whose rate of "no" is .12."""
    claim = {"plain": behavior(["wa", "wb"], (Kind.AT_MOST, 0.9), scorer=No())}
    (found,) = rescore(store, "last", claim).result.behaviors
    assert found.verdict == "holds"
    assert found.mean_a is None
    assert found.mean_b == pytest.approx(0.12, abs=0.12)


def test_a_failing_scorer_is_an_error_of_its_behavior_alone(store):
    claims = {
        "plain": behavior(["wa", "wb"], NEVER, scorer=Fails()),
        "contrast": family()["contrast"],
    }
    failed, well = rescore(store, "last", claims).result.behaviors
    assert (failed.verdict, failed.stop) == ("error", "error")
    assert "no such thing" in failed.error
    assert well.verdict == "inconclusive"


UNSCORABLE = {
    "prompts have changed": {"plain": behavior(["wa", "wd", "wb"], NEVER)},
    "sampled otherwise": {"plain": behavior(["wa", "wb"], NEVER, temperature=0.5)},
    "has no pairs of it": {"another": behavior(["wa", "wb"], NEVER)},
    "is about a change": {"absolute": behavior(["wc"], NEVER)},
}


@pytest.mark.parametrize("reason", UNSCORABLE)
def test_what_the_completions_cannot_tell_is_left_out_with_the_reason(store, reason):
    claims = {**UNSCORABLE[reason], "contrast": family()["contrast"]}
    again = rescore(store, "last", claims)
    assert [found.name for found in again.result.behaviors] == ["contrast"]
    assert [reason in left.reason for left in again.left_out] == [True]
    with pytest.raises(SettingsError, match=f"can be scored again.*{reason}"):
        rescore(store, "last", UNSCORABLE[reason])


def test_a_scorer_that_chose_the_prompts_cannot_be_replaced(tmp_path):
    store = tmp_path / "s.duckdb"
    compare(store, {"plain": behavior(["wa", "wb"], NEVER)}, active=True)
    with pytest.raises(SettingsError, match="chosen by what the earlier scorer had shown"):
        rescore(store, "last", {"plain": behavior(["wa", "wb"], NEVER, scorer=No())})


def test_a_stream_has_no_level_for_another_scorer(store):
    with pytest.raises(SettingsError, match="another scorer is another test"):
        rescore(store, "last", family(), procedure=Procedure.E_LOND)


def test_completions_that_were_deleted_are_missed(store, tmp_path):
    copy = tmp_path / "s.duckdb"
    copy.write_bytes(store.read_bytes())
    with duckdb.connect(copy) as connection:
        connection.execute("DELETE FROM completions WHERE key = (SELECT min(key) FROM completions)")
    with pytest.raises(StoreError, match="missing from the store"):
        rescore(copy, "last", family())
