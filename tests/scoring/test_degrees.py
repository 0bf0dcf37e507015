"""``repetition``, ``sentiment`` and ``rouge_l``: scores of degrees, and limits on them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import HOSTILE, completion_of, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import (
    ScorerSpecError,
    builtin_registry,
    check_prompt,
    checked_score,
    optional,
)

_ROUGE = Path(__file__).parent / "data" / "rouge_l.jsonl"
"""Values of Google's rouge-score 0.1.2, without its stemmer."""

_WORDS = st.lists(
    st.sampled_from(["the", "a", "cat", "dog", "sat", "great", "awful", "no"]), max_size=30
)
_SPECS = ["repetition", "sentiment", {"rouge_l": "the cat sat"}]


@pytest.mark.parametrize(
    ("arguments", "text", "score"),
    [
        (None, "a b c d e", 0),
        (None, "a b", 0),
        (None, "", 0),
        (None, "a b c A B C", 1 / 4),  # abc bca cab abc
        (None, "no " * 101, 98 / 99),
        ({"n": 1}, "a a b b", 1 / 2),
        ({"n": 2, "unit": "characters"}, "aaaa", 2 / 3),
        ({"at_least": 0.5}, "no " * 9, 1),
        ({"at_most": 0.5}, "no " * 9, 0),
    ],
)
def test_repetition(arguments: object, text: str, score: float) -> None:
    spec = {"repetition": arguments} if arguments else "repetition"
    assert score_of(spec, text) == pytest.approx(score, abs=1e-15)


def test_repetition_of_tokens_needs_a_backend_that_reports_them() -> None:
    scorer = builtin_registry().build({"repetition": {"n": 1, "unit": "tokens"}})
    assert checked_score(scorer, completion_of("a a a", tokens=3)) == 0
    with pytest.raises(ScoreError, match="does not report tokens"):
        checked_score(scorer, completion_of("a a a"))


@given(_WORDS, st.integers(1, 5))
def test_repetition_is_the_share_of_ngrams_seen_before(words: list[str], n: int) -> None:
    # by its definition, n-gram by n-gram
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    before = sum(gram in grams[:i] for i, gram in enumerate(grams))
    expected = before / len(grams) if grams else 0
    assert score_of({"repetition": {"n": n}}, " ".join(words)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("I love this, it is wonderful!", 0.9, 1),
        ("I hate this, it is terrible.", 0, 0.15),
        ("This is not good.", 0, 0.4),
        ("The capital of France is Paris.", 0.5, 0.5),
        ("", 0.5, 0.5),
        ("\U0001f600", 0.6, 1),
    ],
)
def test_sentiment(text: str, low: float, high: float) -> None:
    assert low <= score_of("sentiment", text) <= high
    limited = {"sentiment": {"at_least": 0.525}}
    assert score_of(limited, text) == float(low >= 0.525)


@pytest.mark.parametrize("line", _ROUGE.read_text(encoding="utf-8").splitlines())
def test_rouge_l_has_the_values_of_googles_rouge_score(line: str) -> None:
    case = json.loads(line)
    for measure in ("precision", "recall", "f1"):
        spec = {"rouge_l": {"reference": "{{ reference }}", "measure": measure}}
        found = score_of(spec, case["completion"], reference=case["reference"])
        assert found == pytest.approx(case[measure], abs=1e-12)


def test_rouge_l_reads_other_letters_than_english_ones() -> None:
    assert (
        score_of({"rouge_l": "Gr\u00fc\u00dfe aus K\u00f6ln"}, "gr\u00fc\u00dfe aus k\u00f6ln") == 1
    )
    assert score_of({"rouge_l": "\u5df4\u9ece\u662f"}, "\u5df4\u9ece") == pytest.approx(0.8)
    assert score_of({"rouge_l": {"reference": "a b", "at_least": 0.5}}, "a b c") == 1


