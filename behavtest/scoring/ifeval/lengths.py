"""Instructions about length: words, sentences, paragraphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.ifeval.sentences import count_sentences

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given

_WORD: Final = re.compile(r"\w+")
_DIVIDER: Final = re.compile(r"\s?\*\*\*\s?")
_WORD_ENDS: Final = re.compile(r"[.,?!'\"]")


def number_words(given: Given) -> Check:
    """The answer has less than, or at least, so many words (runs of letters and digits)."""
    words, compare = given.whole("num_words"), given.relation("relation")
    return lambda answer: compare(len(_WORD.findall(answer)), words)


def number_sentences(given: Given) -> Check:
    """The answer has less than, or at least, so many sentences."""
    sentences, compare = given.whole("num_sentences"), given.relation("relation")
    return lambda answer: compare(count_sentences(answer), sentences)


def number_paragraphs(given: Given) -> Check:
    """The answer has exactly so many paragraphs, with ``***`` between them."""
    wanted = given.whole("num_paragraphs")

    def check(answer: str) -> bool:
        first, *others = (part.strip() for part in _DIVIDER.split(answer))
        *between, last = others or [""]
        return all(between) and bool(first) + len(between) + bool(last) == wanted

    return check


def nth_paragraph_first_word(given: Given) -> Check:
    """The answer has so many paragraphs (blank lines between), one beginning with a word."""
    wanted, nth = given.whole("num_paragraphs"), given.whole("nth_paragraph", least=1)
    word = given.text("first_word").lower()

    def check(answer: str) -> bool:
        paragraphs = answer.split("\n\n")
        count = sum(bool(paragraph.strip()) for paragraph in paragraphs)
        if count != wanted or nth > count:
            return False
        words = paragraphs[nth - 1].split()
        first = words[0].lstrip("'").lstrip('"').lower() if words else ""
        return _WORD_ENDS.split(first)[0] == word

    return check
