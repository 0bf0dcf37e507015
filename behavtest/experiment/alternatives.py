"""What one model might have said where two answers part: from the store, else read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from behavtest.errors import ModelError
from behavtest.experiment.fork import MOST_READ
from behavtest.sampling import Beginning, TellsAlternatives
from behavtest.store import AlternativesEntry, alternatives_key, stored_precision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from behavtest.experiment.parting import Parting
    from behavtest.sampling import Alternatives, Backend, SpellsTokens
    from behavtest.store import AlternativesStore


class AskedNext(NamedTuple):
    """A question what might come next.

    Args:
        key: Where the answer is stored.
        beginning: The text so far.
    """

    key: str
    beginning: Beginning


class Teller:
    """One model's alternatives.

    Attributes:
        read: Texts read with the model.

    Args:
        backend: The model.
        speller: The same, as what knows its tokens.
        store: Where alternatives are kept.
        loaded: Whether it may be asked; else only what is stored is known of it.
        versions: Library versions, as JSON, stored with everything that is read.
    """

    def __init__(
        self,
        backend: Backend,
        speller: SpellsTokens,
        store: AlternativesStore,
        *,
        loaded: bool,
        versions: str,
    ) -> None:
        self.backend = backend
        self.speller = speller
        self.read = 0
        self._store = store
        self._versions = versions
        self._source = backend if loaded and isinstance(backend, TellsAlternatives) else None

    @property
    def asks(self) -> bool:
        """Whether the model may be asked."""
        return self._source is not None

    def asked(self, prompt_ids: Iterable[int], place: Parting) -> AskedNext:
        """Word a place where answers part as a question to this model."""
        wanted = {token for token in (place.token_a, place.token_b) if token is not None}
        if place.ends:
            wanted |= self.speller.end_ids
        beginning = Beginning((*prompt_ids, *place.shared), tuple(sorted(wanted)))
        key = alternatives_key(
            fingerprint=self.backend.fingerprint, most=MOST_READ, **beginning._asdict()
        )
        return AskedNext(key, beginning)

    def found(self, asked: Iterable[AskedNext]) -> Mapping[str, AlternativesEntry]:
        """Return what is stored, by key."""
        return self._store.lookup(one.key for one in asked)

    def ask(self, asked: Iterable[AskedNext]) -> None:
        """Read what is not stored yet, and store it.

        Raises:
            ModelError: The model cannot be run.
        """
        assert self._source is not None
        distinct = {one.key: one.beginning for one in asked}
        known = self._store.lookup(distinct)
        missing = [key for key in distinct if key not in known]
        beginnings = [distinct[key] for key in missing]
        for batch in self._source.alternatives(beginnings, most=MOST_READ):
            entries = [self._entry(missing[one.place], one) for one in batch]
            self._store.insert(
                entries, fingerprint=self.backend.fingerprint, versions=self._versions
            )
            self.read += len(entries)

    def _entry(self, key: str, told: Alternatives) -> AlternativesEntry:
        if len(told.token_ids) != len(told.logprobs) or any(map(math.isnan, told.logprobs)):
            raise ModelError(
                f"{self.backend.name}: its backend, {type(self.backend).__name__}, gave "
                f"{len(told.logprobs)} log-probabilities for {len(told.token_ids)} tokens, or one "
                "that is not a number"
            )
        return AlternativesEntry(key, told.token_ids, stored_precision(told.logprobs))
