"""Every field of the schema has a wrong value, told with file, line, field, found and expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import pytest
from jsonschema import Draft7Validator
from suite_schema import SCHEMA, agrees

from behavtest.errors import SuiteError
from behavtest.suite import Suite
from behavtest.suite.schema.document import builtin_offered

Load = Callable[[str], Suite]
Shape = Mapping[str, object]

_PLAIN = {"id": "a", "prompts": "[Hi]", "score": "json", "expect": "not_worse"}
_SIDES = "target: [{prompt: a, k: 1}], baseline: [{prompt: b, k: 1}], match_on: k"
_OFFERED = {"score": "scorers", "source": "sources", "perturbation": "perturbations"}
"""Definitions of the schema whose fields are names that plugins offer."""


def _fields(shape: Shape, owner: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield every field as ``owner.name``, the owner being the field or definition it is in."""
    if "$ref" in shape:
        name = str(shape["$ref"]).rpartition("/")[2]
        if name not in seen:
            yield from _fields(SCHEMA["definitions"][name], name, seen | {name})
        return
    for name, inner in shape.get("properties", {}).items():
        yield f"{owner}.{name}"
        if isinstance(inner, Mapping):
            yield from _fields(inner, name, seen)
    items = shape.get("items", [])
    for part in [*shape.get("anyOf", []), *(items if isinstance(items, list) else [items])]:
        yield from _fields(part, owner, seen)


def _file(top: str) -> str:
    return f"{top}  # wrong\nbehaviors:\n  - {{id: a, prompts: [Hi], score: json, expect: not_worse}}\n"


def _behavior(**fields: str | None) -> str:
    """Write a behavior whose last field is the wrong one."""
    lines = [
        f"{name}: {value}" for name, value in {**_PLAIN, **fields}.items() if value is not None
    ]
    wrong = next(iter(reversed(fields)))
    lines.append(
        lines.pop(next(i for i, line in enumerate(lines) if line.startswith(f"{wrong}: ")))
    )
    return "behaviors:\n  - " + "\n    ".join(lines) + "  # wrong\n"


def _of(name: str, value: str, **also: str | None) -> str:
    return _behavior(**also, **{name: value})


_NO: dict[str, str | None] = {"prompts": None}

