"""Relations between target and baseline, against models whose true rates are known."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from known_rates import KnownRates, Words, behavior, uniform

from behavtest.core import Generation
from behavtest.experiment.budget import Budget
from behavtest.sampling import request_seed
from behavtest.stats import Kind
from behavtest.suite import Relation

TARGETS = ["ta", "tb", "tc", "td"]
BASELINES = ["ba", "bb", "bc", "bd"]
SETTLED = {"ta": 0.9, "tb": 0.5, "tc": 0.2, "td": 0.7, "ba": 0.9, "bb": 0.5, "bc": 0.2, "bd": 0.7}
"""Rates that the perturbation does not touch."""
MOVED = {"ta": 0.3, "tb": 0.9, "tc": 0.2, "td": 0.5, "ba": 0.9, "bb": 0.5, "bc": 0.2, "bd": 0.7}
"""Falls by .6 and .2, rises by .4: their mean difference is only -.1."""
BREAKABLE = [relation for relation in Relation if relation.can_break]
PAIRS = 1000
UNDECIDED = (Kind.UNCHANGED, 0.001)
BUDGET = Budget(max_pairs=PAIRS)


class SharedNoise(KnownRates):
    """Answers from noise that is the seed's alone, whatever the prompt, as Gumbel noise is."""

    def _answer(self, request, settings):
        word = bytes(request.prompt_ids).decode().strip()
        yes = (0.5 if settings.greedy else uniform(request.seed)) < self.rates[word]
        return Generation((int(yes),), (0.0,), "yes" if yes else "no", "stop")


def related(relation, expectation=UNDECIDED, *, targets=TARGETS, baselines=BASELINES, **settings):
    words = Words(targets, baselines)
    return replace(behavior(words, expectation, **settings), relation=relation)


def truth(rates, relation):
    """The exact mean where both answers come of one uniform number."""
    amounts = [
        relation.number(target=rates[target], baseline=rates[baseline])
        for target, baseline in zip(TARGETS, BASELINES, strict=True)
    ]
    return sum(amounts) / len(amounts)


def standard_error(rate):
    return (rate * (1 - rate) / PAIRS) ** 0.5


@pytest.mark.parametrize("relation", BREAKABLE)
def test_the_estimate_within_one_model_is_the_rate_at_which_the_relation_breaks(compare, relation):
    """With shared noise, one Bernoulli answer moves exactly as often as its rate differs."""
    rate = truth(MOVED, relation)
    assert rate == pytest.approx({"invariance": 0.3, "not_lower": 0.2, "not_higher": 0.1}[relation])
    family = {"x": related(relation, (Kind.AT_MOST, rate))}
    (found,) = compare(family, SharedNoise("a", MOVED), budget=BUDGET).behaviors
    assert found.pairs == PAIRS, "a boundary at the truth stays undecided"
    assert found.estimate == pytest.approx(rate, abs=4 * standard_error(rate))
    assert found.interval.lower < rate < found.interval.upper
    assert (found.range_lower, found.range_upper) == (0, 1)
    assert found.mean_a == found.estimate
    assert found.relation == relation
    assert found.statement == f"mean {relation.quantity} is at most {rate:g}"


@pytest.mark.parametrize("relation", BREAKABLE)
def test_the_estimate_between_two_models_is_the_change_of_that_rate(compare, relation):
    change = truth(MOVED, relation) - truth(SETTLED, relation)
    family = {"x": related(relation, (Kind.NOT_HIGHER, change))}
    models = SharedNoise("a", SETTLED), SharedNoise("b", MOVED)
    (found,) = compare(family, *models, budget=BUDGET).behaviors
    assert found.pairs == PAIRS, "a boundary at the truth stays undecided"
    assert found.estimate == pytest.approx(change, abs=4 * standard_error(change))
    assert found.interval.lower < change < found.interval.upper
    assert (found.range_lower, found.range_upper) == (-1, 1)
    assert found.mean_a == 0, "A's answers to target and baseline have one rate and one noise"
    assert found.mean_b == pytest.approx(found.estimate)


