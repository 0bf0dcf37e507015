"""One model's likelihoods of given texts: from the store if they are there, else measured."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

from behavtest.errors import ModelError, PromptError, UnmeasurableError
from behavtest.sampling import Continuation
from behavtest.store import LikelihoodEntry, likelihood_key, stored_precision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from behavtest.core import Prompt
    from behavtest.sampling import Backend, Measured
    from behavtest.store import LikelihoodStore


class Reading(NamedTuple):
    """One likelihood wanted.

    Args:
        key: Where it is stored; see `Likelihoods.reading`.
        text: The text.
        continuation: Prompt and text as token ids.
    """

    key: str
    text: str
    continuation: Continuation


class TextTwin(NamedTuple):
    """The same texts put to both models.

    Args:
        to_a: Model A's form of them, empty if A need not be asked.
        to_b: Model B's.
    """

    to_a: tuple[Reading, ...]
    to_b: tuple[Reading, ...]


class Likelihoods:
    """How likely one model finds texts, counting where that is known from.

    Attributes:
        texts_read: Texts this run read with the model.
        texts_reused: Texts whose likelihood was found in the store.
        loading: Seconds before the model was there to read the first.

    Args:
        backend: What measures them.
        store: Where they are kept.
        versions: Library versions, as JSON, stored with every likelihood.
        tick: Called after each batch, for progress.
    """

    def __init__(
        self,
        backend: Backend,
        store: LikelihoodStore,
        *,
        versions: str,
        tick: Callable[[], None],
    ) -> None:
        self.backend = backend
        self.texts_read = 0
        self.texts_reused = 0
        self.loading = 0.0
        self._store = store
        self._versions = versions
        self._tick = tick

    def reading(self, prompt: Prompt, text: str) -> Reading:
        """Put a text behind a prompt, as the model would see both.

        Raises:
            PromptError: The model cannot be asked the prompt, or they are too long for it.
            UnmeasurableError: The model's backend only generates.
        """
        backend = self.backend
        missing = [
            name for name in ("encode_text", "measure") if getattr(backend, name, None) is None
        ]
        if missing:
            raise UnmeasurableError(
                f"{backend.name} cannot tell how likely a given text is (its backend, "
                f"{type(backend).__name__}, has no {missing[0]!r}): use a scorer of answers, or a "
                "backend that can, such as that of local models"
            )
        given = Continuation(backend.encode(prompt), backend.encode_text(prompt, text))
        tokens = len(given.prompt_ids) + len(given.token_ids)
        if backend.context is not None and tokens > backend.context:
            raise PromptError(
                f"a prompt of {len(given.prompt_ids)} tokens and a text of {len(given.token_ids)} "
                f"make {tokens} tokens, and {backend.name} takes {backend.context}: shorten the "
                f"prompt ({prompt.messages[-1].content[:40]!r}...) or the text ({text[:40]!r}...)"
            )
        key = likelihood_key(fingerprint=backend.fingerprint, **given._asdict())
        return Reading(key, text, given)

    def ask(self, readings: Sequence[Reading]) -> dict[str, tuple[float, ...]]:
        """Get likelihoods, each distinct one once.

        Args:
            readings: What is wanted, repeats allowed.

        Returns:
            Key -> log-probabilities of the text's tokens, for every reading.

        Raises:
            ModelError: The model cannot be run.
        """
        if not readings:
            return {}
        distinct = {reading.key: reading for reading in readings}
        found = dict(self._store.lookup(distinct))
        self.texts_reused += len(found)
        missing = [reading for key, reading in distinct.items() if key not in found]
        if missing:
            found |= self._measure(missing)
        return found

    def _measure(self, missing: list[Reading]) -> dict[str, tuple[float, ...]]:
        found: dict[str, tuple[float, ...]] = {}
        started = time.perf_counter()
        for batch in self.backend.measure([reading.continuation for reading in missing]):
            if not batch and not self.texts_read:
                self.loading += time.perf_counter() - started
                started = time.perf_counter()
            entries = [self._entry(missing[measured.place], measured) for measured in batch]
            self._store.insert(
                entries, fingerprint=self.backend.fingerprint, versions=self._versions
            )
            found |= {entry.key: entry.logprobs for entry in entries}
            self.texts_read += len(entries)
            self._tick()
        return found

    def _entry(self, reading: Reading, measured: Measured) -> LikelihoodEntry:
        wanted, got = len(reading.continuation.token_ids), len(measured.logprobs)
        if got != wanted or any(map(math.isnan, measured.logprobs)):
            raise ModelError(
                f"{self.backend.name}: its backend, {type(self.backend).__name__}, gave {got} "
                f"log-probabilities for a text of {wanted} tokens, or one that is not a number"
            )
        logprobs = stored_precision(measured.logprobs)
        return LikelihoodEntry(reading.key, *reading.continuation, logprobs)


class Readers(NamedTuple):
    """Both models' likelihoods.

    Args:
        a: The base model's.
        b: The modified model's, None if A runs alone.
    """

    a: Likelihoods
    b: Likelihoods | None
