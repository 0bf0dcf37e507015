"""Guesses at how an answer goes on, from answers to other requests.

A forward pass has a cost whatever it reads, so where few rows are left a few guessed tokens are
checked for nothing. A guess is what followed the same last tokens in an answer seen before ("prompt
lookup decoding", Saxena 2023); wrong guesses cost no correctness, since the model checks each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 3
_MOST = 200_000


class Phrases:
    """What has followed what.

    The last answer to hold a context decides: models repeat themselves, and a table of one
    continuation each is small.
    """

    def __init__(self) -> None:
        self._answers: list[Sequence[int]] = []
        self._after: dict[tuple[int, ...], tuple[int, int]] = {}

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

    def guess(self, tokens: Sequence[int], most: int) -> tuple[int, ...]:
        """Guess what follows an answer's beginning.

        Args:
            tokens: The answer so far.
            most: Most tokens to guess.

        Returns:
            The guess; empty if nothing alike has been seen.
        """
        for size in range(min(_LONGEST, len(tokens)), 0, -1):
            place = self._after.get(tuple(tokens[-size:]))
            if place is not None:
                number, end = place
                return tuple(self._answers[number][end : end + most])
        return ()
