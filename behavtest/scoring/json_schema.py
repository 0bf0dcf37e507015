"""Whether a JSON value meets a JSON Schema, told in bounded time and without the network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import referencing
import referencing.exceptions
import regex
from jsonschema.validators import extend, validator_for

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.hints import describe, shortened
from behavtest.scoring.schema_keywords import Clock, patterns_of, timed

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_SECONDS: Final = 5.0
_MOST_SHOWN: Final = 120
_DIALECT: Final = "$schema"
_SAMPLES: Final[tuple[object, ...]] = (None, True, 0, 0.5, "", "a", [], [0], {}, {"a": 0})


class JsonSchema:
    """A JSON Schema, of the draft that its ``$schema`` names, or 2020-12.

    It can refer to its own parts only. ``format`` is not checked, as is the standard's default.

    Args:
        schema: As written in a suite.

    Raises:
        ArgumentsError: It is no schema.
    """

    def __init__(self, schema: object) -> None:
        if not isinstance(schema, Mapping):
            raise ArgumentsError(
                f"schema: found {describe(schema)}, expected a JSON Schema as a mapping: "
                "{type: object, required: [name]}"
            )
        self.described = _described(schema)
        self._validator = _validator_class(dict(schema))
        # a part that names its draft would be checked by that draft's own keywords
        self._schema = {key: value for key, value in schema.items() if key != _DIALECT}
        self._try()

    def met_by(self, value: Any) -> bool:  # noqa: ANN401 -- any value of JSON
        """Tell whether a value, as `json.loads` returns it, meets the schema.

        Raises:
            ScoreError: It cannot be told in five seconds, or the schema refers to itself without
                end.
        """
        validator = self._validator(
            self._schema,
            format_checker=Clock(_SECONDS),
            registry=referencing.Registry(),  # without one, references would be fetched
        )
        try:
            return validator.is_valid(value)
        except TimeoutError:
            raise ScoreError(
                f"json: checking a completion against the schema took more than {_SECONDS:g} s; "
                "avoid patterns with nested repeats such as (a+)+, and choices between schemas "
                "that refer to themselves"
            ) from None
        except RecursionError:
            raise ScoreError("json: the schema refers to itself without end") from None

    def _try(self) -> None:
        """Check some values, which fails where the schema cannot be used."""
        try:
            for value in _SAMPLES:
                self.met_by(value)
        except referencing.exceptions.Unresolvable as error:
            place = f"#{error.ref}" if error.ref.startswith("/") else error.ref
            raise ArgumentsError(
                f"schema: {shortened(place)!r} refers to nothing in the schema; only its own "
                "parts can be referred to, as in '#/$defs/name'"
            ) from None
        except ScoreError as error:
            raise ArgumentsError(str(error)) from None


def _described(schema: Mapping[str, object]) -> str:
    """Return the schema as text; a long one shortened, with a digest to tell it by."""
    try:
        text = json.dumps(schema, sort_keys=True, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentsError(f"schema: it cannot be written as JSON: {error}") from None
    if len(text) <= _MOST_SHOWN:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{text[:_MOST_SHOWN]}… {digest}"


def _validator_class(schema: dict[str, Any]) -> type[Validator]:
    """Return the validator of the schema's draft, its keywords in bounded time."""
    draft = schema.get(_DIALECT)
    base = validator_for(schema, default=jsonschema.Draft202012Validator)
    if draft is not None and str(base.META_SCHEMA.get("$id")).rstrip("#") != str(draft).rstrip("#"):
        raise ArgumentsError(
            f"schema: {_DIALECT}: found {describe(draft)}, which names no draft; leave it out for "
            "2020-12"
        )
    try:
        base.check_schema(schema)
    except jsonschema.SchemaError as error:
        place = "".join(f"{step}: " for step in error.absolute_path)
        raise ArgumentsError(f"schema: {place}{error.message}") from None
    for pattern in patterns_of(schema):
        try:
            regex.compile(pattern)
        except regex.error as error:
            message = f"schema: {shortened(pattern)!r} is not a regular expression: {error}"
            raise ArgumentsError(message) from None
    _refuse_unbounded(json.dumps(schema))
    made: type[Validator] = extend(base, timed(base.VALIDATORS))  # type: ignore[no-untyped-call]  # its stub has no types
    return made


def _refuse_unbounded(schema: str) -> None:
    """Refuse the one combination of keywords that cannot be checked in bounded time."""
    if '"unevaluatedProperties":' in schema and '"patternProperties":' in schema:
        raise ArgumentsError(
            "schema: unevaluatedProperties and patternProperties do not go together here; use "
            "additionalProperties"
        )
    if schema.count(f'"{_DIALECT}": "') > 1:
        raise ArgumentsError(f"schema: {_DIALECT} belongs at the top of the schema, once")
