"""What a suite can write for a judge, and what it is told if it is wrong."""

from __future__ import annotations

import pytest
from jsonschema import Draft7Validator

from behavtest.core import Prompt
from behavtest.errors import ScoreError
from behavtest_judge.rubric import SHAPE, arguments_from


def test_a_question_alone():
    rubric = arguments_from("Is it polite?").rubric
    assert rubric.levels == ("no", "yes")
    assert rubric.described == "'Is it polite?'"


def test_all_there_is():
    written = {
        "scale": ["rude", "plain", "kind"], "rubric": "How kind is it to {{ name }}?",
        "reference": "{{ answer }}", "labelled": "l.jsonl", "model": "m", "endpoint": "http://h",
    }  # fmt: skip
    given = arguments_from(written)
    assert Draft7Validator(dict(SHAPE)).is_valid(written)
    assert Draft7Validator(dict(SHAPE)).is_valid("Is it polite?")
    assert (given.labelled, given.model, given.endpoint) == ("l.jsonl", "m", "http://h")
    filled_in = given.rubric.filled_in(Prompt((), {"name": "Ann", "answer": "Hello, Ann"}))
    assert filled_in.question == "How kind is it to Ann?"
    assert filled_in.reference == "Hello, Ann"
    assert "reference='{{ answer }}'" in given.rubric.described
    assert "scale=['rude', 'plain', 'kind']" in given.rubric.described


def test_a_missing_field_is_told():
    with pytest.raises(ScoreError, match="'answer', which is not a field"):
        arguments_from({"question": "x", "reference": "{{ answer }}"}).rubric.filled_in(Prompt(()))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (None, "judge needs a question"),
        ({"rubric": "x"}, "judge needs a question"),
        ({"question": "x", "scale": 3, "rubric": "y"}, "judge needs a question"),
        ({"scale": 3}, "a scale needs a rubric"),
        ({"scale": 1, "rubric": "x"}, "scale: expected a number of levels from 2 to 10"),
        ({"scale": 11, "rubric": "x"}, "scale: expected"),
        ({"scale": 10**12, "rubric": "x"}, "scale: expected"),
        ({"scale": True, "rubric": "x"}, "scale: expected"),
        ({"scale": "good", "rubric": "x"}, "scale: expected"),
        ({"scale": ["a", " "], "rubric": "x"}, "scale: expected"),
        ({"scale": ["a", "A"], "rubric": "x"}, "two levels have one description"),
        ({"question": ""}, "found an empty text"),
        ({"question": "{{ x"}, "the template cannot be read"),
        ({"question": "x", "labelled": 3}, "labelled: found 3, expected text"),
        ({"question": "x", "modle": "m"}, "judge has no argument 'modle'; did you mean 'model'?"),
        (["x"], "found a list"),
    ],
)
def test_wrong_arguments(written, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        arguments_from(written)
