"""The keywords of JSON Schema, checked in bounded time.

jsonschema's own take forever on some values: patterns that backtrack, long lists of mixed items
under ``uniqueItems``, choices between schemas that refer to themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import regex
from jsonschema import FormatChecker, ValidationError

Keyword = Callable[[Any, Any, Any, Any], Any]
"""Takes the validator, the keyword's value, the value checked and the schema; jsonschema's type."""


class Clock(FormatChecker):
    """Ends a check that takes too long.

    A validator hands its format checker on to the check of every part of a value, and nothing else
    that a caller can give it; so that is what this is. It knows no format.

    Args:
        seconds: How long the check may take.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(formats=())
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: There are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def timed(keywords: Mapping[str, Keyword]) -> dict[str, Keyword]:
    """Return a draft's keywords for validators whose format checker is a `Clock`."""
    return {name: _timed(check) for name, check in {**keywords, **_REPLACED}.items()}


def _timed(check: Keyword) -> Keyword:
    def keyword(validator: Any, value: Any, instance: Any, schema: Any) -> Any:  # noqa: ANN401
        validator.format_checker.left()
        return check(validator, value, instance, schema)

    return keyword


def _matches(pattern: str, text: str, validator: Any) -> bool:  # noqa: ANN401
    left = validator.format_checker.left()
    return regex.search(pattern, text, timeout=left) is not None


def _pattern(validator: Any, pattern: str, instance: object, _schema: object) -> Iterator[object]:  # noqa: ANN401
    if isinstance(instance, str) and not _matches(pattern, instance, validator):
        yield ValidationError("does not match")


def _pattern_properties(
    validator: Any,  # noqa: ANN401
    schemas: Mapping[str, object],
    instance: object,
    _schema: object,
) -> Iterator[object]:
    if isinstance(instance, dict):
        for pattern, schema in schemas.items():
            for name, value in instance.items():
                if _matches(pattern, name, validator):
                    yield from validator.descend(value, schema, path=name)


def _additional_properties(
    validator: Any,  # noqa: ANN401
    allowed: object,
    instance: object,
    schema: Mapping[str, Any],
) -> Iterator[object]:
    if not isinstance(instance, dict):
        return
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in named or any(_matches(pattern, name, validator) for pattern in patterns):
            continue
        if allowed is False:
            yield ValidationError("is not allowed")
        elif isinstance(allowed, Mapping):
            yield from validator.descend(value, allowed, path=name)


def _unique_items(
    _validator: object, unique: object, instance: object, _schema: object
) -> Iterator[object]:
    if unique and isinstance(instance, list) and len(set(map(_key, instance))) < len(instance):
        yield ValidationError("has an item twice")


def _key(value: object) -> object:
    """Return what is equal for equal JSON values only; 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, dict):
        return "object", frozenset((name, _key(item)) for name, item in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_key, value))
    return isinstance(value, bool), value


def patterns_of(schema: object) -> Iterable[str]:
    """Yield the regular expressions in a schema."""
    if isinstance(schema, Mapping):
        for keyword, value in schema.items():
            if keyword == "pattern" and isinstance(value, str):
                yield value
            if keyword == "patternProperties" and isinstance(value, Mapping):
                yield from value
            if keyword not in {"enum", "const", "default", "examples"}:
                yield from patterns_of(value)
    elif isinstance(schema, list | tuple):
        for item in schema:
            yield from patterns_of(item)


_REPLACED: Final[Mapping[str, Keyword]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}
