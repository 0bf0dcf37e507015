"""A backend that finds texts as likely as a table says, so that exact scores can be known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from known_rates import KnownRates, Words, behavior

from behavtest.core import Prompt
from behavtest.sampling import Continuation, Measured
from behavtest.scoring import builtin_registry
from behavtest.stats import Kind
from behavtest.suite import Behavior


@dataclass
class KnownLikelihoods(KnownRates):
    """Finds ``yes`` as likely as the prompt's rate, and ``no`` as likely as it is not.

    A text's tokens are its letters, or stretches of them, all equally likely.
    """

    letters: int = 1
    noise: float = 0.0
    read: list[Continuation] = field(default_factory=list)

    def encode_text(self, prompt: Prompt, text: str) -> tuple[int, ...]:
        stretches = [
            text[start : start + self.letters] for start in range(0, len(text), self.letters)
        ]
        return tuple(int.from_bytes(stretch.encode(), "little") for stretch in stretches)

    def measure(self, continuations: Sequence[Continuation]) -> Iterator[list[Measured]]:
        self.read += continuations
        for start in range(0, len(continuations), self.batch):
            yield [
                Measured(place, self._logprobs(continuations[place]))
                for place in reversed(range(start, min(start + self.batch, len(continuations))))
            ]

    def _logprobs(self, given: Continuation) -> tuple[float, ...]:
        letters = b"".join(
            token.to_bytes(self.letters, "little").rstrip(b"\0") for token in given.token_ids
        )
        rate = self.rates[bytes(given.prompt_ids).decode()]
        probability = {"yes": rate, "no": 1 - rate}[letters.decode()]
        logprob = math.log(probability) / len(given.token_ids) if probability else -math.inf
        return (logprob + self.noise,) * len(given.token_ids)


YES = {"choice": {"options": ["yes", "no"], "answer": "yes"}}
"""Scores the prompt's rate."""


def exact(
    words: Sequence[str] | Words,
    expectation: tuple[Kind, float] = (Kind.NOT_WORSE, 0.1),
    *,
    score: object = None,
    **changes: object,
) -> Behavior:
    """A behavior whose scores are the prompts' rates, unless it scores otherwise."""
    scorer = builtin_registry().build(YES if score is None else score)
    return replace(behavior(words, expectation, scorer=scorer), **changes)
