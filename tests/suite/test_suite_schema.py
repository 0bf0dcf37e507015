"""The JSON Schema that editors use says what the loader says, as far as a schema can."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from suite_schema import SCHEMA, allows, faults

from behavtest.errors import SuiteError
from behavtest.report.schema_text import as_text
from behavtest.scoring import ScorerRegistry
from behavtest.scoring.shapes import arguments_of, takes
from behavtest.suite import Suite
from behavtest.suite.schema.document import builtin_offered, suite_schema
from behavtest.suite.schema.tables import BEHAVIOR, CONTRAST, DEFAULTS, PERTURB, SHARED, SIDE, SUITE

Load = Callable[[str], Suite]

_ROOT = Path(__file__).parents[2]
_SUITES = sorted(
    path
    for folder in ("suites", "examples", "plugins", "behavtest")
    for path in (_ROOT / folder).rglob("*.behav.yaml")
)


def test_the_published_schema_is_the_one_in_use() -> None:
    """Written by `make docs`; alone, by `python docs/schema.py`."""
    published = (_ROOT / "docs" / "suite.schema.json").read_text(encoding="utf-8")
    assert published == as_text(SCHEMA)
    Draft7Validator.check_schema(json.loads(published))


def test_there_are_suites_to_check() -> None:
    assert len(_SUITES) > 10


@pytest.mark.parametrize("path", _SUITES, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_every_suite_of_the_project_is_valid(path: Path) -> None:
    assert faults(path) == []


def test_every_field_is_described() -> None:
    """An editor shows a word on each."""
    for table in (SUITE, SHARED, DEFAULTS, BEHAVIOR, CONTRAST, PERTURB, SIDE):
        assert all("description" in shape for shape in table.values())


@pytest.mark.parametrize(
    "factory",
    [factory for registry in builtin_offered() for factory in registry.factories.values()],
    ids=lambda factory: factory.__qualname__ + "-" + factory.__module__,
)
def test_factories_declare_the_arguments_they_take(factory: Callable[..., object]) -> None:
    """What is said of an unknown argument lists what the schema completes."""
    shape = arguments_of(factory)
    assert shape is not None
    variants = [shape, *shape.get("anyOf", [])]
    declared = {field for one in variants for field in one.get("properties", {})}
    folder = [Path()] if ".sources." in factory.__module__ else []  # a source's rows come later
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - a sentence for each factory
        list(factory({"no-such-argument": 1}, *folder))
    known = re.search(r"\(arguments: (.*)\)", str(caught.value))
    assert declared == (set(known[1].split(", ")) if known else set())


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("max_new_tokens", "1 | 1000000", "0 | 1000001 | 1.5 | x"),
        ("temperature", "0 | 0.5 | 1e9", "-0.1 | x | null"),
        ("top_k", "0 | 1000000", "-1 | 1000001"),
        ("top_p", "0.001 | 1", "0 | 1.1 | -1"),
        ("weight", "0.000001 | 1000000", "0 | 0.0000009 | 1000001 | x"),
        ("tolerance", "0.001 | 0.999", "-0.1 | 1 | x | true"),
        ("expect", "{at_least: 0.001} | {at_most: 0.999}", "{at_least: 0} | {at_most: 1} | {at_lest: 1}"),
        ("expect", "{increases: {by: 0}} | {decreases: {by: 0.9}}", "{increases: {by: 1}} | {increases: {}}"),
        ("id", "a | 0 | A.b-c_9", "-a | a b | '' | .a"),
        ("tags", "[a] | [_a-b]", "[] | [and] | [0a] | a | [3]"),
        ("score", "refusal | {json: null} | {length: {at_most: 1}}", "length | {length: 3} | {length: {}} | not | 3 | {} | {json: {}, refusal: null}"),
        ("score", "{number: 3} | {number: {answer: 3, which: only}}", "{number: {answer: 3, which: all}} | {number: null}"),
        ("score", "{all: [json, {any: [json]}]} | {weighted: [{score: json, weight: 2}]}", "{all: []} | {all: json} | {weighted: [{score: json}]} | {not: {not: 3}}"),
        ("description", "a", "'' | 3"),
    ],
)  # fmt: skip
def test_the_ends_of_ranges(load: Load, field: str, good: str, bad: str) -> None:
    """Schema and loader agree on what is just inside and just outside."""

    def written(value: str) -> str:
        lines = {"id": "a", "prompts": "[Hi]", "score": "json", "expect": "not_worse"}
        value = f'"{value}"' if value == "0" and field == "id" else value
        return (
            "behaviors: [{"
            + ", ".join(f"{k}: {v}" for k, v in {**lines, field: value}.items())
            + "}]"
        )

    for value in good.split(" | "):
        load(written(value))
        assert allows("s.behav.yaml"), value
    for value in bad.split(" | "):
        with pytest.raises(SuiteError):
            load(written(value))
        assert not allows("s.behav.yaml"), value


def test_plugins_scorers_are_completed_and_unknown_ones_are_let_be() -> None:
    """A plugin declares its arguments with an attribute; without one, anything goes."""

    def plain(arguments: object) -> object:
        """Score something of a plugin's own."""

    declared = takes({"type": "number"})(lambda arguments: None)
    registry = ScorerRegistry({"plain": plain, "shouts": declared})
    schema = suite_schema(builtin_offered()._replace(scorers=registry))
    validator = Draft7Validator(schema)

    def valid(score: object) -> bool:
        behavior = {"id": "a", "prompts": ["Hi"], "score": score, "expect": "not_worse"}
        return validator.is_valid({"behaviors": [behavior]})

    assert valid({"shouts": 0.8})
    assert not valid({"shouts": "loud"})
    assert not valid("shouts")
    for score in ("plain", {"plain": [1, "a"]}, "another", {"another": 3}):
        assert valid(score)
    named = schema["definitions"]["score"]["anyOf"][-1]["properties"]
    assert named["plain"]["description"] == "Score something of a plugin's own."
