"""Instructions about how an answer begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given


def end_checker(given: Given) -> Check:
    """The answer ends with a phrase, in either case; quotation marks around it do not count."""
    phrase = given.text("end_phrase").lower()
    return lambda answer: answer.strip().strip('"').lower().endswith(phrase)


def quotation(_given: Given) -> Check:
    """The whole answer is in double quotation marks."""

    def check(answer: str) -> bool:
        text = answer.strip()
        return len(text) > 1 and text[0] == text[-1] == '"'

    return check
