"""The filters and methods a template may use; each pays for its result before making it.

Jinja's own filters are not offered as they are: padding, formatting and some others build texts
of any length from a few characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import regex
from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError

from behavtest.scoring.hints import describe
from behavtest.scoring.templates.meter import STEP, Meter

Function = Callable[..., object]


def text_of(value: object) -> str:
    """Return a value as it is written into a text; only text and numbers have one spelling."""
    if isinstance(value, Undefined):
        return str(value)  # raises the undefined error
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    way_out = "use a filter such as join or tojson"
    if value is None or isinstance(value, bool):
        way_out = "write the field in quotes if it is meant as text"
    raise TemplateRuntimeError(f"found {describe(value)} where text is written; {way_out}")


def items_of(meter: Meter, value: object) -> list[object]:
    """Return the items of a text, list or mapping (its keys), paid for in advance."""
    if not isinstance(value, str | list | tuple | range | Mapping):
        if isinstance(value, Undefined):
            str(value)  # raises the undefined error
        raise TemplateRuntimeError(f"found {describe(value)}, expected a list")
    meter.charge(STEP * len(value))
    return list(value)


def _text_method(name: str) -> Function:
    method = getattr(str, name)

    def apply(meter: Meter, value: object) -> object:
        text = text_of(value)
        meter.charge(len(text))
        return method(text)

    return apply


def _starts(_meter: Meter, text: str, prefix: str) -> bool:
    return text.startswith(prefix)


def _ends(_meter: Meter, text: str, suffix: str) -> bool:
    return text.endswith(suffix)


def _replace(meter: Meter, value: object, old: str, new: str) -> str:
    text = text_of(value)
    meter.charge(2 * len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _split(meter: Meter, text: str, separator: str | None = None) -> list[str]:
    most = len(text) // 2 if separator is None else text.count(separator)
    meter.charge(STEP * (most + 1))
    return text.split(separator)


def _join(meter: Meter, value: object, d: str = "") -> str:
    texts = [text_of(item) for item in items_of(meter, value)]
    separator = text_of(d)
    meter.charge(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _length(_meter: Meter, value: object) -> int:
    if not isinstance(value, str | list | tuple | range | Mapping):
        raise TemplateRuntimeError(f"found {describe(value)}, expected a list or text")
    return len(value)


def _default(
    _meter: Meter,
    value: object,
    default_value: object = "",
    boolean: bool = False,  # noqa: FBT001, FBT002 - Jinja's own signature
) -> object:
    return default_value if isinstance(value, Undefined) or (boolean and not value) else value


def _round(_meter: Meter, value: float, precision: int = 0) -> float:
    # an integer rounded to minus a billion digits would first compute that power of ten
    return round(float(value), precision)


def _unique(meter: Meter, value: object) -> list[object]:
    return list(dict.fromkeys(items_of(meter, value)))


def _sort(meter: Meter, value: object) -> list[object]:
    items: list[Any] = items_of(meter, value)  # what cannot be compared raises a TypeError
    return sorted(items)


def _tojson(meter: Meter, value: object) -> str:
    meter.weigh(value)
    return json.dumps(value, ensure_ascii=False)


def _get(_meter: Meter, mapping: Mapping[str, object], key: str, other: object = None) -> object:
    return mapping.get(key, other)


FILTERS: Final[Mapping[str, Function]] = {
    "abs": lambda _meter, value: abs(value),
    "capitalize": _text_method("capitalize"),
    "count": _length,
    "d": _default,
    "default": _default,
    "first": lambda meter, value: items_of(meter, value)[0],
    "float": lambda _meter, value: float(value),
    "int": lambda _meter, value: int(value),
    "join": _join,
    "last": lambda meter, value: items_of(meter, value)[-1],
    "length": _length,
    "list": items_of,
    "lower": _text_method("lower"),
    "regex_escape": lambda meter, value: _escaped(meter, text_of(value)),
    "replace": _replace,
    "reverse": lambda meter, value: (
        value[::-1] if isinstance(value, str) else items_of(meter, value)[::-1]
    ),
    "round": _round,
    "sort": _sort,
    "string": lambda _meter, value: text_of(value),
    "title": _text_method("title"),
    "tojson": _tojson,
    "trim": _text_method("strip"),
    "unique": _unique,
    "upper": _text_method("upper"),
    "wordcount": lambda meter, value: len(_split(meter, text_of(value))),
}

TEXT_METHODS: Final[Mapping[str, Function]] = {
    **{
        name: _text_method(name)
        for name in ("capitalize", "lower", "lstrip", "rstrip", "strip", "title", "upper")
    },
    "endswith": _ends,
    "replace": _replace,
    "split": _split,
    "startswith": _starts,
}

MAPPING_METHODS: Final[Mapping[str, Function]] = {
    "get": _get,
    "items": lambda meter, mapping: [(key, mapping[key]) for key in items_of(meter, mapping)],
    "keys": items_of,
    "values": lambda meter, mapping: [mapping[key] for key in items_of(meter, mapping)],
}

TESTS: Final = frozenset(
    {
        *("boolean", "defined", "divisibleby", "even", "false", "float", "in", "integer"),
        *("iterable", "mapping", "none", "number", "odd", "sequence", "string", "true"),
        *("undefined", "eq", "equalto", "ge", "gt", "le", "lt", "ne"),
        *("==", "!=", "<", "<=", ">", ">="),
    }
)


def _escaped(meter: Meter, text: str) -> str:
    meter.charge(2 * len(text))
    return str(regex.escape(text, special_only=True))
