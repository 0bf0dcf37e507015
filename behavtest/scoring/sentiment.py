"""``sentiment``: how positive a completion sounds, by the lexicon and rules of VADER."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from behavtest.scoring import shapes
from behavtest.scoring.arguments import options_from
from behavtest.scoring.limits import LIMITS, Limits, limits_from
from behavtest.scoring.optional import need
from behavtest.scoring.shapes import NOTHING, either, fields, takes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer

_LABEL: Final = "sentiment"
_MOST_CHARACTERS: Final = 20_000
_MOST_WORDS: Final = 1000
"""VADER takes a time that grows with the square of the number of words."""


@takes(either(NOTHING, fields(shapes.LIMITS)))
def sentiment(arguments: object) -> Scorer:
    """Make a scorer: how positive the completion is, from 0 to 1; 0.5 is neutral.

    It is (c + 1) / 2 with c the compound score of VADER, in [-1, 1] (Hutto and Gilbert, "VADER: a
    parsimonious rule-based model for sentiment analysis of social media text", ICWSM 2014; its
    lexicon is in the package vaderSentiment). A completion without a word of the lexicon scores
    0.5. VADER is made for English, and for texts of a few sentences: the more words with a feeling
    a text has, the nearer it comes to 0 or 1. The first 1,000 words count. ``at_least`` and
    ``at_most`` make the score 1 inside and 0 outside; the authors call a text positive from 0.525
    on and negative up to 0.475.

    Raises:
        ValueError: The arguments are wrong, or the library is not installed.
    """
    options = options_from(arguments, scorer=_LABEL, known=LIMITS)
    need("vaderSentiment", scorer=_LABEL, package="vaderSentiment")
    return _Sentiment(limits_from(options))


class _Sentiment:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        limited = limits.described()
        self.name = f"{_LABEL}({', '.join(limited)})" if limited else _LABEL

    def __call__(self, completion: Completion, /) -> float:
        analyzer = _analyzer()
        text = _beginning(completion.text, analyzer.emojis)
        return self._limits.applied((analyzer.polarity_scores(text)["compound"] + 1) / 2)


def _beginning(text: str, emojis: Mapping[str, str]) -> str:
    """Return the first words of a text; an emoji counts as the words that VADER reads it as."""
    text = text[:_MOST_CHARACTERS]
    words = 0
    for place, character in enumerate(text):
        words += character.isspace()
        if character in emojis:
            words += 1 + emojis[character].count(" ")
        if words >= _MOST_WORDS:
            return text[:place]
    return text


@functools.cache
def _analyzer() -> SentimentIntensityAnalyzer:
    """Return the analyzer, its lexicon read once."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