@pytest.mark.parametrize(
    ("relation", "expectation", "verdict"),
    [
        ("invariance", (Kind.NOT_HIGHER, 0.1), "violated"),
        ("invariance", (Kind.NOT_HIGHER, 0.5), "holds"),
        ("invariance", (Kind.UNCHANGED, 0.1), "violated"),
        ("invariance", (Kind.INCREASES, 0.1), "holds"),
        ("invariance", (Kind.AT_MOST, 0.1), "violated"),
        ("invariance", (Kind.AT_LEAST, 0.1), "holds"),
        ("not_lower", (Kind.NOT_HIGHER, 0.05), "violated"),
        ("not_lower", (Kind.DECREASES, 0.05), "violated"),
        ("not_lower", (Kind.AT_MOST, 0.4), "holds"),
        ("not_higher", (Kind.NOT_HIGHER, 0.3), "holds"),
        ("not_higher", (Kind.NOT_HIGHER, 0.02), "violated"),
        ("difference", (Kind.NOT_WORSE, 0.4), "holds"),
    ],
)
def test_every_expectation_agrees_with_the_truth(compare, relation, expectation, verdict):
    family = {"x": related(Relation(relation), expectation)}
    models = SharedNoise("a", SETTLED), SharedNoise("b", MOVED)
    (found,) = compare(family, *models, budget=BUDGET).behaviors
    assert found.verdict == verdict


def test_a_model_that_was_mended_breaks_less(compare):
    family = {"x": related(Relation.INVARIANCE, (Kind.DECREASES, 0.2))}
    models = SharedNoise("a", MOVED), SharedNoise("b", SETTLED)
    (found,) = compare(family, *models, budget=BUDGET).behaviors
    assert (found.verdict, found.statement) == (
        "holds",
        "B's mean distance from the baseline is at least 0.2 below A's",
    )


@pytest.mark.parametrize("relation", BREAKABLE)
def test_a_perturbation_that_does_not_matter_breaks_nothing_at_temperature_1(compare, relation):
    family = {"x": related(relation, (Kind.AT_MOST, 0.1))}
    (found,) = compare(family, SharedNoise("a", SETTLED)).behaviors
    assert found.estimate == 0
    assert found.verdict == "holds"
    assert {example.target.score_a for example in found.examples} == {0, 1}, "noise there is"


def test_independent_noise_would_break_it(compare):
    """Where noise does not carry over from prompt to prompt, p and q differ p + q - 2 p q often."""
    pairs = [(SETTLED[t], SETTLED[b]) for t, b in zip(TARGETS, BASELINES, strict=True)]
    rate = sum(p + q - 2 * p * q for p, q in pairs) / len(pairs)
    family = {"x": related(Relation.INVARIANCE, (Kind.AT_MOST, rate))}
    (found,) = compare(family, KnownRates("a", SETTLED), budget=BUDGET).behaviors
    assert rate > 0.3
    assert found.estimate == pytest.approx(rate, abs=4 * standard_error(rate))


def test_greedy_decoding_is_an_exact_census(compare):
    family = {
        str(relation): related(relation, (Kind.AT_MOST, 0.3), temperature=0)
        for relation in BREAKABLE
    }
    result = compare(family, SharedNoise("a", MOVED))
    exact = {found.name: (found.exact, found.estimate) for found in result.behaviors}
    assert exact == {
        "invariance": (True, 0.75),  # all but tc cross one half
        "not_lower": (True, 0.5),
        "not_higher": (True, 0.25),
    }


def drawn(store, column):
    query = f"SELECT {column} FROM pairs ORDER BY pair"
    with duckdb.connect(str(store), read_only=True) as connection:
        return [value for (value,) in connection.execute(query).fetchall()]


def requested(model):
    return {(bytes(request.prompt_ids).decode(), request.seed) for request in model.answered}


def seeds(model, words):
    return {seed for word, seed in requested(model) if word in words}


def test_a_difference_draws_each_prompt_with_its_own_noise(compare, tmp_path):
    model, store = SharedNoise("a", SETTLED), tmp_path / "s.duckdb"
    family = {"x": related(Relation.DIFFERENCE, (Kind.AT_LEAST, 0.0))}
    compare(family, model, seed=7, store=store, budget=Budget(max_pairs=32))
    assert requested(model) == {
        (word, request_seed(run_seed=7, prompt_ids=tuple(word.encode()), sample_index=place))
        for place, case in enumerate(drawn(store, "case_index"))
        for word in (TARGETS[case], BASELINES[case])
    }
    assert not seeds(model, TARGETS) & seeds(model, BASELINES)


def test_a_relation_draws_the_baseline_with_its_targets_noise(compare):
    a, b = SharedNoise("a", SETTLED), SharedNoise("b", MOVED)
    compare({"x": related(Relation.INVARIANCE)}, a, b, budget=Budget(max_pairs=32))
    assert seeds(a, TARGETS) == seeds(a, BASELINES) == seeds(b, TARGETS) == seeds(b, BASELINES)
    assert len(seeds(a, TARGETS)) == 32
    for target, baseline in zip(TARGETS, BASELINES, strict=True):
        assert seeds(a, [target]) == seeds(a, [baseline])


