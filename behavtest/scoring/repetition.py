"""``repetition``: how much of a completion repeats itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring import shapes
from behavtest.scoring.arguments import ArgumentsError, one_of, options_from
from behavtest.scoring.hints import describe
from behavtest.scoring.limits import LIMITS, Limits, limits_from
from behavtest.scoring.shapes import NOTHING, about, either, fields, takes, words

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer

_LABEL: Final = "repetition"
_UNITS: Final = ("words", "characters", "tokens")
_DEFAULT_N: Final = 3
_LARGEST_N: Final = 20
_SIZES: Final = {"type": "integer", "minimum": 1, "maximum": _LARGEST_N}
_LONGEST: Final = 100_000


@takes(
    either(
        NOTHING,
        fields(
            {
                "n": about("Units of an n-gram; 3 if left out.", _SIZES),
                "unit": about("What is counted; words if left out.", words(_UNITS)),
                **shapes.LIMITS,
            }
        ),
    )
)
def repetition(arguments: object) -> Scorer:
    """Make a scorer: the share of a completion's n-grams that occurred in it before.

    With k distinct n-grams among N it is 1 - k / N, which is seq-rep-n of Welleck, Kulikov, Roller,
    Dinan, Cho and Weston, "Neural text generation with unlikelihood training", ICLR 2020; there n
    is 4 and the unit is tokens. Here ``n`` is 3 and the ``unit`` is ``words`` (runs of characters
    without white space, in any case), if not given; others are ``characters`` and ``tokens``. A
    completion shorter than n scores 0; the first 100,000 units count. ``at_least`` and ``at_most``
    make it 1 inside and 0 outside.

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, scorer=_LABEL, known=("n", "unit", *LIMITS))
    size = options.get("n", _DEFAULT_N)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= _LARGEST_N:
        raise ArgumentsError(
            f"n: found {describe(size)}, expected a whole number from 1 to {_LARGEST_N}"
        )
    unit = one_of(options, "unit", _UNITS, default="words")
    return _Repetition(size, unit, limits_from(options))


class _Repetition:
    def __init__(self, size: int, unit: str, limits: Limits) -> None:
        self._size = size
        self._unit = unit
        self._limits = limits
        self.name = f"{_LABEL}({', '.join([f'n={size}', f'unit={unit}', *limits.described()])})"

    def __call__(self, completion: Completion, /) -> float:
        units = self._units(completion)[:_LONGEST]
        # one iterator a place: the n-grams are made one by one, however long the text
        shifted = (units[start:] for start in range(self._size))
        distinct = len(set(zip(*shifted, strict=False)))
        every = max(len(units) - self._size + 1, 0)
        return self._limits.applied(1 - distinct / every if every else 0.0)

    def _units(self, completion: Completion) -> Sequence[Hashable]:
        if self._unit == "words":
            return completion.text.casefold().split()
        if self._unit == "characters":
            return completion.text
        if completion.text and not completion.token_ids:
            raise ScoreError(
                "repetition: the backend does not report tokens; use words or characters"
            )
        return completion.token_ids
