"""Likelihoods of given texts: look-ups and inserts, both in batches."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from behavtest.store.as_json import entries_as_json, insertion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

_LOOKUP = """
SELECT key, logprobs
FROM likelihoods JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
"""
_INSERT = insertion(
    "likelihoods",
    ("key", "prompt_ids", "token_ids", "logprobs"),
    common=("fingerprint", "versions"),
)


class LikelihoodEntry(NamedTuple):
    """One likelihood to store.

    Args:
        key: From `likelihood_key`.
        prompt_ids: Token ids of the rendered prompt.
        token_ids: Token ids of the text.
        logprobs: Log-probability (nats) of each of them, as `stored_precision` gives it.
    """

    key: str
    prompt_ids: tuple[int, ...]
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]


class LikelihoodStore:
    """The likelihoods in an open store.

    Args:
        connection: From `open_store`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def lookup(self, keys: Iterable[str]) -> Mapping[str, tuple[float, ...]]:
        """Find likelihoods.

        Args:
            keys: Any number, in any order.

        Returns:
            Key -> log-probabilities, for those that are stored.
        """
        rows = self._connection.execute(_LOOKUP, [sorted(set(keys))]).fetchall()
        return {key: tuple(logprobs) for key, logprobs in rows}

    def insert(
        self, entries: Sequence[LikelihoodEntry], *, fingerprint: str, versions: str
    ) -> None:
        """Store likelihoods and commit: what returned survives the process being killed.

        Args:
            entries: Those that are not stored yet.
            fingerprint: The model's.
            versions: Library versions, as JSON.
        """
        self._connection.execute(_INSERT, [entries_as_json(entries), fingerprint, versions])


def stored_precision(logprobs: Iterable[float]) -> tuple[float, ...]:
    """Round numbers to those the store keeps (32 bits).

    Scores are taken of the result, so that a second run, from the store, gives the same.
    """
    return tuple(array("f", logprobs))
