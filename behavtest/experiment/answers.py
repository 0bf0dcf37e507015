"""One model's completions: from the store if they are there, else generated and stored."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from behavtest.store import Entry, Origin, ReplayRecord, completion_key, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from behavtest.core import Generation, SamplingSettings
    from behavtest.sampling import Answered, Backend, Request
    from behavtest.store import CompletionStore

_MOST_UNSAVED = 128
_LONGEST_UNSAVED = 0.5
"""Seconds: the most work that is lost when the process is killed."""


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


class Reference(NamedTuple):
    """The other model's answer to a question, which this model's may be replayed from.

    Args:
        key: Where it is stored.
        generation: The answer.
    """

    key: str
    generation: Generation


class Answers:
    """A model's completions, counting where they came from.

    Attributes:
        generated: Completions made.
        generated_tokens: Tokens decoded for them.
        replayed_tokens: Tokens accepted from the other model's answers or from guesses instead.
        reused: Completions found in the store.
        loading: Seconds before the model was there to make the first of them.

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
        self.replayed_tokens = 0
        self.reused = 0
        self.loading = 0.0
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
        self, questions: Sequence[Question], references: Sequence[Reference | None]
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
        missing: defaultdict[SamplingSettings, list[_Wanted]] = defaultdict(list)
        for key, place in distinct.items():
            if key not in found:
                question = questions[place]
                missing[question.settings].append(_Wanted(question, references[place]))
        for settings, wanted in missing.items():
            found |= self._generate(settings, wanted)
        self.reused += reused
        return found

    def replays(self, keys: Iterable[str]) -> Mapping[str, ReplayRecord]:
        """Find what is known of how this model's answers were read off the other's.

        Args:
            keys: Of answers it has given, in this run or another.

        Returns:
            Key -> replay, for those that were.
        """
        return self._store.replays(keys)

    def _generate(self, settings: SamplingSettings, wanted: list[_Wanted]) -> dict[str, Generation]:
        answers: dict[str, Generation] = {}
        batches = self.backend.generate(
            [asked.question.request for asked in wanted],
            settings,
            references=[asked.hint for asked in wanted],
        )
        unsaved: list[_Made] = []
        started = time.perf_counter()
        try:
            for batch in batches:
                if not batch and not self.generated:
                    self.loading += time.perf_counter() - started
                    started = time.perf_counter()
                unsaved += [_Made(wanted[answered.place], answered) for answered in batch]
                seconds = time.perf_counter() - started
                if len(unsaved) >= _MOST_UNSAVED or (unsaved and seconds >= _LONGEST_UNSAVED):
                    # Emptied first: a failure to save must not lead to saving again.
                    finished, unsaved = unsaved, []
                    answers |= self._save(finished, settings, seconds)
                    started = time.perf_counter()
        finally:  # whatever ended it, what was finished is kept
            if unsaved:
                answers |= self._save(unsaved, settings, time.perf_counter() - started)
        return answers

    def _save(
        self, batch: list[_Made], settings: SamplingSettings, seconds: float
    ) -> dict[str, Generation]:
        """Commit finished completions, with what their replays tell, and count them."""
        entries = [made.entry for made in batch]
        self._store.insert(
            entries,
            Origin(self.backend.fingerprint, settings, seconds / len(batch), self._versions),
            [made.replay for made in batch if made.replay is not None],
        )
        tokens = sum(len(entry.generation.token_ids) for entry in entries)
        replayed = sum(made.replayed_tokens for made in batch)
        self.generated += len(batch)
        self.generated_tokens += tokens - replayed
        self.replayed_tokens += replayed
        self._tick()
        return {entry.key: entry.generation for entry in entries}


class _Wanted(NamedTuple):
    """A question that the store cannot answer, and the other model's answer, if known."""

    question: Question
    reference: Reference | None

    @property
    def hint(self) -> Generation | None:
        return None if self.reference is None else self.reference.generation


class _Made(NamedTuple):
    """A question and the answer to it."""

    wanted: _Wanted
    answered: Answered

    @property
    def entry(self) -> Entry:
        question, generation = self.wanted.question, self.answered.generation
        return Entry(question.key, *question.request, storable(generation))

    @property
    def replay(self) -> ReplayRecord | None:
        reference, replay = self.wanted.reference, self.answered.replay
        if reference is None or replay is None:
            return None
        return ReplayRecord(self.wanted.question.key, reference.key, replay.shared, replay.logprobs)

    @property
    def replayed_tokens(self) -> int:
        """Accepted tokens, the end token, which no completion holds, left out."""
        replay, tokens = self.answered.replay, self.answered.generation.token_ids
        return 0 if replay is None else min(replay.shared + replay.guessed, len(tokens))
