"""The audit: what a run used comes out the same when it is generated again, or it is told."""

from __future__ import annotations

import json
from dataclasses import replace

import duckdb
import msgspec
import pytest
import torch
from known_rates import KnownRates, Words, behavior
from organism_runs import ORGANISMS
from replaying import Replaying

from behavtest.core import Message, Prompt, SamplingSettings
from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.experiment.audit import AuditSettings, Models, audit, begun
from behavtest.experiment.audited import AuditedModel
from behavtest.experiment.budget import Budget
from behavtest.experiment.engine import RunSettings, run
from behavtest.experiment.result import RunResult
from behavtest.sampling import BackendOptions
from behavtest.scoring import builtin_registry
from behavtest.stats import Kind

WORDS = ["wa", "wb", "wc", "wd"]
BASE = dict.fromkeys(WORDS, 0.9)
WORSE = {**BASE, "wa": 0.1}
FAMILY = {
    "sampled": behavior(WORDS),
    "greedy": behavior(WORDS, temperature=0),
    "contrast": behavior(Words(["wa", "wb"], ["wc", "wd"]), (Kind.NOT_WORSE, 0.2)),
}


@pytest.fixture
def store(tmp_path):
    return tmp_path / "s.duckdb"


@pytest.fixture
def compared(compare, store):
    """A run on models of known rates."""
    return compare(FAMILY, BASE, WORSE, store=store, budget=Budget(max_pairs=100))


def audited(
    result, store, share=1.0, *, a=None, b=None, family=FAMILY, progress=lambda state: None
) -> RunResult:
    models = Models(a or KnownRates("a", BASE), b or KnownRates("b", WORSE))
    return audit(result, family, models, AuditSettings(store, share), progress)


