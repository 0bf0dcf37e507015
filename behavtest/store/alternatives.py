"""Alternatives at the places where answers part: look-ups and inserts, both in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.store.as_json import as_json, json_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

_LOOKUP = """
SELECT key, token_ids, logprobs
FROM alternatives JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
"""
_INSERT = """
INSERT INTO alternatives (key, fingerprint, token_ids, logprobs, versions)
SELECT entry.key, $2, entry.token_ids, entry.logprobs, $3
FROM (
    SELECT unnest(from_json($1, '[{
        "key": "VARCHAR", "token_ids": ["INTEGER"], "logprobs": ["FLOAT"]
    }]')) AS entry
)
"""


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
        rows = [{**entry._asdict(), "logprobs": json_numbers(entry.logprobs)} for entry in entries]
        self._connection.execute(_INSERT, [as_json(rows), fingerprint, versions])
