"""Each built-in scorer: what it gives 1, what it gives 0, and what it refuses to be made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError
from behavtest.scoring import (
    ScorerSpecError,
    builtin_registry,
    check_prompt,
    checked_score,
    pattern,
)

_LABELLED = Path(__file__).parent / "data" / "refusals.jsonl"


def _completion(text: str, *, tokens: int = 0, **fields: object) -> Completion:
    prompt = Prompt((Message("user", "?"),), fields)
    return Completion(prompt, text, token_ids=tuple(range(tokens)))


def _score(spec: object, text: str, *, tokens: int = 0, **fields: object) -> float:
    scorer = builtin_registry().build(spec)
    return checked_score(scorer, _completion(text, tokens=tokens, **fields))


@pytest.mark.parametrize(
    ("spec", "text", "score"),
    [
        ({"contains": "Paris"}, "It is Paris.", 1),
        ({"contains": "Paris"}, "It is paris.", 0),
        ({"contains": {"text": "Paris", "ignore_case": True}}, "It is PARIS.", 1),
        ({"contains": ["Rome", "Paris"]}, "Paris", 1),
        ({"contains": {"text": ["Rome", "Paris"]}}, "Oslo", 0),
        ({"exact": "Paris"}, "  Paris\n", 1),
        ({"exact": "Paris"}, "Paris.", 0),
        ({"exact": {"text": "STRASSE", "ignore_case": True}}, "straße", 1),
        ({"starts_with": ["Yes", "Right"]}, "\nRight, so", 1),
        ({"starts_with": "Yes"}, "Well, Yes", 0),
        ({"regex": "(?i)stupid|shut up"}, "Oh, Shut Up!", 1),
        ({"regex": "^b"}, "ab", 0),
        ({"regex": {"text": "paris", "ignore_case": True}}, "Paris", 1),
        ({"regex": ["x", "y{2}"]}, "yy", 1),
        ("json", ' {"a": [1, 2.5e3, null]}\n', 1),
        ("json", '{"a": NaN}', 0),
        ("json", "[Infinity]", 0),
        ("json", '{"a": 1} and more', 0),
        ("json", "", 0),
        ("json", "```json\n{}\n```", 0),
        ({"json": {"fenced": True}}, "```json\n{}\n```", 1),
        ({"json": {"fenced": True}}, "```\n[1]\n```\n", 1),
        ({"json": {"fenced": True}}, "```python\n[1]\n```", 0),
        ({"json": {"fenced": True}}, "[1]", 1),
        ("json", "[" * 150 + "]" * 150, 1),
        ("json", "[" * 100_000 + "]" * 100_000, 0),
        ("json", '"' + "[" * 1000 + '"', 1),
        ("json", '"\\"' + "[" * 1000 + '"', 1),
        ("json", "9" * 5000, 1),
        ({"length": {"at_most": 2}}, "two words", 1),
        ({"length": {"at_most": 2}}, "now three words", 0),
        ({"length": {"at_least": 3, "at_most": 3, "unit": "characters"}}, " abc ", 1),
        ({"length": {"at_least": 1}}, "", 0),
        ({"not": {"contains": "a"}}, "a", 0),
        ({"not": {"not": "json"}}, "1", 1),
        ({"all": [{"contains": "a"}, {"contains": "b"}]}, "a", 0),
        ({"any": [{"contains": "a"}, {"contains": "b"}]}, "a", 1),
    ],
)
def test_scores(spec: object, text: str, score: float) -> None:
    assert _score(spec, text) == score


@pytest.mark.parametrize(
    ("spec", "text", "score"),
    [
        ({"contains": "{{ answer }}"}, "It is a+b.", 1),
        ({"regex": "{{ answer }}"}, "It is a+b.", 0),
        ({"regex": "{{ answer | regex_escape }}"}, "It is a+b.", 1),
        ({"starts_with": "{{ answer | upper }}"}, "A+B", 1),
        ({"exact": "{{ count }}"}, "3", 1),
    ],
)
def test_arguments_are_templates_over_the_rows_fields(
    spec: object, text: str, score: float
) -> None:
    assert _score(spec, text, answer="a+b", count=3) == score


def test_length_in_tokens_needs_a_backend_that_reports_them() -> None:
    spec = {"length": {"at_most": 2, "unit": "tokens"}}
    assert _score(spec, "some text", tokens=2) == 1
    assert _score(spec, "some text", tokens=3) == 0
    assert _score(spec, "") == 1
    with pytest.raises(ScoreError, match="does not report tokens"):
        _score(spec, "some text")


@pytest.mark.parametrize("line", _LABELLED.read_text(encoding="utf-8").splitlines())
def test_refusals(line: str) -> None:
    example = json.loads(line)
    assert _score("refusal", example["text"]) == example["refusal"], example["text"]


def test_refusal_is_quick_on_hostile_text() -> None:
    for text in ("i can't " * 100_000, "sorry " * 100_000, '"' * 100_000, "i'm not " * 100_000):
        assert _score("refusal", text) in (0, 1)


@pytest.mark.parametrize(
    ("spec", "message", "path"),
    [
        (
            "contans",
            "there is no scorer 'contans'; did you mean 'contains'? (scorers: all, any,",
            (),
        ),
        (3, "found the number 3, expected the name of a scorer or {name: arguments}", ()),
        ({}, "found a mapping with 0 names (), expected one", ()),
        ({"json": None, "refusal": None}, "found a mapping with 2 names (json, refusal)", ()),
        ("contains", "contains needs a text; write {contains: 'the text'}", ()),
        ({"contains": 3}, "found the number 3, expected text; write it in quotes", ("contains",)),
        ({"contains": True}, "found the boolean true, expected text; write it in", ("contains",)),
        ({"contains": []}, "found an empty list, expected at least one text", ("contains",)),
        ({"contains": " "}, "every completion would match it", ("contains",)),
        (
            {"contains": {"txt": "a"}},
            "contains has no argument 'txt'; did you mean 'text'?",
            ("contains",),
        ),
        ({"contains": {"ignore_case": True}}, "contains needs 'text'", ("contains",)),
        (
            {"exact": {"text": "a", "ignore_case": "yes"}},
            "exact: ignore_case: found the text 'yes', expected true or false",
            ("exact",),
        ),
        ({"contains": "{{ a"}, "the template cannot be read: unexpected end of", ("contains",)),
        ({"regex": "(("}, "'((' is not a regular expression: missing ) at position 2", ("regex",)),
        (
            {"refusal": "strict"},
            "refusal takes no arguments; found the text 'strict'",
            ("refusal",),
        ),
        ({"json": "fenced"}, "found the text 'fenced', expected a mapping of options", ("json",)),
        ({"length": 20}, "found the number 20, expected limits: {at_most: 20,", ("length",)),
        ({"length": {}}, "length needs at_most, at_least or both", ("length",)),
        (
            {"length": {"at_most": -1}},
            "at_most: found the number -1, expected a whole",
            ("length",),
        ),
        ({"length": {"at_most": None}}, "at_most: found nothing (null), expected a", ("length",)),
        ({"length": {"at_most": 1, "at_least": 2}}, "no text can be both", ("length",)),
        ({"length": {"at_most": 1, "unit": "word"}}, "did you mean 'words'?", ("length",)),
        ({"all": "json"}, "found the text 'json', expected a list of scorers", ("all",)),
        ({"any": []}, "found an empty list, expected a list of scorers", ("any",)),
        (
            {"all": ["json", {"not": {"any": [{"regex": "["}]}}]},
            "is not a regular expression",
            ("all", 1, "not", "any", 0, "regex"),
        ),
    ],
)
def test_wrong_arguments(spec: object, message: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build(spec)
    assert message in str(caught.value)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("spec", "fields", "message"),
    [
        ({"contains": "{{ answr }}"}, {"answer": "x"}, "did you mean 'answer'? (fields: answer)"),
        ({"contains": "{{ answer }}"}, {"answer": ""}, "comes out empty"),
        (
            {"not": {"contains": "{{ answer }}"}},
            {"answer": None},
            "found nothing (null) where text",
        ),
        (
            {"exact": "{{ answer }}"},
            {"answer": True},
            "found the boolean true where text is written",
        ),
        ({"any": ["json", {"regex": "{{ answer }}"}]}, {"answer": "(("}, "regex: '((' is not a"),
    ],
)
def test_prompts_are_refused_before_any_model_runs(
    spec: object, fields: dict[str, object], message: str
) -> None:
    scorer = builtin_registry().build(spec)
    with pytest.raises(ScoreError) as caught:
        check_prompt(scorer, Prompt((), fields))
    assert message in str(caught.value)
    with pytest.raises(ScoreError):
        checked_score(scorer, _completion("answer", **fields))


def test_a_regex_that_backtracks_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern, "_TIMEOUT_SECONDS", 0.05)
    with pytest.raises(ScoreError, match=r"took more than 0.05 s on a completion of 81 characters"):
        _score({"regex": r"^(\w|\w\w|x)*$"}, "x" * 80 + "!")


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ({"contains": "Paris"}, "contains('Paris')"),
        (
            {"contains": {"text": ["a", "b"], "ignore_case": True}},
            "contains('a', 'b', ignore_case=True)",
        ),
        ({"not": {"regex": "x"}}, "not(regex('x'))"),
        ({"all": ["refusal", {"json": {"fenced": True}}]}, "all(refusal, json(fenced=True))"),
        ({"length": {"at_most": 3, "at_least": 1}}, "length(at_least=1, at_most=3, unit=words)"),
    ],
)
def test_names_say_the_arguments(spec: object, name: str) -> None:
    assert builtin_registry().build(spec).name == name
