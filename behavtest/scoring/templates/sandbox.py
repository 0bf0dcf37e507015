"""The Jinja environment suites are rendered in."""

from __future__ import annotations

import functools
from types import BuiltinMethodType
from typing import TYPE_CHECKING, Any, Final

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from behavtest.scoring.templates.functions import (
    FILTERS,
    MAPPING_METHODS,
    TESTS,
    TEXT_METHODS,
    items_of,
    text_of,
)
from behavtest.scoring.templates.meter import Meter
from behavtest.scoring.templates.metering import CONCAT, LOOP, WEIGH, meter_template

if TYPE_CHECKING:
    from collections.abc import Callable

METER: Final = "meter!"
"""Key of the meter among a rendering's variables; no template can spell it."""

_LOOP_ATTRIBUTES: Final = frozenset(
    {
        *("index", "index0", "revindex", "revindex0", "first", "last", "length"),
        *("previtem", "nextitem"),
    }
)
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "//", "%", "**"})


class SuiteEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox with strict undefined names, an allowlist of functions, and metered work."""

    intercepted_binops = _ARITHMETIC

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            keep_trailing_newline=True,  # what is written is what is sent
            autoescape=False,  # the output is a prompt, not a page
            optimized=False,  # constants are not computed before there is a meter
            finalize=_written,
        )
        self.globals = {"range": safe_range}
        self.filters = {name: _metered(function) for name, function in FILTERS.items()}
        self.filters |= {WEIGH: _weighed, LOOP: _looped, CONCAT: _concatenated}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return meter_template(super()._parse(source, name, filename))

    def is_safe_attribute(self, obj: object, attr: str, _value: object) -> bool:
        """Allow what suites can need, by the type of the object."""
        if isinstance(obj, str):
            return attr in TEXT_METHODS
        if isinstance(obj, dict):
            return attr in MAPPING_METHODS
        return isinstance(obj, LoopContext) and attr in _LOOP_ATTRIBUTES

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Return a field or an allowed method; a row's own fields come first."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ANN401 - Jinja's own signature
        """Leave ``str.format`` to the allowlist, which does not have it."""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Compute, refusing what makes much out of little."""
        if operator == "**":
            raise SecurityError("powers (**) are not available in suites")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("text formatting with % is not available in suites; use ~")
        if operator == "*":
            for text, times in ((left, right), (right, left)):
                if isinstance(text, str | list | tuple) and isinstance(times, int):
                    _meter(context).charge(len(text) * max(times, 0))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Call an allowed function or method."""
        if obj is safe_range:
            return safe_range(*args)
        if isinstance(obj, Undefined):
            return obj(*args)  # raises the undefined error
        if isinstance(obj, BuiltinMethodType):
            owner = obj.__self__
            methods = TEXT_METHODS if isinstance(owner, str) else MAPPING_METHODS
            function = methods.get(obj.__name__)
            if isinstance(owner, str | dict) and function:
                return function(_meter(context), owner, *args, **kwargs)
        raise SecurityError("only range and methods of texts and mappings can be called in suites")


def _meter(context: Context) -> Meter:
    meter = context.parent[METER]
    assert isinstance(meter, Meter)
    return meter


def _metered(function: Callable[..., object]) -> Callable[..., object]:
    @pass_context
    @functools.wraps(function)
    def call(context: Context, *args: object, **kwargs: object) -> object:
        return function(_meter(context), *args, **kwargs)

    return call


@pass_context
def _weighed(context: Context, value: object) -> object:
    _meter(context).weigh(value)
    return value


@pass_context
def _looped(context: Context, value: object, price: int) -> list[object]:
    items = items_of(_meter(context), value)
    _meter(context).charge(price * len(items))
    return items


@pass_context
def _concatenated(context: Context, values: list[object]) -> str:
    texts = [text_of(value) for value in values]
    _meter(context).charge(sum(map(len, texts)))
    return "".join(texts)


@pass_context
def _written(context: Context, value: object) -> str:
    return _meter(context).output(text_of(value))
