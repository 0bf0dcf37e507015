"""``json``: a completion that is valid JSON and nothing else, and meets a schema."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final, NoReturn

from behavtest.scoring.arguments import flag, options_from
from behavtest.scoring.shapes import FLAG, NOTHING, about, either, fields, takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer
    from behavtest.scoring.json_schema import JsonSchema

_DEEPEST: Final = 200
_DEEPEST_CHECKED: Final = 50
"""The same where there is a schema: one that refers to itself recurses as deep as the value."""

_MOST_DIGITS: Final = 308
"""Digits of a whole number that a double can hold for certain."""

_NOT_JSON: Final = object()
_FENCE: Final = "```"


@takes(
    either(
        NOTHING,
        fields(
            {
                "schema": about("A JSON Schema that the value must meet.", {"type": "object"}),
                "fenced": about("Whether a Markdown code fence may be around the value.", FLAG),
            }
        ),
    )
)
def json_text(arguments: object) -> Scorer:
    """Make a scorer: 1 if the whole completion is one JSON value, and meets a schema, else 0.

    White space around it does not count. ``fenced: true`` also accepts one Markdown code fence
    around the value. ``NaN`` and ``Infinity`` are not JSON; nor, here, is a value nested more than
    200 deep. With a ``schema``, a JSON Schema, the value must meet it, be nested no more than 50
    deep, and have no number beyond the range of a double (about 1.8e308). ``format`` is not
    checked.

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, scorer="json", known=("schema", "fenced"))
    schema = None
    if "schema" in options:
        from behavtest.scoring.json_schema import JsonSchema

        schema = JsonSchema(options["schema"])
    return _Json(schema, fenced=flag(options, "fenced", scorer="json"))


class _Json:
    def __init__(self, schema: JsonSchema | None, *, fenced: bool) -> None:
        self._schema = schema
        self._fenced = fenced
        parts = [f"schema={schema.described}"] if schema else []
        parts += ["fenced=True"] if fenced else []
        self.name = f"json({', '.join(parts)})" if parts else "json"

    def __call__(self, completion: Completion, /) -> float:
        text = completion.text.strip()
        if self._fenced:
            text = _inside_fence(text)
        if self._schema is None:
            # numbers stay text: Python refuses to convert integers of more than 4,300 digits
            return float(_read(text, whole=str, real=str, deepest=_DEEPEST) is not _NOT_JSON)
        value = _read(text, whole=_whole, real=_real, deepest=_DEEPEST_CHECKED)
        return float(value is not _NOT_JSON and self._schema.met_by(value))


def _inside_fence(text: str) -> str:
    first, line_end, rest = text.partition("\n")
    info = first.removeprefix(_FENCE).strip().casefold()
    if first.startswith(_FENCE) and line_end and rest.endswith(_FENCE) and info in {"", "json"}:
        return rest.removesuffix(_FENCE)
    return text


def _read(
    text: str, *, whole: Callable[[str], object], real: Callable[[str], object], deepest: int
) -> object:
    """Return the value, or `_NOT_JSON`."""
    if _depth(text) > deepest:
        return _NOT_JSON
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=whole, parse_float=real)
    except ValueError:
        return _NOT_JSON


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(digits)
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(digits)
    return value


def _depth(text: str) -> int:
    """Return how deep brackets nest outside of strings; the parser would recurse as deep."""
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
