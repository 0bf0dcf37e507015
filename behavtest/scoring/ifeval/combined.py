"""Instructions about the whole answer: two answers in one, the request before the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given

_BETWEEN: Final = "******"
_TWO: Final = 2


def two_responses(_given: Given) -> Check:
    """There are two different answers, with six stars between them."""

    def check(answer: str) -> bool:
        first, *others = (part.strip() for part in answer.split(_BETWEEN))
        *between, last = others or [""]
        said = [part for part in (first, *between, last) if part]
        return all(between) and len(said) == _TWO and said[0] != said[1]

    return check


def repeat_prompt(given: Given) -> Check:
    """The answer begins with the request, in either case."""
    request = given.text("prompt_to_repeat").lower()
    return lambda answer: answer.strip().lower().startswith(request)