def test_targets_share_their_completions_with_other_behaviors(compare):
    alone, shared = SharedNoise("a", SETTLED), SharedNoise("a", SETTLED)
    invariance = {"x": related(Relation.INVARIANCE)}
    other = {"y": related(Relation.NOT_LOWER)}
    budget = Budget(max_pairs=32)
    compare(invariance, alone, SharedNoise("b", MOVED), budget=budget)
    compare(invariance | other, shared, SharedNoise("b", MOVED), budget=budget)
    assert len(alone.answered) == len(shared.answered)
    assert requested(alone) == requested(shared)


def test_without_a_shared_vocabulary_each_model_shares_its_own_noise(compare):
    a, b = SharedNoise("a", SETTLED), SharedNoise("b", SETTLED, vocabulary="other")
    family = {"x": related(Relation.INVARIANCE, (Kind.UNCHANGED, 0.2))}
    result = compare(family, a, b, budget=Budget(max_pairs=200))
    assert result.pairing == "independent"
    assert seeds(a, TARGETS) == seeds(a, BASELINES)
    assert seeds(b, TARGETS) == seeds(b, BASELINES)
    assert not seeds(a, TARGETS) & seeds(b, TARGETS)
    (found,) = result.behaviors
    assert (found.estimate, found.mean_a, found.mean_b) == (0, 0, 0)
    assert found.changed > 0


class Trimming(SharedNoise):
    """Renders prompts as a chat template that strips white space does."""

    def encode(self, prompt):
        return tuple(prompt.messages[-1].content.strip().encode())


@pytest.mark.parametrize(
    ("targets", "baselines"),
    [
        (["ta", " ta", "ta "], ["ba", "bb", "bc"]),  # one question, perturbed in three ways
        (["ta", "tb", "tc"], ["ba", " ba", "ba "]),  # three questions, one of them as baseline
        (["ta", " ta", "ta"], ["ba", "ba ", "ba"]),  # one and the same case
        (["ta", "tb", "tc"], ["tb", "tc", "ta"]),  # each is a target and a baseline
        (["ta", "ta", "ba"], ["ba", "tb", "ta"]),
    ],
)
def test_no_completion_enters_the_evidence_twice(compare, tmp_path, targets, baselines):
    store = tmp_path / "s.duckdb"
    family = {"x": related(Relation.INVARIANCE, targets=targets, baselines=baselines)}
    models = Trimming("a", SETTLED), Trimming("b", MOVED)
    compare(family, *models, store=store, budget=Budget(max_pairs=64))
    for model in "ab":
        keys = [
            key for side in ("target", "baseline") for key in drawn(store, f"{side}_key_{model}")
        ]
        assert len(keys) == len(set(keys)) >= 64


def test_a_perturbation_that_renders_away_is_one_completion_in_one_pair(compare, tmp_path):
    """The only completion used twice is within a pair, where it says that nothing moved."""
    store = tmp_path / "s.duckdb"
    words = {"targets": ["ta", "tb "], "baselines": [" ta", "tb"]}
    family = {"x": related(Relation.INVARIANCE, (Kind.AT_MOST, 0.0001), **words)}
    model = Trimming("a", SETTLED)
    (found,) = compare(family, model, store=store, budget=Budget(max_pairs=64)).behaviors
    targets, baselines = drawn(store, "target_key_a"), drawn(store, "baseline_key_a")
    assert targets == baselines
    assert len(set(targets)) == 64 == len(model.answered)
    assert found.estimate == 0


def test_the_rest_of_the_family_does_not_change_a_relations_pairs(compare):
    def shown(family, **batch):
        models = SharedNoise("a", SETTLED, **batch), SharedNoise("b", MOVED)
        found = compare(family, *models, budget=Budget(max_pairs=64)).behaviors[-1]
        return found.estimate, found.path, found.examples

    one = {"x": related(Relation.NOT_LOWER)}
    assert shown(one) == shown({"y": related(Relation.DIFFERENCE), **one}, batch=3)


def test_without_a_contrast_there_is_no_relation(compare):
    (found,) = compare({"x": behavior(["ta"])}, SETTLED, SETTLED).behaviors
    assert found.relation is None
    (found,) = compare({"x": related(Relation.DIFFERENCE)}, SETTLED, SETTLED).behaviors
    assert found.relation == "difference"
    assert (found.range_lower, found.range_upper) == (-2, 2)
