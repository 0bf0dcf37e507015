"""Runs on the likelihood of given texts: nothing sampled, exact once every prompt is seen."""

from __future__ import annotations

import math
from dataclasses import replace

import duckdb
import pytest
from known_likelihoods import KnownLikelihoods, exact
from known_rates import KnownRates, Words, behavior

from behavtest.errors import ModelError, OutOfMemoryError, SuiteError
from behavtest.experiment import Budget
from behavtest.experiment.calibration.calibrate import calibrated_family
from behavtest.experiment.planning.cost import Prices
from behavtest.experiment.planning.subject import subject_of
from behavtest.experiment.redecide import Changes, redecide
from behavtest.experiment.session import RunSettings
from behavtest.sampling import Measured
from behavtest.stats import Kind, Procedure
from behavtest.store.history import History
from behavtest.suite import Relation

WORDS = [f"w{number}" for number in range(20)]
BASE = dict.fromkeys(WORDS, 0.8)
WORSE = {**BASE, "w0": 0.3, "w1": 0.3, "w2": 0.3}
"""Three of twenty prompts half a point lower: Delta = -0.075."""


def known(rates_a=BASE, rates_b=WORSE, **changes):
    return KnownLikelihoods("a", rates_a), KnownLikelihoods("b", rates_b, **changes)


def found(compare, one, a=None, b=None, **settings):
    models = known() if a is None else (a, b)
    (result,) = compare({"x": one}, *models, **settings).behaviors
    return result


@pytest.mark.parametrize(
    ("kind", "margin", "verdict"),
    [
        (Kind.NOT_WORSE, 0.075, "holds"),
        (Kind.NOT_WORSE, 0.0749, "violated"),
        (Kind.UNCHANGED, 0.075, "holds"),
        (Kind.UNCHANGED, 0.0749, "violated"),
        (Kind.DECREASES, 0.075, "holds"),
        (Kind.DECREASES, 0.0751, "violated"),
        (Kind.AT_LEAST, 0.725, "holds"),
        (Kind.AT_LEAST, 0.7251, "violated"),
    ],
)
def test_once_every_prompt_is_seen_the_verdict_is_exact(compare, kind, margin, verdict):
    result = found(compare, exact(WORDS, (kind, margin)))
    assert (result.verdict, result.exact, result.stop) == (verdict, True, "census")
    assert (result.pairs, result.without_replacement) == (20, True)
    assert result.mean_b == pytest.approx(0.725, abs=1e-6)
    assert result.interval.lower == result.interval.upper == result.estimate


def test_where_the_evidence_is_strong_not_every_prompt_is_read(compare):
    words = [f"v{number}" for number in range(200)]
    a, b = known(dict.fromkeys(words, 0.9), dict.fromkeys(words, 0.1))
    result = found(compare, exact(words), a, b)
    assert (result.verdict, result.exact) == ("violated", False)
    assert result.pairs == len(a.read) // 2 < 100


def test_nothing_is_generated_and_the_seed_does_not_matter(compare):
    results = []
    for seed in (1, 2):
        a, b = known()
        result = compare({"x": exact(WORDS, (Kind.NOT_WORSE, 0.075))}, a, b, seed=seed)
        assert not a.answered
        assert not b.answered
        assert (result.model_a.generated, result.model_a.texts_read) == (0, 40)
        results.append(result.behaviors[0])
    first, second = results
    assert (first.estimate, first.interval) == (second.estimate, second.interval)
    assert (first.mean_a, first.changed) == (second.mean_a, second.changed)


@pytest.mark.parametrize(
    ("score", "mean"),
    [
        ({"likelihood": {"text": "yes", "per": "text"}}, 0.8),
        ({"likelihood": "yes"}, 0.8 ** (1 / 3)),
        ({"likelihood": "no"}, 0.2 ** (1 / 2)),
        ({"not": {"likelihood": {"text": "yes", "per": "text"}}}, 0.2),
    ],
)
def test_likelihoods_are_scored_as_they_say(compare, score, mean):
    result = found(compare, exact(WORDS, score=score))
    assert result.mean_a == pytest.approx(mean, abs=1e-6)
    assert result.sampling == "none: the likelihood of given texts is computed"


