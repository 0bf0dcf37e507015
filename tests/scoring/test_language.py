"""``language``: which languages are told apart, and what is too short to tell."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import HOSTILE, completion_of, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import ScorerSpecError, builtin_registry, check_prompt

_SENTENCES = {
    "en": "The capital of France is Paris, and it is a beautiful city.",
    "de": "Die Hauptstadt von Frankreich ist Paris, eine schöne Stadt.",
    "fr": "La capitale de la France est Paris, et c'est une belle ville.",
    "es": "La capital de Francia es París, y es una ciudad muy bonita.",
    "it": "La capitale della Francia è Parigi, ed è una bella città.",
    "ru": "Столица Франции — Париж, и это очень красивый город.",
    "zh": "法国的首都是巴黎\uff0c那是一座美丽的城市。",
    "ja": "フランスの首都はパリで、とても美しい街です。",
}


@pytest.mark.parametrize("code", _SENTENCES)
def test_sentences_are_told_apart(code: str) -> None:
    scores = {other: score_of({"language": code}, text) for other, text in _SENTENCES.items()}
    assert scores == {other: float(other == code) for other in _SENTENCES}


@pytest.mark.parametrize(
    ("arguments", "text", "score"),
    [
        (["de", "fr"], _SENTENCES["fr"], 1),
        ({"is": "{{ code }}"}, _SENTENCES["de"], 1),
        ("{{ code }}", _SENTENCES["en"], 0),
        # too short to tell, unless there is little to choose from
        ("en", "OK", 0),
        ("de", "Ein Hund.", 0),
        ({"is": "de", "among": ["de", "en"]}, "Ein Hund.", 1),
        ({"is": "en", "among": ["de"]}, "Ein Hund.", 0),
        ({"is": "de", "confidence": 0.4}, "Ein Hund.", 1),
        ("en", "", 0),
        ("en", "42 + 1 = 43!", 0),
        ("de", f"{_SENTENCES['de']}\n```python\nprint('the answer is in the list')\n```", 1),
        ("de", _SENTENCES["de"].upper(), 1),
    ],
)
def test_scores(arguments: object, text: str, score: float) -> None:
    assert score_of({"language": arguments}, text, code="de") == score


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert score_of({"language": "en"}, text) in {0, 1}


def test_quick_on_hostile_text() -> None:
    for text in HOSTILE.values():
        start = time.perf_counter()
        assert score_of({"language": "de"}, text) == 0
        assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (None, "language needs the code of a language; write {language: en}"),
        ({}, "language needs 'is' among its arguments"),
        ("English", "'English' is not a language that is known here"),
        ("eng", "did you mean 'en'?"),
        (3, "is: found the number 3, expected text"),
        ([], "is: found an empty list"),
        ({"is": "en", "among": "de"}, "among: found the text 'de', expected a list of languages"),
        ({"is": "en", "among": ["xx"]}, "'xx' is not a language that is known here"),
        ({"is": "en", "confidence": 2}, "confidence: found the number 2, expected a number from 0"),
        ({"are": "en"}, "language has no argument 'are'"),
    ],
)
def test_wrong_arguments(arguments: object, message: str) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build({"language": arguments})
    assert message in str(caught.value)


def test_a_field_that_names_no_language_is_refused() -> None:
    scorer = builtin_registry().build({"language": "{{ code }}"})
    with pytest.raises(ScoreError, match="language: 'German' is not a language"):
        check_prompt(scorer, completion_of("", code="German").prompt)


def test_names_say_the_arguments() -> None:
    spec = {"language": {"is": ["en", "de"], "among": ["fr", "en"], "confidence": 0.9}}
    name = builtin_registry().build(spec).name
    assert name == "language('en', 'de', among=[en, fr], confidence=0.9)"
    assert builtin_registry().build({"language": "en"}).name == "language('en')"