WRONG: dict[str, tuple[str, str, str, str]] = {
    "suite.suite": (_file("suite: a b"), "suite", "found 'a b'", "expected a short name"),
    "suite.version": (_file("version: [1]"), "version", "found a list", "expected text"),
    "suite.description": (_file("description: 3"), "description", "found the number 3", "expected text"),
    "suite.include": (_file("include: common.yaml"), "include", "found the text 'common.yaml'", "expected a list of files"),
    "suite.defaults": (_file("defaults: 3"), "defaults", "found the number 3", "expected a mapping"),
    "suite.variables": (_file("variables: {a: 3}"), "variables.a", "found the number 3", "expected a list of values"),
    "suite.behaviors": ("behaviors: refusal  # wrong", "behaviors", "found the text 'refusal'", "expected a list of behaviors"),
    "defaults.tolerance": (_file("defaults: {tolerance: x}"), "defaults.tolerance", "found the text 'x'", "expected a number"),
    "defaults.weight": (_file("defaults: {weight: 0}"), "defaults.weight", "found the number 0", "expected one above 0"),
    "defaults.max_new_tokens": (_file("defaults: {max_new_tokens: 1.5}"), "defaults.max_new_tokens", "found the number 1.5", "expected a whole number"),
    "defaults.temperature": (_file("defaults: {temperature: hot}"), "defaults.temperature", "found the text 'hot'", "expected a number"),
    "defaults.top_k": (_file("defaults: {top_k: all}"), "defaults.top_k", "found the text 'all'", "expected a whole number"),
    "defaults.top_p": (_file("defaults: {top_p: 2}"), "defaults.top_p", "top_p is 2.0", "it must be in (0, 1]"),
    "defaults.system": (_file("defaults: {system: 3}"), "defaults.system", "found the number 3", "expected text"),
    "defaults.tags": (_file("defaults: {tags: x}"), "defaults.tags", "found the text 'x'", "expected a list"),
    "behavior.id": (_of("id", "a b"), "id", "found 'a b'", "expected a short name"),
    "behavior.prompts": (_of("prompts", "3"), "prompts", "found the number 3", "expected a list of prompts"),
    "behavior.template": (_of("template", "3", **_NO), "template", "found the number 3", "expected a list of messages"),
    "template.role": (_of("template", "[{role: you, content: a}]", **_NO), "template[0].role", "found 'you'", "expected one of system, user, assistant"),
    "template.content": (_of("template", "[{role: user, content: 3}]", **_NO), "template[0].content", "found the number 3", "expected text"),
    "behavior.messages": (_of("messages", "{a: 1}", **_NO), "messages", "found a mapping", "expected a list of messages"),
    "messages.role": (_of("messages", "[{role: 3, content: a}]", **_NO), "messages[0].role", "found the number 3", "expected text"),
    "messages.content": (_of("messages", "[{role: user, content: null}]", **_NO), "messages[0].content", "found nothing (null)", "expected text"),
    "behavior.variables": (_of("variables", "[x]", template="a", **_NO), "variables", "found a list", "expected a mapping"),
    "behavior.contrast": (_of("contrast", "harmful.csv", **_NO), "contrast", "found the text 'harmful.csv'", "expected a mapping"),
    "contrast.target": (_of("contrast", "{target: 3, baseline: [{prompt: a, k: 1}], match_on: k}", **_NO), "contrast.target", "found the number 3", "expected a list of prompts"),
    "contrast.baseline": (_of("contrast", "{target: [{prompt: a, k: 1}], baseline: 3, match_on: k}", **_NO), "contrast.baseline", "found the number 3", "expected a list of prompts"),
    "contrast.match_on": (_of("contrast", "{target: [{prompt: a, k: 1}], baseline: [{prompt: b, k: 1}], match_on: 3}", **_NO), "contrast.match_on", "found the number 3", "expected text"),
    "asked.prompt": (_of("contrast", "{target: [{prompt: 3, k: 1}], baseline: [{prompt: b, k: 1}], match_on: k}", **_NO), "contrast.target[0].prompt", "found the number 3", "expected text"),
    "asked.messages": (_of("prompts", "[{messages: []}]"), "prompts[0].messages", "found an empty list", "expected at least one of messages"),
    "side.messages": (_of("contrast", "{target: {messages: 3}, baseline: {template: a}}", **_NO), "contrast.target.messages", "found the number 3", "expected a list of messages"),
    "side.template": (_of("contrast", "{target: {template: 3}, baseline: {template: a}}", **_NO), "contrast.target.template", "found the number 3", "expected a list of messages"),
    "contrast.perturb": (_of("contrast", "{perturb: 3}"), "contrast.perturb", "found the number 3", "expected the name of a perturbation"),
    "contrast.keep": (_of("contrast", "{perturb: typos, keep: 3}"), "contrast.keep", "found the number 3", "expected a list of fields"),
    "behavior.system": (_of("system", "3"), "system", "found the number 3", "expected text"),
    "behavior.relation": (_of("relation", "same", contrast=f"{{{_SIDES}}}", **_NO), "relation", "found 'same'", "expected one of difference, invariance"),
    "behavior.expect": (_of("expect", "better"), "expect", "found 'better'", "expected one of not_worse"),
    "expect.increases": (_of("expect", "{increases: 0.3}"), "expect.increases", "found the number 0.3", "expected by how much"),
    "increases.by": (_of("expect", "{increases: {by: lots}}"), "expect.increases.by", "found the text 'lots'", "expected a number"),
    "expect.decreases": (_of("expect", "{decreases: [by]}"), "expect.decreases", "found a list", "expected by how much"),
    "decreases.by": (_of("expect", "{decreases: {by: true}}"), "expect.decreases.by", "found the boolean true", "expected a number"),
    "expect.at_least": (_of("expect", "{at_least: most}"), "expect.at_least", "found the text 'most'", "expected a number"),
    "expect.at_most": (_of("expect", "{at_most: 2}"), "expect.at_most", "2 puts the boundary at 2", "must lie strictly between 0 and 1"),
    "behavior.tolerance": (_of("tolerance", "none"), "tolerance", "found the text 'none'", "expected a number"),
    "behavior.weight": (_of("weight", "-1"), "weight", "found the number -1", "expected one above 0"),
    "behavior.max_new_tokens": (_of("max_new_tokens", "0"), "max_new_tokens", "max_new_tokens is 0", "it must be between 1 and 1,000,000"),
    "behavior.temperature": (_of("temperature", "-1"), "temperature", "temperature is -1.0", "it must be 0 or more"),
    "behavior.top_k": (_of("top_k", "-1"), "top_k", "top_k is -1", "it must be between 0"),
    "behavior.top_p": (_of("top_p", "0"), "top_p", "top_p is 0.0", "it must be in (0, 1]"),
    "behavior.tags": (_of("tags", "[two words]"), "tags[0]", "found 'two words'", "expected a word of letters"),
    "behavior.description": (_of("description", "3"), "description", "found the number 3", "expected text"),
    "behavior.score": (_of("score", "3"), "score", "found the number 3", "expected the name of a scorer"),
    "score.all": (_of("score", "{all: json}"), "score.all", "found the text 'json'", "expected a list of scorers"),
    "score.any": (_of("score", "{any: []}"), "score.any", "found an empty list", "expected a list of scorers"),
    "score.not": (_of("score", "{not: [json]}"), "score.not", "found a list", "expected the name of a scorer"),
    "score.weighted": (_of("score", "{weighted: json}"), "score.weighted", "found the text 'json'", "expected a list of scorers"),
    "weighted.score": (_of("score", "{weighted: [{score: 3, weight: 1}]}"), "score.weighted[0].score", "found the number 3", "expected the name of a scorer"),
    "weighted.weight": (_of("score", "{weighted: [{score: json, weight: 0}]}"), "score.weighted[0].weight", "found the number 0", "expected a number above 0"),
    "json.schema": (_of("score", "{json: {schema: 3}}"), "score.json", "found the number 3", "expected a JSON Schema as a mapping"),
}  # fmt: skip
"""Field -> suite, the field's path in the behavior or file, what is said of both."""

