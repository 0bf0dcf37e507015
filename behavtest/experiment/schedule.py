"""Which case each observation asks about: decided by the seed, before any result is seen."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from behavtest.suite.behavior import Case, PromptSet


class Draw(NamedTuple):
    """One observation to make.

    Args:
        place: Its place in the schedule, from 0.
        case_index: Which case of the prompt set.
        case: The case itself.
        weight: 1 / N over the chance it was drawn with; 1 for a uniform draw.
        greatest_weight: The greatest weight any case would have had.
    """

    place: int
    case_index: int
    case: Case
    weight: float = 1.0
    greatest_weight: float = 1.0


class Schedule:
    """The stream of draws of one behavior.

    It depends on the run's seed and on what the prompt set asks alone, so behaviors that ask the
    same walk through it together and share their completions, whatever they score. Draws are
    uniform and independent; where a prompt has one score (greedy decoding, exact scores) they are
    without replacement.

    Args:
        prompts: The population.
        seed: The run's seed.
        without_replacement: Whether every case is drawn once.
    """

    def __init__(self, prompts: PromptSet, *, seed: int, without_replacement: bool) -> None:
        self._prompts = prompts
        self._key = hashlib.blake2b(
            struct.pack("<q", seed) + prompts.asked.encode(), digest_size=32
        ).digest()
        self._without_replacement = without_replacement
        self._moved: dict[int, int] = {}
        self._index = 0

    def take(self, count: int) -> list[Draw]:
        """Draw the next observations.

        Args:
            count: How many.

        Returns:
            That many draws, or fewer if the population is used up.

        Raises:
            SuiteError: A template fails to render.
        """
        if self._without_replacement:
            count = min(count, len(self._prompts) - self._index)
        return [self._draw(self._case_index()) for _ in range(count)]

    def learn(self, case_index: int, value: float) -> None:
        """Take note of an observation; here, it changes nothing of what is drawn."""

    def _draw(self, case_index: int, weight: float = 1.0, greatest_weight: float = 1.0) -> Draw:
        draw = Draw(self._index, case_index, self._prompts[case_index], weight, greatest_weight)
        self._index += 1
        return draw

    def _case_index(self) -> int:
        if not self._without_replacement:
            return self._below(len(self._prompts))
        # A Fisher-Yates shuffle that stores only what it has moved, since a template's
        # population may be far larger than the part of it that is drawn.
        here = self._index
        there = here + self._below(len(self._prompts) - here)
        chosen = self._moved.get(there, there)
        self._moved[there] = self._moved.pop(here, here)
        return chosen

    def _below(self, bound: int) -> int:
        """Map 64 keyed bits onto 0, ..., bound - 1; the bias is below bound / 2**64."""
        return self._bits() * bound >> 64

    def _bits(self) -> int:
        """Return the next draw's 64 random bits, a function of the seed and the prompt set."""
        digest = hashlib.blake2b(
            struct.pack("<q", self._index), key=self._key, digest_size=8
        ).digest()
        return int.from_bytes(digest, "little")
