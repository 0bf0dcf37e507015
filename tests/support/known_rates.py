"""A backend whose answers follow known rates, so that verdicts can be held against the truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from behavtest.core import Generation, Message, Prompt, SamplingSettings
from behavtest.sampling import Answered, Request
from behavtest.stats import Expectation, Kind
from behavtest.suite import Behavior, Case, Source


def uniform(*parts: object) -> float:
    """A number in [0, 1) that is a function of its key."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2**64


@dataclass
class KnownRates:
    """Answers ``yes`` with a known probability per prompt, coupled through the seed.

    A prompt is one word, whose token ids are its letters; ``rates`` maps it to a probability.
    """

    name: str
    rates: dict[str, float]
    vocabulary: str = "shared"
    context: int | None = None
    batch: int = 64
    answered: list[Request] = field(default_factory=list)
    references: list[Generation | None] = field(default_factory=list)
    released: int = 0

    @property
    def fingerprint(self) -> str:
        return self.name

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        return tuple(prompt.messages[-1].content.encode())

    def generate(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        *,
        references: Sequence[Generation | None] | None = None,
    ) -> Iterator[list[Answered]]:
        assert references is not None
        self.answered += requests
        self.references += references
        for start in range(0, len(requests), self.batch):
            yield [
                Answered(place, self._answer(requests[place], settings))
                for place in reversed(range(start, min(start + self.batch, len(requests))))
            ]

    def _answer(self, request: Request, settings: SamplingSettings) -> Generation:
        word = bytes(request.prompt_ids).decode()
        threshold = 0.5 if settings.greedy else uniform(word, request.seed)
        yes = threshold < self.rates[word]
        return Generation((int(yes),), (0.0,), "yes" if yes else "no", "stop")

    def describe(self) -> str:
        return "known rates"

    def release(self) -> None:
        self.released += 1


class Words:
    """A prompt set of single words; pairs of words make a contrast."""

    remark = ""

    def __init__(self, words: Sequence[str], baselines: Sequence[str] = ()) -> None:
        self._words = words
        self._baselines = baselines
        self.contrast = bool(baselines)
        self.digest = hashlib.blake2b(repr((words, baselines)).encode()).hexdigest()
        self.asked = self.digest
        self.remark = ""

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, index: int) -> Case:
        baseline = ask(self._baselines[index]) if self.contrast else None
        return Case(ask(self._words[index]), baseline)


def ask(word: str) -> Prompt:
    return Prompt((Message("user", word),))


class Yes:
    name = "yes"

    def __call__(self, completion) -> float:
        return float(completion.text == "yes")


def behavior(
    words: Sequence[str] | Words,
    expectation: tuple[Kind, float] = (Kind.NOT_WORSE, 0.1),
    *,
    temperature: float = 1.0,
    scorer: object = None,
) -> Behavior:
    prompts = words if isinstance(words, Words) else Words(words)
    return Behavior(
        id="b",
        suite="s",
        source=Source("s.behav.yaml", 1),
        prompts=prompts,
        scorer=Yes() if scorer is None else scorer,
        expectation=Expectation(*expectation),
        settings=SamplingSettings(max_new_tokens=4, temperature=temperature),
    )
