"""The JSON Schema of suite files, for editors: completion, checks and a word on every field."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import (
    ANYTHING,
    TEXT,
    Shape,
    about,
    arguments_of,
    either,
    fields,
    some,
)
from behavtest.suite.schema.shapes import ASKED_ROW, defined, rows
from behavtest.suite.schema.tables import BEHAVIOR, CONTRAST, SIDE, SUITE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.scoring import ScorerRegistry
    from behavtest.suite.sources import PromptSourceRegistry

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_WAYS: Final = ("prompts", "template", "messages", "contrast")


def suite_schema(*, scorers: ScorerRegistry, sources: PromptSourceRegistry) -> dict[str, object]:
    """Return the JSON Schema of suite files.

    It is open for scorers and prompt sources that are not known here, since a plugin may bring
    them, and says nothing of what only loading can tell: files, templates, ids, fields of rows.

    Args:
        scorers: The scorers to complete and check.
        sources: The prompt sources to complete.
    """
    return {
        "$schema": DRAFT,
        "title": "behavtest suite",
        "description": "Behaviors of a language model, each one claim about what it says.",
        **fields(SUITE, required=["behaviors"]),
        "definitions": {
            "behavior": _behavior(),
            "contrast": _contrast(),
            "side": either(rows(ASKED_ROW), _template_side()),
            "source": _named(sources.factories, {}),
            "score": _score(scorers.factories),
        },
    }


def _behavior() -> Shape:
    """Return the shape of a behavior: its fields, and which of them go together."""
    return {
        **fields(BEHAVIOR, required=["id", "score", "expect"]),
        "anyOf": [{"required": [way]} for way in _WAYS],
        "dependencies": {
            "relation": ["contrast"],
            "template": {"properties": _none_of("messages", "contrast")},
            "messages": {"properties": _none_of("contrast")},
            "variables": {"properties": _none_of("prompts")},
        },
        "allOf": [
            {
                # rows without a template around them are prompts themselves
                "if": {"not": {"anyOf": [{"required": [way]} for way in _WAYS[1:]]}},
                "then": {"properties": {"prompts": rows(ASKED_ROW)}},
            },
            {
                "if": {"required": ["expect"], "properties": {"expect": {"type": "object"}}},
                "then": {"properties": _none_of("tolerance")},
            },
        ],
    }


def _contrast() -> Shape:
    """Return the shape of a contrast: of rows that match, or of templates."""
    of_rows = {"required": list(CONTRAST), "properties": _both(rows(ASKED_ROW))}
    of_templates = {
        "required": ["target", "baseline"],
        "properties": {**_both(_template_side()), **_none_of("match_on")},
    }
    return {**fields(CONTRAST), "anyOf": [of_rows, of_templates]}


def _both(shape: Shape) -> dict[str, object]:
    return {"target": shape, "baseline": shape}


def _template_side() -> Shape:
    return {**fields(SIDE), "minProperties": 1, "maxProperties": 1}


def _none_of(*names: str) -> dict[str, object]:
    return dict.fromkeys(names, False)


def _score(factories: Mapping[str, object]) -> Shape:
    """Return the shape of a scorer: a name, or one name with its arguments."""
    combined: dict[str, Shape] = {
        "not": about("1 minus the other scorer's score.", defined("score")),
        "all": about("The least of the scores.", some(defined("score"))),
        "any": about("The greatest of the scores.", some(defined("score"))),
        "weighted": about("The weighted mean of the scores.", some(_weighted())),
    }
    lone = [name for name, factory in factories.items() if _stands_alone(factory)]
    never = [*combined, *(name for name in factories if name not in lone)]
    name = {**TEXT, "not": {"enum": sorted(never)}}
    return either({"enum": sorted(lone)}, name, _named(factories, combined))


def _weighted() -> Shape:
    return fields(
        {
            "score": about("The scorer.", defined("score")),
            "weight": about("How much it counts.", {"type": "number", "exclusiveMinimum": 0}),
        },
        required=["score", "weight"],
    )


def _named(factories: Mapping[str, object], also: Mapping[str, Shape]) -> Shape:
    """Return the shape of ``{name: arguments}``, of names that are known or a plugin's."""
    known = {
        name: about(_summary(factory), arguments_of(factory) or ANYTHING)
        for name, factory in factories.items()
    }
    properties = dict(sorted({**also, **known}.items()))
    return {"type": "object", "properties": properties, "minProperties": 1, "maxProperties": 1}


def _stands_alone(factory: object) -> bool:
    """Whether a factory takes null for its arguments, or does not say."""
    shape = arguments_of(factory)
    if shape is None:
        return True
    from jsonschema import Draft7Validator

    return Draft7Validator(dict(shape)).is_valid(None)


def _summary(factory: object) -> str:
    """Return the first paragraph of a factory's docstring, without what all of them begin with."""
    first = (inspect.getdoc(factory) or "").split("\n\n")[0].replace("\n", " ")
    said = re.sub(r"^Make a scorer:? ", "", first).replace("``", "`")
    return said[:1].upper() + said[1:]
