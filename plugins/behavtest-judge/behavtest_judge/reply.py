"""Reads a judge's reply: one of the letters it was offered, or nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_LETTER = re.compile(
    r"(?:(?:the\s+)?(?:answer|verdict|option|grade)\s*(?:is)?\s*[:=]?\s*)?"  # "Answer: "
    r"[\s*_`\"'(\[]*(?P<letter>[A-J])(?![A-Za-z])[\s*_`\"')\].]*"  # "**(B)**"
    r"(?:[:\-\N{EN DASH}\N{EM DASH}]?\s*(?P<rest>.*))?",
    re.IGNORECASE,
)


class Reply(NamedTuple):
    """What a judge said.

    Args:
        letter: The option it chose.
        text: Its whole reply.
        model: The model that replied, as the server names it.
    """

    letter: str
    text: str
    model: str


def letter_in(text: str, levels: Sequence[str]) -> str | None:
    """Read the letter of the option a judge chose.

    Its last line counts, so that it may think before. Beside the letter the line may hold the
    option's own words and nothing else: what is not plainly one option is none.

    Args:
        text: The reply.
        levels: The options, in the order of their letters.

    Returns:
        The letter; None if the reply names no option.
    """
    lines = [line.strip() for line in _THOUGHT.sub("", text).splitlines() if line.strip()]
    match = _LETTER.fullmatch(lines[-1]) if lines else None
    if match is None:
        return None
    letter = match["letter"]
    # a lower-case "a" or "i" is a word more often than an option
    if not letter.isupper() or ord(letter) - ord("A") >= len(levels):
        return None
    rest = (match["rest"] or "").strip().strip("*_`\"'.()[] ").casefold()
    return letter if rest in {"", levels[ord(letter) - ord("A")].casefold()} else None
