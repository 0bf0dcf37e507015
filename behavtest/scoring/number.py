"""``number``: a completion whose number is the right one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import (
    ArgumentsError,
    non_negative,
    one_of,
    options_or_single,
    rendered,
    template_from,
)
from behavtest.scoring.hints import describe, shortened
from behavtest.scoring.number_text import numbers_in
from behavtest.scoring.shapes import (
    NOT_NEGATIVE,
    TEXT_OR_NUMBER,
    about,
    either,
    fields,
    takes,
    words,
)
from behavtest.scoring.templates import TextTemplate

if TYPE_CHECKING:
    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer
    from behavtest.scoring.number_text import Reading

_LABEL: Final = "number"
_WHICH: Final = ("last", "first", "only")
_ROUNDING: Final = Fraction(1, 10**9)
"""Relative difference that rounding makes in numbers that are not whole."""


@takes(
    either(
        TEXT_OR_NUMBER,
        fields(
            {
                "answer": about("The right number, or a text with it.", TEXT_OR_NUMBER),
                "tolerance": about("How far off a right one may be.", NOT_NEGATIVE),
                "relative": about("The same, as a share of the answer.", NOT_NEGATIVE),
                "which": about("Which of several numbers counts.", words(_WHICH)),
            },
            required=["answer"],
        ),
    )
)
def number(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion's number is the answer, else 0.

    ``answer`` is a number, or a text with one in it, often a template. ``which`` says which of the
    completion's numbers counts: the ``last`` (the default), the ``first``, or ``only``, where a
    completion with several different numbers scores 0. A completion without a number scores 0. What
    is read as a number is told in `behavtest.scoring.number_text`.

    A number x is the answer a if abs(x - a) is at most ``tolerance``, or at most ``relative`` times
    abs(a); both are 0 if not given. Whole numbers are compared exactly, others up to a billionth of
    abs(a), because 0.1 + 0.2 comes out of a template as 0.30000000000000004.

    Raises:
        ValueError: The arguments are wrong.
    """
    given = options_or_single(
        arguments,
        scorer=_LABEL,
        known=("answer", "tolerance", "relative", "which"),
        missing="an answer; write {number: 42}",
    )
    return _Number(
        _answer(given["answer"]),
        _Margins(
            Fraction(non_negative(given, "tolerance", default=0)),
            Fraction(non_negative(given, "relative", default=0)),
        ),
        which=one_of(given, "which", _WHICH, default="last"),
    )


class _Margins(NamedTuple):
    """How far from the answer a number may be.

    Args:
        tolerance: In the answer's units.
        relative: As a share of the answer.
    """

    tolerance: Fraction
    relative: Fraction

    def allow(self, found: Reading, answer: Fraction) -> bool:
        """Tell whether a number is the answer."""
        if found is None:
            return False
        whole = found.denominator == answer.denominator == 1
        relative = self.relative if whole else max(self.relative, _ROUNDING)
        return abs(found - answer) <= max(self.tolerance, relative * abs(answer))

    def described(self) -> list[str]:
        """Return ``name=value`` for each that is given."""
        return [f"{name}={float(value):g}" for name, value in self._asdict().items() if value]


class _Number:
    def __init__(self, answer: TextTemplate, margins: _Margins, *, which: str) -> None:
        self._answer = answer
        self._margins = margins
        self._which = which
        parts = [repr(answer.source), *margins.described()]
        parts += [f"which={which}"] if which != "last" else []
        self.name = f"{_LABEL}({', '.join(parts)})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields make no number."""
        self._wanted(prompt)

    def __call__(self, completion: Completion, /) -> float:
        answer = self._wanted(completion.prompt)
        found = numbers_in(completion.text)
        if not found or (self._which == "only" and len(set(found)) > 1):
            return 0.0
        return float(self._margins.allow(found[0 if self._which == "first" else -1], answer))

    def _wanted(self, prompt: Prompt) -> Fraction:
        text = rendered(self._answer, prompt, what="number: answer")
        try:
            return _only_number(text)
        except ArgumentsError as error:
            raise ScoreError(f"number: {error}") from None


def _answer(value: object) -> TextTemplate:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ArgumentsError(f"answer: found {describe(value)}, expected a finite number")
        return TextTemplate.read(repr(value))
    if not isinstance(value, str):
        raise ArgumentsError(f"answer: found {describe(value)}, expected a number or a text")
    template = template_from(value, empty="there would be no answer")
    if not template.variables:
        _only_number(template.render({}))
    return template


def _only_number(text: str) -> Fraction:
    found = set(numbers_in(text))
    if len(found) != 1:
        problem = "has no number in it" if not found else "has several numbers in it"
        raise ArgumentsError(f"the answer {shortened(text)!r} {problem}")
    (value,) = found
    if value is None:
        raise ArgumentsError(f"the answer {shortened(text)!r} has too many digits")
    return value
