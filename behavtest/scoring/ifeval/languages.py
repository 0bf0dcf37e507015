"""Instructions about the language of an answer.

The original asks langdetect, whose answer depends on a random number; this asks py3langid, about
the text in small letters, which it knows best.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given

Detect = Callable[[str], str]


def response_language(given: Given) -> Check:
    """The answer is in a language, given by its ISO 639-1 code."""
    language, detect = given.text("language").lower(), detector()
    return lambda answer: detect(answer) == language


@functools.cache
def detector() -> Detect:
    """Return what tells the language of a text by its ISO 639-1 code.

    Raises:
        ValueError: The library is not installed.
    """
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        raise ValueError(
            "the language is told by py3langid, which is not installed: "
            "pip install 'behavtest[scorers]'"
        ) from None
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    return lambda text: str(identifier.classify(text.lower())[0])
