"""The run against models whose true rates are known."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from known_rates import KnownRates, Words, behavior

from behavtest.core import Message, Prompt
from behavtest.errors import ModelError, OutOfMemoryError, ScoreError, SuiteError
from behavtest.experiment.budget import Budget
from behavtest.stats import Kind

WORDS = ["wa", "wb", "wc", "wd"]
BASE = dict.fromkeys(WORDS, 0.9)
SAME = dict(BASE)
WORSE = {**BASE, "wa": 0.1, "wb": 0.1}


def facts(result):
    """Everything in a result that must not depend on when, where or how often it ran."""
    return [replace(found, error=found.error) for found in result.behaviors], result.pairing


def test_no_change_holds_and_a_drop_is_violated(compare):
    family = {"same": behavior(["wc", "wd"]), "worse": behavior(["wa", "wb"])}
    same, worse = compare(family, BASE, WORSE).behaviors
    assert (same.verdict, same.stop, same.changed) == ("holds", "holds", 0)
    assert (worse.verdict, worse.stop) == ("violated", "violated")
    assert worse.interval.lower <= -0.8 <= worse.interval.upper
    assert worse.mean_a == pytest.approx(0.9, abs=0.2)
    assert worse.examples[0].value == -1
    assert worse.examples[0].target.text_a == "yes"
    assert worse.examples[0].target.text_b == "no"


@pytest.mark.parametrize(
    ("kind", "margin", "rate_b", "verdict"),
    [
        (Kind.NOT_WORSE, 0.1, 0.5, "holds"),
        (Kind.NOT_WORSE, 0.1, 0.9, "holds"),
        (Kind.NOT_WORSE, 0.1, 0.1, "violated"),
        (Kind.NOT_HIGHER, 0.1, 0.1, "holds"),
        (Kind.NOT_HIGHER, 0.1, 0.9, "violated"),
        (Kind.UNCHANGED, 0.1, 0.5, "holds"),
        (Kind.UNCHANGED, 0.1, 0.9, "violated"),
        (Kind.UNCHANGED, 0.1, 0.1, "violated"),
        (Kind.INCREASES, 0.2, 0.9, "holds"),
        (Kind.INCREASES, 0.2, 0.5, "violated"),
        (Kind.DECREASES, 0.2, 0.1, "holds"),
        (Kind.DECREASES, 0.2, 0.5, "violated"),
        (Kind.AT_LEAST, 0.3, 0.5, "holds"),
        (Kind.AT_LEAST, 0.3, 0.1, "violated"),
        (Kind.AT_MOST, 0.3, 0.1, "holds"),
        (Kind.AT_MOST, 0.3, 0.5, "violated"),
    ],
)
def test_every_expectation_agrees_with_the_truth(compare, kind, margin, rate_b, verdict):
    family = {"x": behavior(["wa"], (kind, margin))}
    (found,) = compare(family, {"wa": 0.5}, {"wa": rate_b}).behaviors
    assert found.verdict == verdict


class EncodingAhead(KnownRates):
    """Notes what it encodes ahead, and what it then has to encode alone."""

    def __init__(self, *args):
        super().__init__(*args)
        self.ahead = {}
        self.alone = []

    def encode_ahead(self, prompts):
        self.ahead |= {prompt: super(EncodingAhead, self).encode(prompt) for prompt in prompts}

    def encode(self, prompt):
        if prompt in self.ahead:
            return self.ahead[prompt]
        self.alone.append(prompt)
        return super().encode(prompt)


def test_a_backend_that_can_encodes_a_rounds_prompts_together(compare):
    words = Words(["wa", "wb"], ["wc", "wd"])
    family = {"x": behavior(words, (Kind.NOT_WORSE, 0.2))}
    a, b = EncodingAhead("a", BASE), EncodingAhead("b", WORSE)
    found = compare(family, a, b)
    for model in (a, b):
        assert {prompt.messages[-1].content for prompt in model.ahead} == set(WORDS)
        assert not {prompt.messages[-1].content for prompt in model.alone} & set(WORDS)
    assert facts(found) == facts(compare(family, BASE, WORSE))


def test_a_contrast_is_target_minus_baseline(compare):
    words = Words(["wa", "wb"], ["wc", "wd"])
    family = {"x": behavior(words, (Kind.NOT_WORSE, 0.2))}
    (found,) = compare(family, BASE, WORSE).behaviors
    assert found.verdict == "violated"
    assert (found.range_lower, found.range_upper) == (-2, 2)
    example = found.examples[0]
    assert example.baseline is not None
    assert example.baseline.prompt[0].content in {"wc", "wd"}


def test_greedy_decoding_is_a_census(compare):
    words = [f"w{number}" for number in range(20)]
    rates_b = {word: 0.1 if number < 3 else 0.9 for number, word in enumerate(words)}
    family = {
        "not_worse": behavior(words, (Kind.NOT_WORSE, 0.15), temperature=0),
        "worse": behavior(words, (Kind.NOT_WORSE, 0.14), temperature=0),
    }
    holds, violated = compare(family, dict.fromkeys(words, 0.9), rates_b).behaviors
    assert (holds.verdict, holds.exact, holds.pairs) == ("holds", True, 20)
    assert (violated.verdict, violated.exact, violated.stop) == ("violated", True, "census")
    assert violated.interval.lower == violated.interval.upper == -0.15
    assert violated.e_violated == 1e300


def test_one_model_runs_absolute_expectations(compare):
    family = {"x": behavior(["wa"], (Kind.AT_LEAST, 0.5))}
    result = compare(family, BASE)
    assert result.pairing == "single"
    assert result.model_b is None
    (found,) = result.behaviors
    assert (found.verdict, found.mean_b) == ("holds", None)
    assert found.mean_a == pytest.approx(0.9, abs=0.15)


def test_an_absolute_expectation_asks_the_modified_model_alone(compare):
    a, b = KnownRates("a", BASE), KnownRates("b", WORSE)
    (found,) = compare({"x": behavior(["wa"], (Kind.AT_LEAST, 0.5))}, a, b).behaviors
    assert found.verdict == "violated"
    assert not a.answered
    assert found.examples[0].target.text_a is None


def test_the_second_run_generates_nothing_and_finds_the_same(compare, tmp_path):
    family = {"x": behavior(WORDS), "y": behavior(["wa"])}
    store = tmp_path / "s.duckdb"
    first = compare(family, BASE, WORSE, store=store)
    a, b = KnownRates("a", BASE), KnownRates("b", WORSE)
    second = compare(family, a, b, store=store)
    assert not a.answered
    assert not b.answered
    assert second.model_a.generated == 0
    assert facts(first) == facts(second)


def test_neither_batches_nor_the_rest_of_the_family_change_a_behaviors_pairs(compare):
    alone = compare({"x": behavior(WORDS)}, BASE, SAME).behaviors[0]
    family = {"y": behavior(["wc"]), "x": behavior(WORDS)}
    other = compare(family, KnownRates("a", BASE, batch=3), KnownRates("b", SAME, batch=1))
    # In a larger family more evidence is needed to be sure to be declared; nothing else moves.
    assert replace(other.behaviors[1], enough=alone.enough) == alone
    assert (alone.enough, other.behaviors[1].enough) == (20, 40)


def test_behaviors_that_share_prompts_share_completions(compare):
    a = KnownRates("a", BASE)
    family = {"x": behavior(WORDS), "y": behavior(WORDS, (Kind.UNCHANGED, 0.1))}
    result = compare(family, a, SAME)
    assert len(a.answered) == max(found.pairs for found in result.behaviors)


def test_rows_that_a_chat_template_renders_alike_are_samples_of_one_prompt(compare, tmp_path):
    """Else a completion would enter the evidence more than once."""

    class Trimming(KnownRates):
        def encode(self, prompt):
            return tuple(prompt.messages[-1].content.strip().encode())

    store = tmp_path / "s.duckdb"
    words = ["wa", " wa", "wa ", "  wa"]
    a, b = Trimming("a", BASE), Trimming("b", WORSE)
    contrast = Words(words, words[::-1])
    compare({"x": behavior(words), "y": behavior(contrast)}, a, b, store=store)
    with duckdb.connect(str(store), read_only=True) as connection:
        for behavior_name, key in (
            ("x", "target_key_a"),
            ("x", "target_key_b"),
            ("y", "target_key_a"),
            ("y", "baseline_key_a"),
        ):
            drawn, distinct = connection.execute(
                f"SELECT count(*), count(DISTINCT {key}) FROM pairs WHERE behavior = $1",
                [behavior_name],
            ).fetchone()
            assert drawn == distinct


def test_the_base_models_limits_do_not_matter_where_it_is_not_asked(compare):
    a = KnownRates("a", BASE, context=1)
    (found,) = compare({"x": behavior(["wa"], (Kind.AT_LEAST, 0.5))}, a, SAME).behaviors
    assert found.verdict == "holds"


def test_another_seed_is_another_sample(compare):
    family = {"x": behavior(["wa"])}
    first = compare(family, BASE, WORSE, seed=1).behaviors[0]
    assert first.examples != compare(family, BASE, WORSE, seed=2).behaviors[0].examples


def test_without_a_shared_vocabulary_pairs_are_independent_and_it_says_so(compare):
    a, b = KnownRates("a", BASE), KnownRates("b", SAME, vocabulary="other")
    result = compare({"x": behavior(["wa"], (Kind.NOT_WORSE, 0.4))}, a, b)
    assert result.pairing == "independent"
    assert "vocabulary" in result.pairing_reason
    assert not {request.seed for request in a.answered} & {request.seed for request in b.answered}
    assert set(b.references) == {None}
    assert result.behaviors[0].changed > 0


def test_model_b_is_given_what_a_answered(compare):
    b = KnownRates("b", SAME)
    compare({"x": behavior(["wa"])}, BASE, b)
    assert all(reference is not None for reference in b.references)


def test_limits(compare):
    family = {name: behavior([name], (Kind.UNCHANGED, 0.01)) for name in WORDS}
    by_pairs = compare(family, BASE, SAME, budget=Budget(max_pairs=40)).behaviors
    assert [(found.pairs, found.stop) for found in by_pairs] == [(40, "max_pairs")] * 4
    assert by_pairs[0].verdict == "inconclusive"
    assert by_pairs[0].forecast > 40
    in_total = compare(family, BASE, SAME, budget=Budget(total_pairs=150)).behaviors
    assert sum(found.pairs for found in in_total) == 150
    assert {found.stop for found in in_total} == {"budget"}
    in_time = compare(family, BASE, SAME, budget=Budget(seconds=0)).behaviors
    assert [found.pairs for found in in_time] == [0] * 4
    assert in_time[0].estimate is None


class Failing:
    name = "failing"

    def __call__(self, completion) -> float:
        raise ScoreError("cannot score this")


class OutOfRange:
    name = "out of range"

    def __call__(self, completion) -> float:
        return 1.5


class Broken(Words):
    def __getitem__(self, index):
        raise SuiteError("the template fails", file="s.behav.yaml", line=3)


def test_a_failure_is_an_error_of_its_behavior_alone(compare):
    family = {
        "score": behavior(["wa"], scorer=Failing()),
        "range": behavior(["wa"], scorer=OutOfRange()),
        "prompt": behavior(Broken(["wa"])),
        "fine": behavior(["wc"]),
    }
    found = {item.name: item for item in compare(family, BASE, WORSE).behaviors}
    assert [found[name].verdict for name in family] == ["error", "error", "error", "holds"]
    assert "cannot score this" in found["score"].error
    assert "1.5" in found["range"].error
    assert found["prompt"].error == "s.behav.yaml:3: the template fails"


def test_a_prompt_that_does_not_fit_is_an_error_of_its_behavior_alone(compare):
    rates = {**BASE, "a-long-word": 0.5}
    family = {"long": behavior(["a-long-word"]), "fine": behavior(["wc"])}
    long, fine = compare(family, KnownRates("a", rates, context=8), rates).behaviors
    assert fine.verdict == "holds"
    assert long.verdict == "error"
    assert "11 tokens and max_new_tokens of 4 make 15 tokens, and a takes 8" in long.error


class Stopped(KnownRates):
    """Stops half-way, as Ctrl-C would."""

    def generate(self, requests, settings, *, references=None):
        batches = super().generate(requests, settings, references=references)
        yield next(batches)
        raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_generated_and_the_next_run_resumes(compare, tmp_path):
    family = {name: behavior([name]) for name in WORDS}
    store = tmp_path / "s.duckdb"
    whole = compare(family, BASE, SAME)
    with pytest.raises(KeyboardInterrupt):
        compare(family, Stopped("a", BASE, batch=16), SAME, store=store)
    with duckdb.connect(str(store), read_only=True) as connection:
        assert connection.execute("SELECT status FROM runs").fetchall() == [("interrupted",)]
        kept = connection.execute("SELECT count(*) FROM completions").fetchone()[0]
    assert kept == 16
    a = KnownRates("a", BASE)
    resumed = compare(family, a, SAME, store=store)
    assert len(a.answered) == whole.model_a.generated - kept
    assert facts(resumed) == facts(whole)


def test_a_model_that_fails_ends_the_run(compare, tmp_path):
    class Fails(KnownRates):
        def generate(self, requests, settings, *, references=None):
            raise ModelError("no")

    with pytest.raises(ModelError, match="no"):
        compare({"x": behavior(["wa"])}, Fails("a", BASE), SAME)


def test_models_that_do_not_fit_together_take_turns(compare):
    class Big(KnownRates):
        other = None
        loaded = False

        def generate(self, requests, settings, *, references=None):
            if self.other.loaded:
                raise OutOfMemoryError("too big")
            self.loaded = True
            return super().generate(requests, settings, references=references)

        def release(self):
            self.loaded = False

    a, b = Big("a", BASE), Big("b", WORSE)
    a.other, b.other = b, a
    assert compare({"x": behavior(["wa"])}, a, b).behaviors[0].verdict == "violated"


def test_the_store_can_be_asked_how_a_verdict_came_about(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    result = compare({"x": behavior(["wa"])}, BASE, WORSE, store=store)
    with duckdb.connect(str(store), read_only=True) as connection:
        pairs = connection.execute(
            "SELECT avg(value), count(*), arg_max(log_e_violated, pair) FROM pairs"
        ).fetchone()
        texts = connection.execute(
            "SELECT count(*) FROM pairs JOIN completions ON target_key_b = key WHERE text = 'no'"
        ).fetchone()[0]
        verdict = connection.execute("SELECT verdict, pairs FROM verdicts").fetchone()
    (found,) = result.behaviors
    assert pairs[0] == pytest.approx(found.estimate)
    assert pairs[1] == found.pairs
    assert texts == round((1 - found.mean_b) * found.pairs)
    assert verdict == ("violated", found.pairs)


def test_progress_is_told(compare):
    states = []
    result = compare({"x": behavior(["wa"])}, BASE, SAME, progress=states.append)
    assert states[-1].pairs == result.behaviors[0].pairs
    assert states[-1].decided == states[-1].behaviors == 1
    assert states[-1].generated == 2 * states[-1].pairs


def test_progress_tells_what_is_decided_how_fast_and_how_long(compare, monkeypatch):
    monkeypatch.setattr("behavtest.experiment.pace._LEAST_SPAN", 0.0)
    family = {
        "holds": behavior(["wa"]),
        "near": behavior(["wb"], (Kind.NOT_WORSE, 0.01)),
        "error": behavior(["wc"], scorer=OutOfRange()),
    }
    states = []
    compare(family, BASE, SAME, budget=Budget(60), progress=states.append)
    last = states[-1]
    assert (last.decided, last.undecided, last.errors) == (1, 1, 1)
    assert states[0].seconds_left is None
    assert states[0].tokens_per_second is None
    assert any(state.seconds_left for state in states)
    assert last.seconds_left is None
    assert last.tokens_per_second > 0


def test_prompts_may_be_chats(compare):
    class Chat(Words):
        def __getitem__(self, index):
            turns = (Message("system", "be brief"), Message("user", "wa"))
            return super().__getitem__(index)._replace(target=Prompt(turns))

    (found,) = compare({"x": behavior(Chat(["wa"]))}, BASE, SAME).behaviors
    assert [turn.role for turn in found.examples[0].target.prompt] == ["system", "user"]
