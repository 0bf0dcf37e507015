"""Replays: which completions were read off another model's, and what they tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.store.as_json import entries_as_json, insertion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

_INSERT = (
    insertion("replays", ("key", "reference_key", "shared", "logprobs")) + " ON CONFLICT DO NOTHING"
)
_LOOKUP = """
SELECT key, reference_key, shared, logprobs
FROM replays JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
"""


class ReplayRecord(NamedTuple):
    """How one completion was read off another model's, the reference.

    Args:
        key: The completion's.
        reference_key: The reference's.
        shared: How many of its tokens (an end token counted) are the reference's.
        logprobs: Log-probability (nats, at temperature 1) the completion's model gives each of
            the reference's tokens after those before it, the end token excluded. The reference's
            own are stored with it, so the two say how far the models differ on one text.
    """

    key: str
    reference_key: str
    shared: int
    logprobs: tuple[float, ...]


def insert_replays(connection: duckdb.DuckDBPyConnection, replays: Sequence[ReplayRecord]) -> None:
    """Store replays; one that is stored already is left as it is.

    Args:
        connection: From `open_store`.
        replays: Any number, at most one of each completion.
    """
    if replays:
        connection.execute(_INSERT, [entries_as_json(replays)])


def stored_replays(
    connection: duckdb.DuckDBPyConnection, keys: Iterable[str]
) -> Mapping[str, ReplayRecord]:
    """Find replays.

    Args:
        connection: From `open_store`.
        keys: Of the completions they made, in any order.

    Returns:
        Key -> replay, for the completions that were replayed.
    """
    rows = connection.execute(_LOOKUP, [sorted(set(keys))]).fetchall()
    return {
        key: ReplayRecord(key, reference_key, shared, tuple(logprobs))
        for key, reference_key, shared, logprobs in rows
    }
