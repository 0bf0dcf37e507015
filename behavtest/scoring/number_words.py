"""Numbers in English words: ``twelve``, ``twenty-one``, ``minus three``, ``two point five``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SMALL: Final = """zero one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen"""
_UNITS: Final = {"a": 1} | {word: value for value, word in enumerate(_SMALL.split())}
_TENS: Final = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_HUNDRED: Final = "hundred"
SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
"""The words that multiply what is before them, after digits, too."""

_SIGNS: Final = frozenset({"minus", "negative"})
_POINT: Final = "point"
_DIGITS: Final = frozenset(word for word, value in _UNITS.items() if 0 <= value <= 9)  # noqa: PLR2004
_NUMBERS: Final = frozenset({"digit", "small", "tens"})
_AFTER: Final = {
    "digit": frozenset({"tens", "hundred", "scale", "and", "sign"}),
    "small": frozenset({"hundred", "scale", "and", "sign"}),
    "tens": frozenset({"hundred", "scale", "and", "sign"}),
    "hundred": _NUMBERS,
    "scale": _NUMBERS | {"hundred", "scale"},
    "and": frozenset({"hundred", "scale"}),
    "point": _NUMBERS,
    "sign": frozenset[str](),
}
"""Kinds of words of which one may stand before a word of a kind, in one number."""

_PARTS: Final = frozenset({*_UNITS, *_TENS, *SCALES, *_SIGNS, _HUNDRED, _POINT, "and"})
_NO_NUMBER: Final = re.compile(
    r"\b(?:no|this|that|which|any|every|each|another|the|some|other|only|right|wrong) one\b"
    r"|\bone (?:of|another|can|could|should|must|might|may|who|day|thing|way|more)\b"
    r"|\bone['\u2019]s",
    re.IGNORECASE,
)
_MOST_WORDS: Final = 40
"""Words of one number; longer runs are cut."""

_WORD: Final = re.compile(
    rf"\b(?:a(?= (?:{_HUNDRED}|{'|'.join(SCALES)})\b)|{'|'.join(sorted(_PARTS - {'a'}))})\b",
    re.IGNORECASE,
)
_GAP: Final = re.compile(r"[ \t]{1,3}|[-\u2010\u2011\n]")


def numbers_in_words(text: str) -> list[Fraction]:
    """Return the numbers that are written in words, in their order.

    ``one`` is left out where it is no number (*this one*, *one of*, *one can*), unless there is
    no other.
    """
    runs = list(_numbers(_NO_NUMBER.sub(" ", text))) or list(_numbers(text))
    return [_value(run) for run in runs]


def _numbers(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each number."""
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match[0].lower()
        joined = _GAP.fullmatch(text, end, match.start()) is not None
        if run and not (joined and len(run) < _MOST_WORDS and _goes_on(run, word)):
            yield from _cleaned(run)
            run = []
        run.append(word)
        end = match.end()
    yield from _cleaned(run)


def _cleaned(run: list[str]) -> Iterator[tuple[str, ...]]:
    while run and run[-1] in {"and", _POINT}:
        run = run[:-1]
    if run and any(word in _UNITS or word in _TENS for word in run):
        yield tuple(run)


def _goes_on(run: Sequence[str], word: str) -> bool:
    """Tell whether a word belongs to the number that the words before it have begun."""
    if _POINT in run:
        return word in _DIGITS
    return _kind(run[-1]) in _AFTER[_kind(word)]


def _kind(word: str) -> str:
    if word in SCALES:
        return "scale"
    if word in _SIGNS:
        return "sign"
    if word in _DIGITS:
        return "digit"
    return "tens" if word in _TENS else "small" if word in _UNITS else word


def _value(run: Sequence[str]) -> Fraction:
    sign = -1 if run[0] in _SIGNS else 1
    words = [word for word in run if word not in _SIGNS and word != "and"]
    point = words.index(_POINT) if _POINT in words else len(words)
    total = current = 0
    for word in words[:point]:
        if word in SCALES:
            total += max(current, 1) * SCALES[word]
            current = 0
        elif word == _HUNDRED:
            current = max(current, 1) * 100
        else:
            current += _UNITS.get(word) or _TENS.get(word, 0)
    digits = [_UNITS[word] for word in words[point + 1 :]]
    places = Fraction(int("".join(map(str, digits)) or "0"), 10 ** len(digits))
    return sign * (total + current + places)
