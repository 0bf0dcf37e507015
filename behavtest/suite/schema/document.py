"""The JSON Schema of suite files, for editors: completion, checks and a word on every field."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final, NamedTuple

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
from behavtest.stats.expectation import Kind
from behavtest.suite.schema.shapes import ASKED_ROW, DEFINED, defined, rows
from behavtest.suite.schema.tables import BEHAVIOR, CONTRAST, PERTURB, SIDE, SUITE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.scoring import ScorerRegistry
    from behavtest.suite.perturbations import PerturbationRegistry
    from behavtest.suite.sources import PromptSourceRegistry

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_WAYS: Final = ("prompts", "template", "messages", "contrast")


class Offered(NamedTuple):
    """What suites can name.

    Args:
        scorers: The scorers.
        sources: The prompt sources.
        perturbations: The perturbations.
    """

    scorers: ScorerRegistry
    sources: PromptSourceRegistry
    perturbations: PerturbationRegistry


def builtin_offered() -> Offered:
    """Return what suites can name without any plugin."""
    from behavtest.scoring import builtin_registry
    from behavtest.suite.perturbations import builtin_perturbations
    from behavtest.suite.sources import builtin_sources

    return Offered(builtin_registry(), builtin_sources(), builtin_perturbations())


def suite_schema(offered: Offered) -> dict[str, object]:
    """Return the JSON Schema of suite files.

    It is open for scorers and all else that a plugin may bring, and says nothing of what only
    loading can tell: files, templates, ids, fields of rows.

    Args:
        offered: What there is to complete, and to check where its arguments are declared.
    """
    return {
        "$schema": DRAFT,
        "title": "behavtest suite",
        "description": "Behaviors of a language model, each one claim about what it says.",
        **fields(SUITE, required=["behaviors"]),
        "definitions": {
            **DEFINED,
            "behavior": _behavior(),
            "contrast": _contrast(),
            "side": either(rows(ASKED_ROW), _template_side()),
            "source": _named(offered.sources.factories, {}),
            "score": _score(offered.scorers.factories),
            "perturbation": _name_or_named(offered.perturbations.factories, {}),
        },
    }


def _behavior() -> Shape:
    """Return the shape of a behavior: its fields, and which of them go together."""
    return {
        **fields(BEHAVIOR, required=["id", "score", "expect"]),
        **_has_one_of(*_WAYS),
        "dependencies": {
            "relation": ["contrast"],
            "template": _has_none_of("messages"),
            "variables": _has_none_of("prompts"),
        },
        "allOf": [
            # a contrast of rows stands alone, one of templates fills them in, one that perturbs
            # needs prompts of the behavior's own
            _when(_contrast_with("match_on"), _has_none_of("prompts", "variables")),
            _when(_contrast_with("target"), _has_none_of("template", "messages")),
            _when(_contrast_with("perturb"), _has_one_of("prompts", "template", "messages")),
            _when(
                {"not": {"anyOf": [*_each("template", "messages"), _contrast_with("target")]}},
                {"properties": {"prompts": rows(ASKED_ROW)}},
            ),
            _when(
                {"required": ["expect"], "properties": {"expect": {"type": "object"}}},
                _has_none_of("tolerance"),
            ),
            _when({"not": {"required": ["contrast"]}}, {"properties": _margins_of_scores()}),
        ],
    }


def _when(condition: Shape, consequence: Shape) -> Shape:
    return {"if": condition, "then": consequence}


def _each(*names: str) -> list[Shape]:
    return [{"required": [name]} for name in names]


def _has_one_of(*names: str) -> Shape:
    return {"anyOf": _each(*names)}


def _has_none_of(*names: str) -> Shape:
    return {"properties": dict.fromkeys(names, False)}


def _contrast_with(field: str) -> Shape:
    return {
        "required": ["contrast"],
        "properties": {"contrast": {"type": "object", "required": [field]}},
    }


def _margins_of_scores() -> dict[str, object]:
    """Return what margins can be where scores lie in [0, 1] and no baseline is taken off."""
    below = {"exclusiveMaximum": 1}
    by = {"properties": {"by": below}}
    above = {"exclusiveMinimum": 0}
    amounts = {
        **dict.fromkeys((Kind.INCREASES, Kind.DECREASES), by),
        **dict.fromkeys((Kind.AT_LEAST, Kind.AT_MOST), above),
    }
    return {
        "tolerance": below,
        "expect": {"properties": {str(kind): shape for kind, shape in amounts.items()}},
    }


def _contrast() -> Shape:
    """Return the shape of a contrast: of rows that match, of templates, or of a perturbation."""
    of_rows = {"required": list(CONTRAST), "properties": _both(rows(ASKED_ROW))}
    of_templates = {
        "required": ["target", "baseline"],
        "properties": {**_both(_template_side()), "match_on": False},
    }
    perturbed = {"required": ["perturb"], **_has_none_of(*CONTRAST)}
    unperturbed = _has_none_of(*PERTURB)
    sides = {"allOf": [unperturbed, either(of_rows, of_templates)]}
    return {**fields({**CONTRAST, **PERTURB}), **either(sides, perturbed)}


def _both(shape: Shape) -> dict[str, object]:
    return {"target": shape, "baseline": shape}


def _template_side() -> Shape:
    return {**fields(SIDE), "minProperties": 1, "maxProperties": 1}


def _score(factories: Mapping[str, object]) -> Shape:
    """Return the shape of a scorer: a name, or one name with its arguments."""
    combined: dict[str, Shape] = {
        "not": about("1 minus the other scorer's score.", defined("score")),
        "all": about("The least of the scores.", some(defined("score"))),
        "any": about("The greatest of the scores.", some(defined("score"))),
        "weighted": about("The weighted mean of the scores.", some(_weighted())),
    }
    return _name_or_named(factories, combined)


def _weighted() -> Shape:
    return fields(
        {
            "score": about("The scorer.", defined("score")),
            "weight": about("How much it counts.", {"type": "number", "exclusiveMinimum": 0}),
        },
        required=["score", "weight"],
    )


def _name_or_named(factories: Mapping[str, object], also: Mapping[str, Shape]) -> Shape:
    """Return the shape of a name that may stand alone, or of a name with its arguments."""
    lone = [name for name, factory in factories.items() if _stands_alone(factory)]
    never = [*also, *(name for name in factories if name not in lone)]
    plugins = {**TEXT, "not": {"enum": sorted(never)}} if never else TEXT
    return either({"enum": sorted(lone)}, plugins, _named(factories, also))


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
    said = re.sub(r"^Make a (scorer|perturbation):? ", "", first).replace("``", "`")
    return said[:1].upper() + said[1:]
