"""Where two answers part: the place among their tokens, and the tokens in their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import common_length
from behavtest.experiment.examples import TokenMark

if TYPE_CHECKING:
    from behavtest.core import Generation
    from behavtest.sampling import SpellsTokens

_MOST_PIECES = 8
"""Tokens of one character: it has four bytes at most, and a joined one a few characters."""

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"


class Parting(NamedTuple):
    """Where two answers part.

    Args:
        shared: The tokens both begin with.
        token_a: Model A's next token; None if its answer ends.
        token_b: Model B's.
    """

    shared: tuple[int, ...]
    token_a: int | None
    token_b: int | None

    @property
    def ends(self) -> bool:
        """Whether one of the answers ends there."""
        return self.token_a is None or self.token_b is None


def parting(a: Generation, b: Generation) -> Parting | None:
    """Find where two answers of one vocabulary part.

    Returns:
        The place; None if they do not, or if one was cut off before it.
    """
    shared = common_length(a.token_ids, b.token_ids)
    rests = [answer.token_ids[shared:] for answer in (a, b)]
    if not any(rests) or not all(
        rest or answer.finish_reason == "stop" for rest, answer in zip(rests, (a, b), strict=True)
    ):
        return None
    token_a, token_b = (rest[0] if rest else None for rest in rests)
    return Parting(a.token_ids[:shared], token_a, token_b)


def mark(answer: Generation, place: int, speller: SpellsTokens) -> TokenMark:
    """Find a token in its answer's text.

    What tokens decode to alone need not be what they add to a text (blanks are stripped, a token
    may be a part of a character), so that the text is compared with what it would be up to and
    with the token.

    Args:
        answer: The answer.
        place: The token's place; the number of tokens for the answer's end.
        speller: Decodes tokens as the answer's text was.
    """
    tokens, text = answer.token_ids, answer.text
    start = common_length(speller.decode(tokens[:place]), text)
    if place == len(tokens):
        return TokenMark(start, start, ends=True)
    for end in range(place + 1, min(place + _MOST_PIECES, len(tokens)) + 1):
        decoded = speller.decode(tokens[:end])
        stop = common_length(decoded, text)
        # A part of a character is marked with the rest of it.
        if stop > start or not decoded.endswith(_NO_CHARACTER):
            return TokenMark(start, max(start, stop))
    return TokenMark(start, start)
