"""``json`` with a schema: what meets one, in bounded time."""

from __future__ import annotations

import json
import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import HOSTILE, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import ScorerSpecError, builtin_registry, json_schema
from behavtest.scoring.json_schema import JsonSchema

_PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}, "age": {"type": "integer"}},
    "required": ["name"],
    "additionalProperties": False,
}
_TREE = {
    "$defs": {"node": {"type": "object", "properties": {"child": {"$ref": "#/$defs/node"}}}},
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    ("schema", "text", "score"),
    [
        (_PERSON, '{"name": "Ann", "age": 3}', 1),
        (_PERSON, '{"name": "ann"}', 0),
        (_PERSON, '{"name": "Ann", "age": 3.5}', 0),
        (_PERSON, '{"name": "Ann", "x": 1}', 0),
        (_PERSON, "{}", 0),
        (_PERSON, "Ann", 0),
        ({"$schema": "http://json-schema.org/draft-07/schema#", **_PERSON}, '{"name": "Ann"}', 1),
        ({"patternProperties": {"^x": {"type": "null"}}}, '{"x1": null, "y": 1}', 1),
        ({"patternProperties": {"^x": {"type": "null"}}}, '{"x1": 1}', 0),
        ({"uniqueItems": True}, "[1, true, {}]", 1),
        ({"uniqueItems": True}, "[1, 1.0]", 0),
        ({"uniqueItems": True}, '[{"a": [1], "b": 2}, {"b": 2, "a": [1.0]}]', 0),
        ({"type": "string", "format": "date"}, '"no date"', 1),
        (_TREE, '{"child": {"child": {}}}', 1),
        (_TREE, '{"child": {"child": 1}}', 0),
        ({"type": "integer"}, "1e400", 0),
        ({"type": "integer", "multipleOf": 0.5}, "9" * 4000, 0),
        ({"type": "array"}, "[" * 51 + "]" * 51, 0),
        ({"type": "array"}, "[" * 50 + "]" * 50, 1),
    ],
)
def test_scores(schema: object, text: str, score: float) -> None:
    assert score_of({"json": {"schema": schema}}, text) == score
    fenced = {"json": {"schema": schema, "fenced": True}}
    assert score_of(fenced, f"```json\n{text}\n```") == score


_ENDLESS = r"^(\w|\w\w|x)*$"

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 1.0, "a", "xa", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "xa", "xb"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "uniqueItems": st.booleans(),
        "pattern": st.sampled_from(["^x", "a$"]),
        "properties": st.just({"a": {"type": "integer"}}),
        "patternProperties": st.just({"^x": {"type": "string"}}),
        "additionalProperties": st.sampled_from([True, False, {"type": "boolean"}]),
        "items": st.just({"uniqueItems": True}),
    },
)


@given(_SCHEMAS, _VALUES)
def test_the_replaced_keywords_agree_with_jsonschemas_own(
    schema: dict[str, Any], value: Any
) -> None:
    assert JsonSchema(schema).met_by(value) == jsonschema.Draft202012Validator(schema).is_valid(
        value
    )


def test_nothing_is_fetched() -> None:
    with pytest.raises(ScorerSpecError, match=r"'https://example\.com/x' refers to nothing"):
        builtin_registry().build({"json": {"schema": {"$ref": "https://example.com/x"}}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": _ENDLESS}, "x" * 80 + "!"),
        ({"patternProperties": {_ENDLESS: False}}, {"x" * 80 + "!": 1}),
        ({"additionalProperties": False, "patternProperties": {_ENDLESS: {}}}, {"x" * 80 + "!": 1}),
        (
            {
                "$defs": {
                    "n": {
                        "anyOf": [{"properties": {"c": {"$ref": "#/$defs/n"}}, "required": ["c"]}]
                        * 2
                    }
                },
                "$ref": "#/$defs/n",
            },
            json.loads('{"c":' * 30 + "{}" + "}" * 30),
        ),
    ],
)
def test_a_check_without_end_is_an_error(
    schema: object, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = JsonSchema(schema)
    monkeypatch.setattr(json_schema, "_SECONDS", 0.1)
    start = time.perf_counter()
    with pytest.raises(ScoreError, match=r"took more than 0.1 s"):
        read.met_by(value)
    assert time.perf_counter() - start < 3


def test_quick_on_hostile_text() -> None:
    mixed = json.dumps([[i, str(i)][i % 2] for i in range(100_000)])
    for text in [*HOSTILE.values(), mixed]:
        start = time.perf_counter()
        assert (
            score_of({"json": {"schema": {"uniqueItems": True, "items": {"type": "null"}}}}, text)
            == 0
        )
        assert time.perf_counter() - start < 5
    assert score_of({"json": {"schema": {"uniqueItems": True}}}, mixed) == 1


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (None, "schema: found nothing (null), expected a JSON Schema as a mapping"),
        (True, "schema: found the boolean true, expected a JSON Schema"),
        ({"type": "objekt"}, "schema: type: 'objekt' is not valid under any of the given schemas"),
        ({"properties": {"a": {"minimum": "1"}}}, "schema: properties: a: minimum: '1' is not of"),
        ({"pattern": "(("}, "schema: pattern: '((' is not a 'regex'"),
        ({"$ref": "#/$defs/x"}, "schema: '#/$defs/x' refers to nothing in the schema"),
        ({"$ref": "#"}, "json: the schema refers to itself without end"),
        (
            {"$schema": "https://example.com/mine"},
            "$schema: found the text 'https://example.com/mine'",
        ),
        (
            {"unevaluatedProperties": False, "patternProperties": {"a": {}}},
            "unevaluatedProperties and patternProperties do not go together here",
        ),
    ],
)
def test_wrong_schemas(schema: object, message: str) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build({"json": {"schema": schema}})
    assert message in str(caught.value)
    assert caught.value.path == ("json",)


def test_names_tell_schemas_apart() -> None:
    def name(schema: object) -> str:
        return builtin_registry().build({"json": {"schema": schema, "fenced": True}}).name

    assert name({"type": "null"}) == 'json(schema={"type": "null"}, fenced=True)'
    long = {"enum": ["x" * 100, "y" * 100]}
    assert name(long) == name({"enum": ["x" * 100, "y" * 100]})
    assert name(long) != name({"enum": ["x" * 100, "z" * 100]})
    assert len(name(long)) < 200