def test_an_absolute_expectation_reads_with_the_modified_model_alone(compare):
    a, b = known()
    result = found(compare, exact(WORDS, (Kind.AT_LEAST, 0.7)), a, b)
    assert not a.read
    assert (result.mean_a, result.changed) == (None, None)
    assert result.examples[0].target.text_a is None
    assert found(compare, exact(WORDS, (Kind.AT_LEAST, 0.75)), a).verdict == "holds"
    assert a.read


def test_a_contrast_takes_the_baseline_off(compare):
    words = Words(["w0", "w1", "w5"], ["w2", "w6", "w7"])
    result = found(compare, exact(words, (Kind.NOT_WORSE, 0.2)))
    assert result.estimate == pytest.approx((0 - 0.5 + 0) / 3, abs=1e-6)
    assert (result.range_lower, result.exact) == (-2, True)
    assert result.examples[0].baseline is not None


def test_a_relation_is_broken_by_its_amount(compare):
    words = Words(["w0", "w1", "w5"], ["w2", "w6", "w7"])
    one = exact(words, (Kind.AT_MOST, 0.1), relation=Relation.INVARIANCE)
    result = found(compare, one)
    assert (result.verdict, result.exact) == ("violated", True)
    assert result.mean_b == pytest.approx(0.5 / 3, abs=1e-6)


def test_a_reader_sees_what_the_models_make_of_the_texts(compare):
    result = found(compare, exact(WORDS))
    side = result.examples[0].target
    assert side.text_a == "0.8000 'yes' (right)\n0.2000 'no'"
    assert side.text_b == "0.3000 'yes' (right)\n0.7000 'no'"
    assert (side.score_a, side.score_b) == pytest.approx((0.8, 0.3), abs=1e-6)
    assert result.changed == 3


def test_rounding_is_no_change(compare):
    one = exact(WORDS, (Kind.UNCHANGED, 0), score={"likelihood": "yes"})
    result = found(compare, one, *known(BASE, BASE, noise=-1e-7))
    assert (result.verdict, result.changed, result.estimate) == ("holds", 0, 0)
    result = found(compare, one, *known(BASE, BASE, noise=-1e-5))
    assert (result.verdict, result.changed) == ("violated", 20)


def test_each_model_reads_with_its_own_tokens(compare):
    a, b = known(letters=2, vocabulary="other")
    one = exact(WORDS, (Kind.NOT_WORSE, 0.075))
    result = compare({"x": one}, a, b)
    assert result.pairing == "independent"
    assert result.behaviors[0].verdict == "holds"
    assert {len(one.token_ids) for one in a.read} == {3, 2}
    assert {len(one.token_ids) for one in b.read} == {2, 1}


