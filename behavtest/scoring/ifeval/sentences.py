"""Counts sentences.

The original asks NLTK's Punkt model, whose data must be downloaded. These rules agree with it but
for rare abbreviations: a sentence ends at a full stop, question or exclamation mark before white
space; not at the full stop of an initial or a title, nor, where a small letter follows, at that of
another abbreviation or at three dots. What comes after the last end is a sentence, too.
"""

from __future__ import annotations

import re
from typing import Final

_MARKS: Final = ".?!\u2026"
_END: Final = re.compile(rf"(?<![{_MARKS}])([{_MARKS}]++)[\"')\]*_\u201d\u2019]*+(?=\s|$)")
_WORD: Final = re.compile(r"\S*$")
_OPEN: Final = "\"'([*_\u201c\u2018"
_DOTTED: Final = re.compile(r"(?:[a-z]\.)+[a-z]")
_TITLES: Final = frozenset(
    "Mr Mrs Ms Dr Prof St Gen Col Sgt Capt Lt Rev Hon Jr Sr vs Fig".lower().split()
)
_OTHERS: Final = frozenset(
    ("etc", "inc", "ltd", "co", "corp", "cf", "approx", "dept", "est")  # e.g. and a.m. are dotted
)
_LONGEST: Final = 40
"""Characters of a word, or of white space, that are looked at."""


def count_sentences(text: str) -> int:
    """Return the number of sentences in a text."""
    count, last = 0, 0
    for found in _END.finditer(text):
        before = _WORD.search(text[max(0, found.start() - _LONGEST) : found.start()])
        word = before[0].lstrip(_OPEN) if before else ""
        following = text[found.end() : found.end() + _LONGEST].lstrip()[:1]
        if _ends(word, found[1], following):
            count, last = count + 1, found.end()
    return count + bool(text[last:].strip())


def _ends(word: str, marks: str, following: str) -> bool:
    """Tell whether a sentence ends at marks after a word, and before a character."""
    if "?" in marks or "!" in marks or not following:
        return True
    if marks != ".":
        return not following.islower()
    plain = word.lower()
    if plain in _TITLES or (len(word) == 1 and word.isupper() and word != "I"):
        return False
    abbreviated = plain in _OTHERS or _DOTTED.fullmatch(plain) is not None
    return following.isupper() or not abbreviated
