"""``contains``, ``exact`` and ``starts_with``: plain text in a completion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from behavtest.scoring.arguments import Texts, TextScorer, texts_from
from behavtest.scoring.shapes import SOUGHT, takes

if TYPE_CHECKING:
    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer

Matches = Callable[[str, str], bool]


@takes(SOUGHT)
def contains(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion contains any of the texts, else 0.

    Case counts unless ``ignore_case: true``.

    Raises:
        ValueError: The arguments are wrong.
    """
    return _PlainText("contains", texts_from(arguments, scorer="contains"), _contains)


@takes(SOUGHT)
def exact(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion is one of the texts, else 0.

    White space around the completion and around the text does not count; case does unless
    ``ignore_case: true``.

    Raises:
        ValueError: The arguments are wrong.
    """
    return _PlainText("exact", texts_from(arguments, scorer="exact"), _is)


@takes(SOUGHT)
def starts_with(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion starts with any of the texts, else 0.

    White space before the completion does not count; case does unless ``ignore_case: true``.

    Raises:
        ValueError: The arguments are wrong.
    """
    return _PlainText("starts_with", texts_from(arguments, scorer="starts_with"), _starts)


class _PlainText(TextScorer):
    def __init__(self, label: str, texts: Texts, matches: Matches) -> None:
        super().__init__(label, texts)
        self._matches = matches

    def __call__(self, completion: Completion, /) -> float:
        fold = str.casefold if self._texts.ignore_case else str
        answer = fold(completion.text)
        return float(any(self._matches(answer, fold(text)) for text in self._wanted(completion)))


def _contains(answer: str, text: str) -> bool:
    return text in answer


def _is(answer: str, text: str) -> bool:
    return answer.strip() == text.strip()


def _starts(answer: str, text: str) -> bool:
    return answer.lstrip().startswith(text)