_VALID = {("number", "answer"): 3, ("language", "is"): "en", ("demographic", "change"): "origin"}
"""Arguments that a scorer needs beside the wrong one, where a plain text is none."""

FIELDS = list(dict.fromkeys(_fields(SCHEMA, "suite")))


def _named(kind: str) -> Mapping[str, Shape]:
    definition = SCHEMA["definitions"][kind]
    return (definition if kind == "source" else definition["anyOf"][-1])["properties"]


def _arguments(shape: Shape) -> Mapping[str, Shape]:
    """Return the arguments of a scorer that takes a mapping of them, in one of its forms."""
    return {
        name: inner
        for form in (shape, *shape.get("anyOf", []))
        for name, inner in form.get("properties", {}).items()
    }


def _required(shape: Shape) -> list[str]:
    return [name for form in (shape, *shape.get("anyOf", [])) for name in form.get("required", [])]


def _unfit(shape: Shape) -> object:
    """Return a value that a shape refuses."""
    validator = Draft7Validator(dict(shape))
    values = ({"a": 1}, "no such word", True, -1)
    return next(value for value in values if not validator.is_valid(value))


def _fit(name: str, argument: str, shape: Shape) -> object:
    """Return a value that an argument takes."""
    validator = Draft7Validator(dict(shape))
    values = (_VALID.get((name, argument)), "a", ["a", "b"], 1, True)
    return next(value for value in values if value is not None and validator.is_valid(value))


def _offered(kind: str) -> Mapping[str, object]:
    registry = getattr(builtin_offered(), _OFFERED[kind])
    return registry.factories


def _asking(kind: str, name: str, arguments: object) -> str:
    """Write a behavior that asks for what is offered under a name."""
    spec = json.dumps({name: arguments})
    if kind == "perturbation":
        return _of("contrast", f"{{perturb: {spec}}}")
    return _of({"score": "score", "source": "prompts"}[kind], spec)


_ARGUMENTS = [
    (kind, name, argument)
    for kind in _OFFERED
    for name in _offered(kind)
    for argument in _arguments(_named(kind)[name])
    if f"{name}.{argument}" not in WRONG
]


def _error(load: Load, text: str) -> SuiteError:
    with pytest.raises(SuiteError) as caught:
        load(text)
    assert agrees("s.behav.yaml", caught.value), "the schema refuses what has the wrong shape"
    assert caught.value.file == "s.behav.yaml"
    wrong = next(number for number, line in enumerate(text.split("\n"), 1) if "# wrong" in line)
    assert caught.value.line == wrong
    return caught.value


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_value_is_told(load: Load, field: str) -> None:
    text, path, found, expected = WRONG[field]
    error = _error(load, text)
    below = text.startswith("behaviors:\n") and not field.startswith("suite.")
    assert error.field == (f"behaviors[0].{path}" if below else path)
    assert found in error.message
    assert expected in error.message


@pytest.mark.parametrize(("kind", "name", "argument"), _ARGUMENTS)
def test_a_wrong_argument_is_told(load: Load, kind: str, name: str, argument: str) -> None:
    """Everything else is right, so that it is this argument that is told of."""
    shape = _named(kind)[name]
    known = _arguments(shape)
    needed = ["is"] if name == "language" else _required(shape)
    beside = {one: _fit(name, one, known[one]) for one in needed}
    error = _error(load, _asking(kind, name, {**beside, argument: _unfit(known[argument])}))
    assert name in error.field
    assert "found" in error.message or "is not a" in error.message
    assert "expected" in error.message or "is not a" in error.message


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in _OFFERED for name in _offered(kind)]
)
def test_wrong_arguments_of_what_is_offered_are_told(load: Load, kind: str, name: str) -> None:
    """A list of lists is an argument of nothing."""
    error = _error(load, _asking(kind, name, [[1]]))
    assert name in error.field
    assert "found" in error.message
    assert any(word in error.message for word in ("expected", "takes no arguments"))


def test_no_field_is_without_a_wrong_value() -> None:
    """Fields that come later need one, too."""
    told = {
        *WRONG,
        *(f"{name}.{argument}" for _, name, argument in _ARGUMENTS),
        *(f"{kind}.{name}" for kind in _OFFERED for name in _offered(kind)),
    }
    assert [field for field in FIELDS if field not in told] == []
    assert len(FIELDS) > 100
