"""Alternatives at the places where answers part: look-ups and inserts, both in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.store.as_json import entries_as_json, insertion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

_LOOKUP = """
SELECT key, token_ids, logprobs
FROM alternatives JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
"""
_INSERT = insertion(
    "alternatives",
    ("key", "token_ids", "logprobs"),
    common=("fingerprint", "versions"),
)


class AlternativesEntry(NamedTuple):
    """What a model might say next, as it is stored.

    Args:
        key: From `alternatives_key`.
        token_ids: The tokens, the most likely first.
        logprobs: Log-probability (nats) of each of them, as `stored_precision` gives it.
    """

    key: str
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]


class AlternativesStore:
    """The alternatives in an open store.

    Args:
        connection: From `open_store`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def lookup(self, keys: Iterable[str]) -> Mapping[str, AlternativesEntry]:
        """Find alternatives.

        Args:
            keys: Any number, in any order.

        Returns:
            Key -> alternatives, for those that are stored.
        """
        rows = self._connection.execute(_LOOKUP, [sorted(set(keys))]).fetchall()
        return {
            key: AlternativesEntry(key, tuple(token_ids), tuple(logprobs))
            for key, token_ids, logprobs in rows
        }

    def insert(
        self, entries: Sequence[AlternativesEntry], *, fingerprint: str, versions: str
    ) -> None:
        """Store alternatives and commit: what returned survives the process being killed.

        Args:
            entries: Those that are not stored yet.
            fingerprint: The model's.
            versions: Library versions, as JSON.
        """
        self._connection.execute(_INSERT, [entries_as_json(entries), fingerprint, versions])
