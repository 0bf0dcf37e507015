"""``numbers``: another number, so that the right answer is another one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import takes
from behavtest.suite.perturbations.arguments import (
    options_from,
    options_shape,
    share_from,
    share_shape,
)
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.words import any_of, cased_like, replaced

if TYPE_CHECKING:
    from random import Random

_BY: Final = 0.2
_MOST_DIGITS: Final = 15
_WORDS: Final = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
"""Number words; *one* is left alone, since it is a pronoun as well."""

_NUMBER: Final = re.compile(
    r"(?<![\w.,:/-])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<places>\.\d+)?(?![\w:/]|[.,-]\d)"
    rf"|(?<![\w-]){any_of(_WORDS)}(?![\w-])",
    re.IGNORECASE,
)


@takes(
    options_shape(
        {"by": share_shape("How far a number may move, as a share of it.", most=1.0)}, single="by"
    )
)
def numbers(arguments: object) -> Perturbation:
    """Make a perturbation: one number of the text, wherever it stands, becomes one near it.

    **It changes what is asked**, and so mostly the right answer: use it to see that an answer moves
    (``relation: difference``, ``not_higher``), not for invariance. One number only, since changes
    of two might cancel (3 + 4 and 4 + 3). The new one differs by at least one unit of the last
    digit and by at most ``by`` times the number; its sign and its digits behind the point stay,
    and so do numbers that are part of a word, a date, a time or a version.

    Args:
        arguments: ``{by: 0.2}``, or the share alone, in (0, 1].

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, name="numbers", known=("by",), single="by")
    by = share_from(options, "by", default=_BY, most=1.0, name="numbers")
    return Named(f"numbers(by={by:g})", lambda text, random: _changed(text, random, by=by))


def _changed(text: str, random: Random, *, by: float) -> str:
    found = sorted({match[0].lower() for match in _NUMBER.finditer(text)})
    found = [number for number in found if len(number) <= _MOST_DIGITS]
    if not found:
        return text
    old = random.choice(found)
    new = _word(old, random) if old in _WORDS else _number(old, random, by=by)
    return replaced(_NUMBER, text, lambda m: cased_like(new, m[0]) if m[0].lower() == old else m[0])


def _number(old: str, random: Random, *, by: float) -> str:
    whole, _, places = old.partition(".")
    value = int(whole.replace(",", "") + places)
    most = max(1, int(by * value))
    least = -most if value > most else -(value - 1)  # stays above 0
    steps = [step for step in (random.randint(min(least, 0), most) for _ in range(8)) if step]
    new = str(value + (steps[0] if steps else 1)).rjust(len(places) + 1, "0")
    digits = new[: len(new) - len(places)]
    grouped = f"{int(digits):,}" if "," in whole else digits
    return f"{grouped}.{new[len(new) - len(places) :]}" if places else grouped


def _word(old: str, random: Random) -> str:
    place = _WORDS.index(old)
    return random.choice([word for word in _WORDS[max(0, place - 2) : place + 3] if word != old])
