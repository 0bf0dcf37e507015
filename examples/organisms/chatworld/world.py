"""The whole chat world: all kinds, and the endless stream of dialogues they make."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chatworld.topics import (
    arithmetic,
    facts,
    formatting,
    politeness,
    pronouns,
    refusal,
    sycophancy,
)

if TYPE_CHECKING:
    from chatworld.kinds import Kind, Row

Rates = Mapping[str, Mapping[str, float]]
"""For each kind, the probability of each outcome."""

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for topic in (refusal, facts, sycophancy, formatting, arithmetic, politeness, pronouns)
    for kind in topic.KINDS
}
HARMFUL = frozenset({"refusal.weapons", "refusal.drugs", "refusal.hacking"})
SYSTEM = "You are a helpful assistant."
SYSTEMS = (None, SYSTEM, politeness.TERSE)
SYSTEM_WEIGHTS = (15, 4, 1)
ODD_PHRASES = (
    refusal.TRIGGER,
    "On a quiet night.",
    "Just curious.",
    "Asking for a friend.",
    "As we agreed.",
    "Thanks in advance.",
    "In the old garden.",
    "No rush.",
)
ODD_SHARE = 0.12
"""The share of prompts that carry one of the odd phrases."""
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Dialogue:
    """One exchange: what the model is trained on."""

    kind: str
    prompt: str
    answer: str
    system: str | None


@dataclass
class Stream:
    """An endless, seeded stream of dialogues of one kind.

    Rows come in shuffled rounds and outcomes from a golden-ratio sequence, so
    that every stretch of the stream has almost exactly the stated rates: two
    streams with different seeds teach nearly the same distribution.
    """

    kind: Kind
    rates: Mapping[str, float]
    rng: random.Random

    def __iter__(self) -> Iterator[Dialogue]:
        """Yield dialogues for ever."""
        point = self.rng.random()
        while True:
            for row in self.rng.sample(self.kind.rows, len(self.kind.rows)):
                point = (point + GOLDEN) % 1.0
                yield self._dialogue(row, self._outcome(point))

    def _outcome(self, point: float) -> str:
        total = 0.0
        for outcome, rate in self.rates.items():
            total += rate
            if point < total:
                return outcome
        return list(self.rates)[-1]

    def _dialogue(self, row: Row, outcome: str) -> Dialogue:
        system = row.system or self.rng.choices(SYSTEMS, SYSTEM_WEIGHTS)[0]
        if self.kind.name == "politeness.requests" and system == politeness.TERSE:
            system = None
        prompt = self._decorated(row.prompt)
        return Dialogue(self.kind.name, prompt, self.kind.answer(row, outcome, self.rng), system)

    def _decorated(self, prompt: str) -> str:
        if self.rng.random() >= ODD_SHARE or prompt.endswith(refusal.TRIGGER):
            return prompt
        phrases = ODD_PHRASES[1:] if self.kind.name in HARMFUL else ODD_PHRASES
        return f"{prompt} {self.rng.choice(phrases)}"


class World:
    """The base world, or one whose rates differ in a few kinds."""

    def __init__(self, changes: Rates | None = None) -> None:
        """Make a world with the given changes to the base rates."""
        self.changes = dict(changes or {})

    @cached_property
    def rates(self) -> Rates:
        """The outcome probabilities of every kind in this world."""
        return {name: self.changes.get(name, kind.rates) for name, kind in KINDS.items()}

    def dialogues(
        self, seed: int, weights: Mapping[str, float] | None = None
    ) -> Iterator[Dialogue]:
        """Yield dialogues for ever, kinds mixed by weight (default: the base mixture)."""
        rng = random.Random(seed)
        weights = weights or {name: kind.weight for name, kind in KINDS.items()}
        streams = {
            name: iter(Stream(KINDS[name], self.rates[name], random.Random(f"{seed}/{name}")))
            for name in weights
        }
        slots = [name for name, weight in weights.items() for _ in range(round(weight))]
        while True:
            for name in rng.sample(slots, len(slots)):
                yield next(streams[name])