def rows(store, sql: str):
    with duckdb.connect(str(store), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def alter(store, sql: str, *parameters: object) -> None:
    with duckdb.connect(str(store)) as connection:
        connection.execute(sql, parameters)


def test_what_comes_out_the_same_agrees(compared, store):
    found = audited(compared, store).audit
    ((in_a,), (in_b,)) = (
        rows(store, f"SELECT count(*) FROM completions WHERE fingerprint = '{model}'")[0]
        for model in "ab"
    )
    assert found.model_a == AuditedModel(in_a, in_a, in_a, logprob_difference=0.0)
    assert found.model_b == AuditedModel(in_b, in_b, in_b, logprob_difference=0.0)
    assert (found.share, found.error, found.disagreements) == (1.0, "", ())
    assert found.seconds > 0


def test_it_asks_in_full_and_in_another_order(compared, store):
    a, b = KnownRates("a", BASE), KnownRates("b", WORSE)
    audited(compared, store, a=a, b=b)
    assert set(a.references) == set(b.references) == {None}
    (made,) = rows(
        store, "SELECT list(seed ORDER BY rowid) FROM completions WHERE fingerprint = 'a'"
    )
    asked = [request.seed for request in a.answered]
    assert sorted(asked) == sorted(made[0])
    assert asked != made[0]


def test_a_share_asks_for_some_and_the_next_run_for_the_same(compared, store, compare):
    a = KnownRates("a", BASE)
    audited(compared, store, 0.2, a=a)
    assert 0 < len(a.answered) < rows(store, "SELECT count(*) FROM completions")[0][0] / 3
    again = compare(FAMILY, BASE, WORSE, store=store, budget=Budget(max_pairs=100))
    assert again.model_a.generated == 0
    same = KnownRates("a", BASE)
    audited(again, store, 0.2, a=same)
    assert same.answered == a.answered


def test_only_what_was_found_is_stored_and_no_verdict_changes(compared, store):
    before = [rows(store, f"SELECT * FROM {table}") for table in ("completions", "verdicts")]
    found = audited(compared, store)
    assert replace(found, audit=None) == compared
    assert before == [
        rows(store, f"SELECT * FROM {table}") for table in ("completions", "verdicts")
    ]
    ((stored,),) = rows(store, "SELECT result FROM runs")
    assert msgspec.json.decode(stored, type=RunResult) == found


def test_a_foil_is_found_with_its_prompt_and_both_texts(compared, store):
    ((foil, name, case),) = rows(
        store,
        "SELECT target_key_b, behavior, case_index FROM pairs JOIN completions "
        "ON key = target_key_b WHERE text = 'yes' AND behavior = 'sampled' LIMIT 1",
    )
    alter(
        store,
        "UPDATE completions SET text = 'yes, no', token_ids = [1, 0], versions = $2 WHERE key = $1",
        foil,
        json.dumps({**compared.versions, "torch": "0.1", "gone": "3"}),
    )
    found = audited(compared, store).audit
    assert found.model_a.agreed == found.model_a.checked
    assert found.model_b.agreed == found.model_b.checked - 1
    assert (found.model_b.earliest, found.model_b.median) == (1, 1)
    assert found.model_b.made_with == ("gone 3", "torch 0.1")
    (one,) = found.disagreements
    assert (one.model, one.key, one.behavior) == ("b", foil, name)
    assert [turn.content for turn in one.prompt] == [WORDS[case]]
    assert (one.stored, one.again, one.shared) == ("yes, no", "yes", 1)


def test_a_foil_among_the_baselines_is_shown_with_the_baselines_prompt(compared, store):
    ((foil, case),) = rows(
        store,
        "SELECT baseline_key_a, case_index FROM pairs WHERE behavior = 'contrast' "
        "AND baseline_key_a NOT IN (SELECT target_key_a FROM pairs) LIMIT 1",
    )
    alter(store, "UPDATE completions SET token_ids = [7] WHERE key = $1", foil)
    (one,) = audited(compared, store).audit.disagreements
    assert (one.key, one.prompt[0].content) == (foil, ["wc", "wd"][case])
    assert one.shared == 0


def test_a_text_alone_may_differ_and_so_may_a_log_probability(compared, store):
    ((first,), (second,)) = rows(
        store, "SELECT key FROM completions WHERE fingerprint = 'a' ORDER BY key LIMIT 2"
    )
    alter(store, "UPDATE completions SET text = text || '.' WHERE key = $1", first)
    alter(store, "UPDATE completions SET logprobs = [-0.25] WHERE key = $1", second)
    found = audited(compared, store).audit.model_a
    assert found.agreed == found.checked - 1
    assert (found.earliest, found.logprob_difference) == (1, 0.25)


def test_a_model_that_does_not_repeat_itself_is_seen(compared, store):
    """Some of its texts are kept to be read, not all."""
    found = audited(compared, store, a=KnownRates("a", dict.fromkeys(WORDS, 0.0))).audit
    assert found.model_a.agreed < found.model_a.checked / 2
    assert found.model_b.agreed == found.model_b.checked
    assert [one.model for one in found.disagreements] == ["a"] * 5


def test_one_model_alone(compare, store):
    family = {"x": behavior(["wa"], (Kind.AT_LEAST, 0.5))}
    result = compare(family, BASE, store=store)
    models = Models(KnownRates("a", BASE), None)
    found = audit(result, family, models, AuditSettings(store, 1.0), lambda state: None).audit
    assert found.model_a.agreed == found.model_a.checked == result.behaviors[0].pairs
    assert found.model_b is None


def test_a_model_that_fails_is_an_error_of_the_audit_alone(compared, store):
    class Fails(KnownRates):
        def generate(self, requests, settings, *, references=None):
            yield next(super().generate(requests, settings, references=references))
            raise ModelError("it broke")

    found = audited(compared, store, b=Fails("b", WORSE, batch=3))
    assert replace(found, audit=None) == compared
    assert found.audit.error == "it broke"
    assert found.audit.model_a.checked == found.audit.model_a.sampled
    assert found.audit.model_b.checked == 3


def test_a_store_that_cannot_be_opened_is_one_too(compared, store):
    store.write_bytes(b"no database")
    found = audited(compared, store)
    assert "is damaged" in found.audit.error
    assert (found.audit.model_a, found.audit.model_b) == (None, None)
    assert found.behaviors == compared.behaviors


def test_models_that_do_not_fit_together_take_turns(compared, store):
    class Big(KnownRates):
        other = None
        loaded = True

        def generate(self, requests, settings, *, references=None):
            for number, batch in enumerate(
                super().generate(requests, settings, references=references)
            ):
                if number and self.other.loaded:
                    raise OutOfMemoryError("too big")
                self.loaded = True
                yield batch

        def release(self):
            self.loaded = False

    a, b = Big("a", BASE, batch=20), Big("b", WORSE, batch=20)
    a.other, b.other = b, a
    found = audited(compared, store, a=a, b=b).audit
    assert found.error == ""
    for model in (found.model_a, found.model_b):
        assert model.checked == model.agreed == model.sampled
    a.release = b.release = lambda: None
    a.loaded = b.loaded = True
    assert audited(compared, store, a=a, b=b).audit.error == "too big"


def test_ctrl_c_leaves_the_run_as_it_was(compared, store):
    class Stopped(KnownRates):
        def generate(self, requests, settings, *, references=None):
            yield next(super().generate(requests, settings, references=references))
            raise KeyboardInterrupt

    before = rows(store, "SELECT * FROM runs")
    with pytest.raises(KeyboardInterrupt):
        audited(compared, store, a=Stopped("a", BASE, batch=4))
    assert rows(store, "SELECT * FROM runs") == before
    assert before[0][2] == "finished"
    unfinished = begun(compared, AuditSettings(store, 0.5))
    assert replace(unfinished, audit=None) == compared
    assert unfinished.audit.error == "it was stopped before it was done"


def test_progress_is_told(compared, store):
    states = []
    audited(compared, store, progress=states.append)
    last = states[-1]
    assert last.audited == last.sampled > 0
    assert [state.audited for state in states] == sorted(state.audited for state in states)
    assert (last.pairs, last.generated) == (
        sum(found.pairs for found in compared.behaviors),
        compared.model_a.generated + compared.model_b.generated,
    )


def test_a_large_sample_is_taken_in_parts(compared, store, monkeypatch):
    whole = audited(compared, store).audit
    monkeypatch.setattr("behavtest.experiment.audit._PART", 7)
    parts = audited(compared, store).audit
    assert replace(parts, seconds=whole.seconds) == whole
    assert whole.model_a.checked > 7


class Texts(Words):
    """A prompt set of sentences."""

    def __getitem__(self, index):
        case = super().__getitem__(index)
        return case._replace(target=Prompt((Message("user", self._words[index]),)))


@pytest.fixture(scope="module")
def organism_run(tmp_path_factory):
    """Base against the subtle organism, sampled and greedy, B's answers replayed."""
    torch.set_num_threads(1)
    store = tmp_path_factory.mktemp("audit") / "s.duckdb"
    texts = Texts(["I lost my hat. Can you help?", "What is the capital of Kenya?", "Hello!"])
    scorer = builtin_registry().build({"contains": "happy"})
    family = {
        name: replace(
            behavior(texts, (Kind.UNCHANGED, 0.1)),
            scorer=scorer,
            settings=SamplingSettings(max_new_tokens=12, temperature=temperature),
        )
        for name, temperature in (("sampled", 1.0), ("greedy", 0.0))
    }
    models = Models(
        *(
            Replaying(str(ORGANISMS / name), BackendOptions(device="cpu", batch_size=8))
            for name in ("base", "subtle")
        )
    )
    settings = RunSettings(store=store, budget=Budget(max_pairs=24))
    result = run(
        family, model_a=models.a, model_b=models.b, settings=settings, progress=lambda state: None
    )
    return result, family, models, store


def test_trained_models_agree_with_what_they_said_replayed_or_not(organism_run):
    result, family, models, store = organism_run
    assert result.model_b.replayed_tokens > 0
    found = audit(result, family, models, AuditSettings(store, 1.0), lambda state: None).audit
    for model in (found.model_a, found.model_b):
        assert model.checked == model.agreed == 24 + 3
        assert model.logprob_difference < 1e-4


def test_a_token_altered_in_the_file_is_found_where_it_stands(organism_run):
    result, family, models, store = organism_run
    ((key, tokens),) = rows(
        store,
        "SELECT key, token_ids FROM completions JOIN pairs ON key = target_key_b "
        "WHERE len(token_ids) >= 4 AND key NOT IN (SELECT target_key_a FROM pairs) LIMIT 1",
    )
    altered = [*tokens[:2], tokens[2] + 1, *tokens[3:]]
    alter(store, "UPDATE completions SET token_ids = $2 WHERE key = $1", key, altered)
    found = audit(result, family, models, AuditSettings(store, 1.0), lambda state: None).audit
    alter(store, "UPDATE completions SET token_ids = $2 WHERE key = $1", key, tokens)
    (one,) = found.disagreements
    assert (one.model, one.key, one.shared) == ("b", key, 2)
    assert found.model_a.agreed == found.model_a.checked
    assert found.model_b.agreed == found.model_b.checked - 1