def test_the_second_run_reads_nothing_and_finds_the_same(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {"x": exact(WORDS), "y": exact(WORDS, score={"likelihood": "yes"})}
    first = compare(family, *known(), store=store)
    a, b = known()
    second = compare(family, a, b, store=store)
    assert not a.read
    assert not b.read
    assert second.behaviors == first.behaviors
    assert (second.model_a.texts_read, second.model_a.texts_reused) == (0, 40)


def test_behaviors_that_give_the_same_texts_read_them_once(compare):
    a, b = known()
    family = {
        "x": exact(WORDS, (Kind.UNCHANGED, 0.01)),
        "y": exact(WORDS, (Kind.UNCHANGED, 0.01), score={"likelihood": "yes"}),
        "answers": behavior(["w5"]),
    }
    result = compare(family, a, b)
    assert len(a.read) == 40 == result.model_a.texts_read
    assert [one.exact for one in result.behaviors] == [True, True, False]
    assert result.model_a.generated == len(a.answered) == result.behaviors[2].pairs


def test_where_the_base_model_is_cached_it_is_not_needed(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    compare({"x": exact(WORDS)}, *known(), store=store)

    class Unloadable(KnownLikelihoods):
        def measure(self, continuations):
            raise ModelError("not to be loaded")

    other = KnownLikelihoods("c", BASE)
    result = compare({"x": exact(WORDS)}, Unloadable("a", BASE), other, store=store)
    assert result.behaviors[0].verdict == "holds"


def test_the_store_says_which_texts_a_pair_read(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    compare({"x": exact(WORDS)}, *known(), store=store)
    with duckdb.connect(str(store), read_only=True) as connection:
        mass = connection.execute(
            """
            SELECT max(abs(total - 1)), count(*) FROM (
                SELECT sum(exp(list_sum(logprobs))) AS total FROM (
                    SELECT pair, unnest(string_split(target_key_b, ' ')) AS key FROM pairs
                ) JOIN likelihoods USING (key) GROUP BY pair
            )
            """
        ).fetchone()
    assert mass == (pytest.approx(0, abs=1e-6), 20)


def test_active_choice_and_independent_noise_are_of_no_concern(compare):
    plain = found(compare, exact(WORDS))
    for setting in ("active", "independent"):
        other = found(compare, exact(WORDS), **{setting: True})
        assert other == plain


def test_a_stored_run_is_decided_again(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    one = exact(WORDS, (Kind.NOT_WORSE, 0.05))
    assert found(compare, one, store=store).verdict == "violated"
    again = redecide(store, "last", Changes(tolerance=0.1)).behaviors[0]
    assert (again.verdict, again.exact) == ("holds", True)


def test_the_ledger_takes_its_tests(compare):
    one = exact(WORDS, (Kind.NOT_WORSE, 0.05))
    result = found(compare, one, procedure=Procedure.E_LOND)
    assert (result.verdict, result.ledger.alarm) == ("violated", True)


def test_progress_is_told(compare):
    states = []
    compare({"x": exact(WORDS)}, *known(), progress=states.append)
    assert (states[-1].texts_read, states[-1].generated) == (80, 0)
    assert any(0 < state.texts_read < 80 for state in states)


def errors(compare, a, b=None, **changes):
    """The error of a behavior of given texts, beside one of answers that goes its way."""
    family = {"x": exact(["w0", "w5"], **changes), "fine": behavior(["w5"])}
    x, fine = compare(family, a, KnownLikelihoods("b", BASE) if b is None else b).behaviors
    assert fine.verdict == "holds"
    assert x.verdict == "error"
    return x.error


def test_a_backend_that_only_generates_is_an_error_of_the_behavior_alone(compare):
    expected = (
        "a cannot tell how likely a given text is (its backend, KnownRates, has no "
        "'encode_text'): use a scorer of answers, or a backend that can, such as that of local "
        "models"
    )
    assert errors(compare, KnownRates("a", BASE)) == expected
    error = errors(compare, KnownLikelihoods("a", BASE), KnownRates("b", BASE))
    assert error.startswith("b cannot tell")


def test_texts_that_do_not_fit_are_an_error_of_the_behavior_alone(compare):
    a = KnownLikelihoods("a", BASE, context=6)
    error = errors(compare, a, score={"likelihood": "yesyes"})
    assert "a prompt of 2 tokens and a text of 6 make 8 tokens, and a takes 6: shorten" in error


def test_a_text_may_fill_the_context(compare):
    words = WORDS[:9]  # of two letters each, before the three of yes
    a, b = KnownLikelihoods("a", BASE, context=5), KnownLikelihoods("b", BASE)
    assert found(compare, exact(words), a, b).verdict == "holds"
    assert found(compare, exact(words), replace(a, context=4), b).verdict == "error"


def test_a_choice_among_the_impossible_is_an_error_of_the_behavior_alone(compare):
    never = KnownLikelihoods("a", BASE, noise=-math.inf)
    assert "every option has probability 0" in errors(compare, never)


def test_a_template_that_fails_late_is_an_error_of_the_behavior_alone(compare):
    class Late(Words):
        def __getitem__(self, index):
            raise SuiteError("the template fails")

    family = {"x": exact(Late(WORDS)), "y": exact(WORDS)}
    x, y = compare(family, *known()).behaviors
    assert (x.verdict, x.error, y.verdict) == ("error", "the template fails", "holds")


def test_a_field_that_is_missing_late_is_an_error_of_the_behavior_alone(compare):
    error = errors(compare, KnownLikelihoods("a", BASE), score={"likelihood": "{{ text }}"})
    assert "uses 'text', which is not a field here" in error


@pytest.mark.parametrize("logprobs", [(-1.0,), (-1.0, math.nan, -1.0), ()])
def test_a_backend_that_gives_nonsense_ends_the_run(compare, logprobs):
    class Nonsense(KnownLikelihoods):
        def measure(self, continuations):
            yield [Measured(place, logprobs) for place in range(len(continuations))]

    one = exact(WORDS, score={"likelihood": "yes"})
    with pytest.raises(ModelError, match=r"a: its backend, Nonsense, gave \d log-probabilities"):
        found(compare, one, Nonsense("a", BASE), KnownLikelihoods("b", BASE))


def test_ctrl_c_keeps_what_was_read_and_the_next_run_resumes(compare, tmp_path):
    class Stopped(KnownLikelihoods):
        def measure(self, continuations):
            yield next(super().measure(continuations))
            raise KeyboardInterrupt

    store = tmp_path / "s.duckdb"
    with pytest.raises(KeyboardInterrupt):
        found(compare, exact(WORDS), Stopped("a", BASE, batch=7), known()[1], store=store)
    a, b = known()
    found(compare, exact(WORDS), a, b, store=store)
    assert (len(a.read), len(b.read)) == (33, 40)


def test_models_that_do_not_fit_together_take_turns(compare):
    class Big(KnownLikelihoods):
        other = None
        loaded = False

        def measure(self, continuations):
            if self.other.loaded:
                raise OutOfMemoryError("too big")
            self.loaded = True
            return super().measure(continuations)

        def release(self):
            self.loaded = False

    a, b = Big("a", BASE), Big("b", WORSE)
    a.other, b.other = b, a
    assert found(compare, exact(WORDS), a, b).estimate == pytest.approx(-0.075, abs=1e-6)


def test_calibration_leaves_them_out_and_says_why(tmp_path):
    settings = RunSettings(tmp_path / "s.duckdb", budget=Budget(50))
    family = calibrated_family({"x": exact(WORDS), "y": behavior(WORDS)}, settings)
    assert list(family.behaviors) == ["y"]
    assert [(one.name, one.reason) for one in family.left_out] == [("x", "exact")]


def test_a_plan_counts_the_texts_and_no_tokens():
    contrast = exact(Words(["w0", "w1"], ["w2", "w3"]))
    one, other, answers = (
        subject_of(name, which, alone=False)
        for name, which in (("x", exact(WORDS)), ("y", contrast), ("z", behavior(WORDS)))
    )
    assert (one.population, one.texts, one.max_new_tokens) == (20, 2, 0)
    assert (other.population, other.texts) == (2, 4)
    assert (answers.population, answers.texts) == (None, 0)
    prices = Prices(History())
    cost = prices.cost({one: 20, other: 2})
    assert (cost.tokens, cost.seconds, cost.texts) == (0, 0, 2 * (40 + 8))
    mixed = prices.cost({one: 20, answers: 10})
    assert (mixed.tokens, mixed.seconds, mixed.texts) == (2 * 10 * 4, None, 80)
    same = subject_of("again", exact(WORDS), alone=False)
    assert prices.cost({one: 20, same: 10}).texts == 80, "the same texts are read once"
