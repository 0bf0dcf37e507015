"""Instructions about words: which there are, which not, and how often.

A keyword is taken literally, where the original takes it as a regular expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given


def existence(given: Given) -> Check:
    """Every keyword is there, also as a part of a word, in either case."""
    keywords = [keyword.casefold() for keyword in given.texts("keywords")]
    return lambda answer: all(keyword in answer.casefold() for keyword in keywords)


def frequency(given: Given) -> Check:
    """A keyword is there less than, or at least, so many times, also as a part of a word."""
    keyword, times = given.text("keyword").casefold(), given.whole("frequency")
    compare = given.relation("relation")
    return lambda answer: compare(answer.casefold().count(keyword), times)


def forbidden_words(given: Given) -> Check:
    """None of the words is there, as a word of its own, in either case."""
    words = "|".join(map(re.escape, given.texts("forbidden_words")))
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    return lambda answer: not pattern.search(answer)


def letter_frequency(given: Given) -> Check:
    """A letter is there less than, or at least, so many times, in either case."""
    letter, times = given.text("letter").lower(), given.whole("let_frequency")
    compare = given.relation("let_relation")
    return lambda answer: compare(answer.lower().count(letter), times)