@given(_WORDS, st.sampled_from(_SPECS), st.text(alphabet=" \n\t", min_size=1, max_size=3))
def test_white_space_does_not_count(words: list[str], spec: object, space: str) -> None:
    plain = score_of(spec, " ".join(words))
    assert 0 <= plain <= 1
    assert score_of(spec, f"{space}{space.join(words)}{space}") == plain


@given(st.text(), st.sampled_from(_SPECS))
def test_any_text_has_a_score(text: str, spec: object) -> None:
    assert 0 <= score_of(spec, text) <= 1


@pytest.mark.parametrize(
    "spec", [*_SPECS, {"repetition": {"n": 20, "unit": "characters"}}], ids=str
)
def test_quick_on_hostile_text(spec: object) -> None:
    but = "but " + " ".join(f"good{'!' * (i % 9)} w{i}" for i in range(100_000))
    for text in [*HOSTILE.values(), but]:
        start = time.perf_counter()
        assert 0 <= score_of(spec, text) <= 1
        assert time.perf_counter() - start < 5


def test_a_long_reference_takes_no_quadratic_time() -> None:
    words = [f"w{i % 997}" for i in range(20_000)]
    start = time.perf_counter()
    answer, reference = " ".join(words[::-1]), " ".join(words)
    assert 0 < score_of({"rouge_l": "{{ r }}"}, answer, r=reference) < 1
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"repetition": 3}, "found the number 3, expected a mapping of options"),
        ({"repetition": {"n": 0}}, "n: found the number 0, expected a whole number from 1 to 20"),
        ({"repetition": {"n": True}}, "n: found the boolean true, expected a whole number"),
        ({"repetition": {"unit": "word"}}, "did you mean 'words'?"),
        (
            {"repetition": {"at_least": 2}},
            "at_least: found the number 2, expected a number from 0 to 1",
        ),
        (
            {"sentiment": {"at_least": 0.6, "at_most": 0.5}},
            "at_least is 0.6 and at_most is 0.5: no",
        ),
        ({"sentiment": "positive"}, "found the text 'positive', expected a mapping of options"),
        ({"sentiment": {"at_leest": 0.6}}, "did you mean 'at_least'?"),
        ("rouge_l", "rouge_l needs a reference; write {rouge_l: '{{ answer }}'}"),
        ({"rouge_l": {"measure": "f1"}}, "rouge_l needs 'reference' among its arguments"),
        ({"rouge_l": 3}, "found the number 3, expected text"),
        ({"rouge_l": ""}, "found an empty text; there would be nothing to share with it"),
        ({"rouge_l": {"reference": "a", "measure": "f"}}, "did you mean 'f1'?"),
    ],
)
def test_wrong_arguments(spec: object, message: str) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build(spec)
    assert message in str(caught.value)


def test_a_reference_without_words_is_refused() -> None:
    scorer = builtin_registry().build({"rouge_l": "{{ answer }}"})
    with pytest.raises(ScoreError, match=r"the reference '\?!' has no words"):
        check_prompt(scorer, completion_of("", answer="?!").prompt)


@pytest.mark.parametrize("spec", ["sentiment", {"language": "en"}, {"rouge_l": "a"}], ids=str)
def test_a_missing_library_is_named_with_the_way_to_get_it(
    spec: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optional.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build(spec)
    assert "needs the package" in str(caught.value)
    assert "pip install 'behavtest[scorers]'" in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("repetition", "repetition(n=3, unit=words)"),
        (
            {"repetition": {"n": 4, "unit": "tokens", "at_most": 0.1}},
            "repetition(n=4, unit=tokens, at_most=0.1)",
        ),
        ("sentiment", "sentiment"),
        ({"sentiment": {"at_least": 0.6}}, "sentiment(at_least=0.6)"),
        ({"rouge_l": "a"}, "rouge_l('a', measure=f1)"),
    ],
)
def test_names_say_the_arguments(spec: object, name: str) -> None:
    assert builtin_registry().build(spec).name == name
