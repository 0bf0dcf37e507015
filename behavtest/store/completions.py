"""Completions: look-ups and inserts, both in batches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import Generation
from behavtest.store.as_json import as_json, insertion, json_numbers
from behavtest.store.replays import insert_replays, stored_replays
from behavtest.store.transaction import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from behavtest.core import SamplingSettings
    from behavtest.store.replays import ReplayRecord

_LOOKUP = """
SELECT key, token_ids, logprobs, text, finish_reason
FROM completions JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
"""
_INSERT = insertion(
    "completions",
    ("key", "prompt_ids", "seed", "token_ids", "logprobs", "text", "finish_reason"),
    common=(
        *("fingerprint", "max_new_tokens", "temperature", "top_k", "top_p"),
        *("seconds", "versions"),
    ),
)


class Entry(NamedTuple):
    """One completion to store.

    Args:
        key: From `completion_key`.
        prompt_ids: Token ids of the rendered prompt.
        seed: The request's.
        generation: The answer.
    """

    key: str
    prompt_ids: tuple[int, ...]
    seed: int
    generation: Generation


class Origin(NamedTuple):
    """What a batch of completions has in common.

    Args:
        fingerprint: The model's.
        settings: How tokens were chosen.
        seconds: Wall time per completion, its share of the batch's.
        versions: Library versions, as JSON.
    """

    fingerprint: str
    settings: SamplingSettings
    seconds: float
    versions: str


class CompletionStore:
    """The completions in an open store.

    Args:
        connection: From `open_store`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def lookup(self, keys: Iterable[str]) -> Mapping[str, Generation]:
        """Find completions.

        Args:
            keys: Any number, in any order.

        Returns:
            Key -> completion for those that are stored.
        """
        rows = self._connection.execute(_LOOKUP, [sorted(set(keys))]).fetchall()
        return {
            key: Generation(tuple(token_ids), tuple(logprobs), text, finish_reason)
            for key, token_ids, logprobs, text, finish_reason in rows
        }

    def replays(self, keys: Iterable[str]) -> Mapping[str, ReplayRecord]:
        """Find how completions were read off another model's; see `stored_replays`."""
        return stored_replays(self._connection, keys)

    def insert(
        self, entries: Sequence[Entry], origin: Origin, replays: Sequence[ReplayRecord] = ()
    ) -> None:
        """Store completions and commit: what returned survives the process being killed.

        Args:
            entries: Completions that are not stored yet, made `storable`.
            origin: What they have in common.
            replays: Of those that were replayed, stored in the same transaction.
        """
        if not replays:
            self._insert(entries, origin)
            return
        with transaction(self._connection):
            self._insert(entries, origin)
            insert_replays(self._connection, replays)

    def _insert(self, entries: Sequence[Entry], origin: Origin) -> None:
        settings = origin.settings
        self._connection.execute(
            _INSERT,
            [
                as_json(_row(entry) for entry in entries),
                origin.fingerprint,
                settings.max_new_tokens,
                settings.temperature,
                settings.top_k,
                settings.top_p,
                origin.seconds,
                origin.versions,
            ],
        )


def _row(entry: Entry) -> dict[str, object]:
    generation = entry.generation
    return {
        "key": entry.key,
        "prompt_ids": entry.prompt_ids,
        "seed": entry.seed,
        "token_ids": generation.token_ids,
        "logprobs": json_numbers(generation.logprobs),
        "text": generation.text,
        "finish_reason": generation.finish_reason,
    }


def storable(generation: Generation) -> Generation:
    """Replace lone surrogates, which no UTF-8 file can hold, by question marks.

    Scores are taken of the result, so that a second run, from the store, gives the same.
    """
    text = generation.text.encode("utf-8", "replace").decode("utf-8")
    return generation if text == generation.text else replace(generation, text=text)
