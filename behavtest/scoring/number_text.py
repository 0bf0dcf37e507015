r"""Finds the numbers in a text.

What is read as a number:

- ``1234``, ``1,234.5``, ``.5``, ``1e-3``; commas, apostrophes and thin or unbreakable spaces part
  groups of three digits, anything else parts numbers (``3,5`` is 3 and 5);
- a sign before it, ``-`` or ``+``, unless it stands behind a number or word (``5-3``);
- ``3/4`` and ``2 3/4``, ``½``, ``\frac{3}{4}``; ``1.5 x 10^8``, ``10^8``;
- with a currency before it and any unit behind it, neither of which counts: ``$5``, ``20 %`` (which
  is 20) and ``5 km``; ``2.5 million`` is 2,500,000 (``thousand`` to ``trillion``).

Numbers in words (``twelve``, ``minus two hundred and five``) are read where there is none in
digits.

What is not: the numbers of dates, times and versions (``2024-05-01``, ``5/1/2024``, ``12:30``,
``1.2.3``), of ordinals (``3rd``), of names (``x1``, ``GPT-4``) and exponents (``m²``). The numbers
of a numbered list and of ``Step 3`` (``Question``, ``Example``, …) are read only where a text has
no other. Of a text of more than 40,000 characters, only the first and the last 20,000 are
read.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from behavtest.scoring.number_words import SCALES, numbers_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

Reading = Fraction | None
"""A number; None for one of more digits than are read, which equals no other."""

_LONGEST_END: Final = 20_000
_MOST_DIGITS: Final = 1000
_LARGEST_POWER: Final = 1000

_MINUS: Final = str.maketrans(dict.fromkeys("\u2212\u2013\ufe63\uff0d", "-"))
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED: Final = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_LATEX: Final = (
    (re.compile(r"\\[dt]?frac\{(\d{1,50})\}\{(\d{1,50})\}"), r"\1/\2"),
    (re.compile(r"(?<=\d)(?:\{,\}|\\[,!;:])(?=\d)"), ","),
    (re.compile(r"\\(?:times|cdot)\b"), "*"),
    (re.compile(r"\\(?=[$%])"), ""),
)
_VULGAR: Final = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"

_SKIPPED: Final = r"""
    \d{4}-\d{1,2}-\d{1,2}(?!\d) | \d{1,2}/\d{1,2}/\d{2,4}(?!\d)    # dates
  | \d{1,4}(?:\.\d{1,4}){2,8}(?!\d)                                # versions, 1.5.2024
  | \d{1,2}:\d{2}(?::\d{2})?(?!\d)                                 # times
  | \d{1,9}(?:st|nd|rd|th)(?!\w)                                   # ordinals
"""
_SCALE_WORDS: Final = "|".join(SCALES)
_NUMERAL: Final = re.compile(
    rf"""
    (?<![\w^]) (?<![A-Za-z]-) (?<!\d[.]) (?<!\^[-+{{(])  # inside of no word, name or exponent
    (?P<sign>(?<![\w)\]}}%])[-+](?=[$€£¥₹.\d{_VULGAR}]))?
    (?:[$€£¥₹]\ ?(?P<inner>[-+])?)?
    (?: (?P<skipped>{_SKIPPED})
      | (?:(?P<whole>\d{{1,3}})\ )? (?P<over>\d{{1,50}})/(?P<under>\d{{1,50}})(?![\d/])
      | (?P<mixed>\d{{1,15}})?\ ? (?P<vulgar>[{_VULGAR}])
      | 10\ ?\^\ ?[{{(]?(?P<ten>[-+]?\d{{1,9}})(?!\d)[}})]?
      | (?: (?P<digits>\d{{1,3}}(?:[,'’\u00a0\u202f\u2009]\d{{3}}(?!\d))++|\d++)(?P<places>\.\d++)?
          | (?P<point>\.\d++) )
        (?:[eE](?P<exponent>[-+]?\d{{1,9}})(?!\w))?
        (?:\ ?[×x*·]\ ?10\ ?\^\ ?[{{(]?(?P<power>[-+]?\d{{1,9}})(?!\d)[}})]?)?
        (?:\ (?P<scale>{_SCALE_WORDS})(?!\w))?
    )
    """,  # noqa: RUF001 -- signs as they stand in texts
    re.VERBOSE,
)
_GROUPS: Final = re.compile(r"\D")
_LIST_MARK: Final = re.compile(r"^[ \t]{0,12}(\d{1,3})[.)][ \t]{1,8}(?=\S)", re.MULTILINE)
_LABEL: Final = re.compile(
    r"\b(?:step|question|problem|example|equation|figure|table|section|chapter)s? #?(?=\d)",
    re.IGNORECASE,
)


def numbers_in(text: str) -> list[Reading]:
    """Return the numbers of a text, in their order.

    Args:
        text: Any text.
    """
    if len(text) > 2 * _LONGEST_END:
        text = f"{text[:_LONGEST_END]}\n{text[-_LONGEST_END:]}"
    text = _plain(text)
    marks = _marks(text)
    numerals: list[Reading] = []
    marked: list[Reading] = []
    for start, value in _numerals(text):
        (marked if start in marks else numerals).append(value)
    return numerals or [*numbers_in_words(text)] or marked


def _plain(text: str) -> str:
    """Return the text with one spelling of signs, raised digits and fractions."""
    text = _RAISED.sub(lambda match: "^" + match[0].translate(_SUPERSCRIPT), text)
    for pattern, replacement in _LATEX:
        text = pattern.sub(replacement, text)
    return text.translate(_MINUS)


def _marks(text: str) -> set[int]:
    """Return where numbers stand that count something: the items of a list, steps."""
    marks = {match.end() for match in _LABEL.finditer(text)}
    expected = 1
    for match in _LIST_MARK.finditer(text):
        if int(match[1]) not in {1, expected}:
            break
        marks.add(match.start(1))
        expected = int(match[1]) + 1
    return marks


def _numerals(text: str) -> Iterator[tuple[int, Reading]]:
    """Yield where each number in digits begins, and its value."""
    for match in _NUMERAL.finditer(text):
        found = match.groupdict()
        if found["skipped"] or (found["under"] and not int(found["under"])):
            continue
        value = _value(found)
        if value is not None and "-" in {found["sign"], found["inner"]}:
            value = -value
        yield match.start(), value


def _value(found: dict[str, str | None]) -> Reading:
    """Return the value of a numeral, its sign left out."""
    if found["under"]:
        return int(found["whole"] or 0) + Fraction(int(found["over"] or 0), int(found["under"]))
    if found["vulgar"]:
        part = Fraction(unicodedata.numeric(found["vulgar"])).limit_denominator(10)
        return int(found["mixed"] or 0) + part
    if found["ten"]:
        return _power_of_ten(int(found["ten"]))
    digits = _GROUPS.sub("", found["digits"] or "0")
    places = (found["places"] or found["point"] or ".")[1:]
    power = _power_of_ten(int(found["exponent"] or 0) + int(found["power"] or 0))
    if len(digits) + len(places) > _MOST_DIGITS or power is None:
        return None
    return (
        Fraction(int(digits + places), 10 ** len(places))
        * power
        * SCALES.get((found["scale"] or "").lower(), 1)
    )


def _power_of_ten(power: int) -> Reading:
    return None if abs(power) > _LARGEST_POWER else Fraction(10) ** power
