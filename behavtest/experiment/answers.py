"""One model's completions: from the store if they are there, else generated and stored."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from behavtest.store import Entry, Origin, completion_key, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from behavtest.core import Generation, SamplingSettings
    from behavtest.sampling import Backend, Request
    from behavtest.store import CompletionStore


class Question(NamedTuple):
    """One completion wanted.

    Args:
        key: Where its completion is stored; see `Answers.question`.
        request: Prompt and seed.
        settings: How tokens are chosen.
    """

    key: str
    request: Request
    settings: SamplingSettings


class Answers:
    """A model's completions, counting where they came from.

    Args:
        backend: What generates them.
        store: Where they are kept.
        versions: Library versions, as JSON, stored with every completion.
        tick: Called after each generated batch, for progress.
    """

    def __init__(
        self,
        backend: Backend,
        store: CompletionStore,
        *,
        versions: str,
        tick: Callable[[], None],
    ) -> None:
        self.backend = backend
        self.generated = 0
        self.generated_tokens = 0
        self.reused = 0
        self._store = store
        self._versions = versions
        self._tick = tick

    def question(self, request: Request, settings: SamplingSettings) -> Question:
        """Word a request as a question to this model, under the key of its completion."""
        key = completion_key(
            fingerprint=self.backend.fingerprint,
            prompt_ids=request.prompt_ids,
            settings=settings,
            seed=request.seed,
        )
        return Question(key, request, settings)

    def ask(
        self, questions: Sequence[Question], references: Sequence[Generation | None]
    ) -> dict[str, Generation]:
        """Get completions, each distinct one once.

        Args:
            questions: What is wanted, repeats allowed.
            references: For each question the other model's answer, if known.

        Returns:
            Key -> completion, for every question.

        Raises:
            ModelError: The model cannot answer.
        """
        distinct = {question.key: place for place, question in enumerate(questions)}
        found = dict(self._store.lookup(distinct))
        reused = len(found)
        missing: defaultdict[SamplingSettings, list[Question]] = defaultdict(list)
        hints: dict[str, Generation | None] = {}
        for key, place in distinct.items():
            if key not in found:
                question = questions[place]
                missing[question.settings].append(question)
                hints[key] = references[place]
        for settings, asked in missing.items():
            found |= self._generate(settings, asked, hints)
        self.reused += reused
        return found

    def _generate(
        self,
        settings: SamplingSettings,
        asked: list[Question],
        hints: Mapping[str, Generation | None],
    ) -> dict[str, Generation]:
        answers: dict[str, Generation] = {}
        requests = [question.request for question in asked]
        started = time.perf_counter()
        batches = self.backend.generate(
            requests, settings, references=[hints[question.key] for question in asked]
        )
        for batch in batches:
            seconds = (time.perf_counter() - started) / len(batch)
            entries = [
                Entry(asked[place].key, *asked[place].request, storable(generation))
                for place, generation in batch
            ]
            self._store.insert(
                entries, Origin(self.backend.fingerprint, settings, seconds, self._versions)
            )
            answers |= {entry.key: entry.generation for entry in entries}
            self.generated += len(batch)
            self.generated_tokens += sum(len(entry.generation.token_ids) for entry in entries)
            self._tick()
            started = time.perf_counter()
        return answers
