"""Instructions about capital and small letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.ifeval.languages import detector

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given

_WORD: Final = re.compile(r"['\u2019]?\w+(?:[./-]\w+)*")
"""Words as NLTK's tokenizer parts them: the end of ``DON'T`` is one of its own."""


def capital_word_frequency(given: Given) -> Check:
    """There are less than, or at least, so many words in capitals."""
    wanted, compare = given.whole("capital_frequency"), given.relation("capital_relation")
    return lambda answer: compare(sum(map(str.isupper, _WORD.findall(answer))), wanted)


def english_capital(_given: Given) -> Check:
    """The answer is in English, and in capitals."""
    detect = detector()
    return lambda answer: answer.isupper() and detect(answer) == "en"


def english_lowercase(_given: Given) -> Check:
    """The answer is in English, and has no capitals."""
    detect = detector()
    return lambda answer: answer.islower() and detect(answer) == "en"
