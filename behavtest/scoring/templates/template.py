"""One text with ``{{ fields }}`` in it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2 import meta
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError

from behavtest.scoring.hints import did_you_mean, listed
from behavtest.scoring.templates.meter import MAX_OUTPUT, Meter
from behavtest.scoring.templates.sandbox import METER, SuiteEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKS: Final = ("{{", "{%", "{#")
_LONGEST_SOURCE: Final = 100_000

# what evaluating an expression of the allowed kinds can raise besides Jinja's own errors
_EVALUATION: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class TemplateProblemError(ValueError):
    """A template cannot be read or rendered.

    Args:
        message: What is wrong, in a sentence for the template's author.
        line: Line within the template, counted from 1, if known.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text whose ``{{ fields }}`` are filled in from a prompt's row; compare by source.

    Args:
        source: The text as written.
        variables: Names it takes from outside.
    """

    source: str
    variables: frozenset[str] = field(default=frozenset(), compare=False)
    _compiled: jinja2.Template | None = field(default=None, compare=False, repr=False)

    @classmethod
    def read(cls, source: str) -> TextTemplate:
        """Compile a text; one without Jinja in it stands for itself.

        Raises:
            TemplateProblemError: Its syntax is wrong, or it uses what suites may not.
        """
        if not any(mark in source for mark in _MARKS):
            return cls(source)
        if len(source) > _LONGEST_SOURCE:
            raise TemplateProblemError(
                f"the template has {len(source):,} characters; at most {_LONGEST_SOURCE:,} are read"
            )
        environment = _environment()
        try:
            tree = environment.parse(source)
            variables = meta.find_undeclared_variables(tree) - environment.globals.keys()
            return cls(source, frozenset(variables), environment.from_string(tree))
        except TemplateSyntaxError as error:
            raise TemplateProblemError(
                f"the template cannot be read: {error.message}", line=error.lineno
            ) from None
        except (RecursionError, MemoryError, SyntaxError):
            # too deep for Jinja's parser, or for Python's when it compiles what Jinja wrote
            raise TemplateProblemError("the template is nested too deeply") from None

    def render(self, fields: Mapping[str, object]) -> str:
        """Return the text with the fields filled in.

        Raises:
            TemplateProblemError: A field is missing or unfit, or the work has no end in sight.
        """
        if self._compiled is None:
            if len(self.source) > MAX_OUTPUT:
                raise TemplateProblemError(f"the text has more than {MAX_OUTPUT:,} characters")
            return self.source
        try:
            return self._compiled.render({**fields, METER: Meter()})
        except UndefinedError as error:
            raise TemplateProblemError(self._undefined(str(error), fields)) from None
        except (TemplateError, *_EVALUATION) as error:
            raise TemplateProblemError(f"the template cannot be rendered: {error}") from None
        except RecursionError:
            raise TemplateProblemError("the template is nested too deeply") from None

    def _undefined(self, message: str, fields: Mapping[str, object]) -> str:
        for name in sorted(self.variables - fields.keys()):
            if f"{name!r} is undefined" in message:
                hint = did_you_mean(name, fields)
                known = listed(fields) or "none"
                return (
                    f"the template uses {name!r}, which is not a field here{hint} (fields: {known})"
                )
        return f"the template cannot be rendered: {message}"


@functools.cache
def _environment() -> SuiteEnvironment:
    """Return the one environment; it is never changed after it is made."""
    return SuiteEnvironment()
