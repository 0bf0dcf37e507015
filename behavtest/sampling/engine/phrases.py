"""Guesses at how an answer goes on, from answers to other requests.

A token that is checked costs less than one that is decoded, so guessed ones are checked along. A
guess is what followed the same last tokens in an answer seen before ("prompt lookup decoding",
Saxena 2023); wrong guesses cost no correctness, since the model checks each, and how often guesses
have been right decides how many are worth checking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.sampling.engine.shapes import PASS_TOKENS

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 3
_MOST = 200_000
_READ_PER_ROW = 2
"""What a row costs in a pass, in tokens read: its own token, and looking through its memory."""


class Guess(NamedTuple):
    """What may come next.

    Args:
        tokens: Token ids; none if nothing alike has been seen.
        chance: How likely each is, if those before it are right, in (0, 1); 0 if there are none.
        context: By how many last tokens it was found.
    """

    tokens: tuple[int, ...]
    chance: float
    context: int


_NONE = Guess((), 0, 0)


class Phrases:
    """What has followed what.

    The last answer to hold a context decides: models repeat themselves, and a table of one
    continuation each is small.
    """

    def __init__(self) -> None:
        self._answers: list[Sequence[int]] = []
        self._after: dict[tuple[int, ...], tuple[int, int]] = {}
        # by the size of the context, as if one guess had been right and one wrong
        self._right = [1] * (_LONGEST + 1)
        self._judged = [2] * (_LONGEST + 1)

    def learn(self, answer: Sequence[int]) -> None:
        """Take note of an answer's tokens."""
        if len(self._after) > _MOST:
            self._answers.clear()
            self._after.clear()
        number = len(self._answers)
        self._answers.append(answer)
        for end in range(1, len(answer)):
            for size in range(1, min(_LONGEST, end) + 1):
                self._after[tuple(answer[end - size : end])] = (number, end)

    def guess(self, tokens: Sequence[int], most: int) -> Guess:
        """Guess what follows an answer's beginning.

        Args:
            tokens: The answer so far.
            most: Most tokens to guess.
        """
        for size in range(min(_LONGEST, len(tokens)), 0, -1):
            place = self._after.get(tuple(tokens[-size:]))
            if place is not None:
                number, end = place
                found = tuple(self._answers[number][end : end + most])
                return Guess(found, self._right[size] / self._judged[size], size)
        return _NONE

    def judge(self, guess: Guess, tokens: Sequence[int]) -> None:
        """Take note of whether a guess was right, checked or not.

        Args:
            guess: Not empty.
            tokens: What came instead; nothing if the answer ended.
        """
        self._judged[guess.context] += 1
        self._right[guess.context] += tokens[:1] == [guess.tokens[0]]


def worth_checking(guesses: Sequence[Guess]) -> int:
    """Return how many tokens of the guesses to check in one pass: more as long as that pays.

    Args:
        guesses: One for each row of the pass; they may be empty.
    """
    rows = len(guesses)
    most = max((len(guess.tokens) for guess in guesses), default=0)
    expected, cost = float(rows), float(PASS_TOKENS + _READ_PER_ROW * rows)
    for count in range(most):
        more = sum(guess.chance ** (count + 1) for guess in guesses if len(guess.tokens) > count)
        if more * cost <= expected * rows:
            return count
        expected, cost = expected + more, cost + rows
    return most
