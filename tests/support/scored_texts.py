"""Scores of texts, as a suite would get them."""

from __future__ import annotations

from typing import Final

from behavtest.core import Completion, FinishReason, Message, Prompt
from behavtest.scoring import builtin_registry, checked_score

_MEGABYTE: Final = 1_000_000

HOSTILE: Final = {
    "empty": "",
    "white space": " \n\t\u00a0\u200b" * 1000,
    "null bytes": "\x00a\x00" * 1000,
    "lone surrogates": "\ud800 b \udfff" * 1000,
    "a megabyte of a letter": "a" * _MEGABYTE,
    "a megabyte of digits": "7" * _MEGABYTE,
    "a megabyte of short words": "a b " * (_MEGABYTE // 4),
    "a megabyte of brackets": "[(" * (_MEGABYTE // 2),
    "a megabyte of quotes": "\"'" * (_MEGABYTE // 2),
    "a megabyte of line ends": "\n" * _MEGABYTE,
    "a megabyte of backslashes": "\\" * _MEGABYTE,
    "a megabyte of minus signs": "-" * _MEGABYTE,
    "a megabyte of emoji": "\U0001f600" * (_MEGABYTE // 4),
}
"""Texts of which no scorer may crash or hang, by what is wrong with them."""


def completion_of(
    text: str, *, tokens: int = 0, finish_reason: FinishReason = "stop", **fields: object
) -> Completion:
    """Return a completion of a prompt with these fields."""
    prompt = Prompt((Message("user", "?"),), fields)
    return Completion(prompt, text, tuple(range(tokens)), finish_reason)


def score_of(spec: object, text: str, **fields: object) -> float:
    """Score a text as a suite would."""
    scorer = builtin_registry().build(spec)
    return checked_score(scorer, completion_of(text, **fields))  # type: ignore[arg-type]
