"""``length``: a completion of a wanted length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, one_of, options_from
from behavtest.scoring.hints import describe
from behavtest.scoring.shapes import COUNT, about, fields, takes, words

if TYPE_CHECKING:
    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer

_UNITS: Final = ("words", "characters", "tokens")


@takes(
    {
        **fields(
            {
                "at_most": about("Most units.", COUNT),
                "at_least": about("Fewest units.", COUNT),
                "unit": about("What is counted; words if left out.", words(_UNITS)),
            }
        ),
        "minProperties": 1,
        "anyOf": [{"required": ["at_most"]}, {"required": ["at_least"]}],
    }
)
def length(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion's length is within limits, else 0.

    The limits are ``at_most`` and ``at_least``, one of them or both.
    ``unit`` is ``words`` (runs of characters without white space; the default), ``characters``
    (white space around the completion not counted) or ``tokens``.

    Raises:
        ValueError: The arguments are wrong.
    """
    if not isinstance(arguments, Mapping):
        raise ArgumentsError(
            f"found {describe(arguments)}, expected limits: {{at_most: 20, unit: words}}"
        )
    options = options_from(arguments, scorer="length", known=("at_most", "at_least", "unit"))
    unit = one_of(options, "unit", _UNITS, default="words")
    least, most = _limit(options, "at_least"), _limit(options, "at_most")
    if least is None and most is None:
        raise ArgumentsError("length needs at_most, at_least or both")
    if least is not None and most is not None and least > most:
        raise ArgumentsError(f"at_least is {least} and at_most is {most}: no text can be both")
    return _Length(unit=unit, least=least, most=most)


class _Length:
    def __init__(self, *, unit: str, least: int | None, most: int | None) -> None:
        self._unit = unit
        self._least = least
        self._most = most
        limits = [f"at_least={least}"] if least is not None else []
        limits += [f"at_most={most}"] if most is not None else []
        self.name = f"length({', '.join([*limits, f'unit={unit}'])})"

    def __call__(self, completion: Completion, /) -> float:
        size = self._size(completion)
        long_enough = self._least is None or size >= self._least
        short_enough = self._most is None or size <= self._most
        return float(long_enough and short_enough)

    def _size(self, completion: Completion) -> int:
        if self._unit == "words":
            return len(completion.text.split())
        if self._unit == "characters":
            return len(completion.text.strip())
        if completion.text and not completion.token_ids:
            raise ScoreError("length: the backend does not report tokens; use words or characters")
        return len(completion.token_ids)


def _limit(options: Mapping[str, object], name: str) -> int | None:
    value = options.get(name)
    if value is None and name not in options:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ArgumentsError(f"{name}: found {describe(value)}, expected a whole number, 0 or more")
    return value
