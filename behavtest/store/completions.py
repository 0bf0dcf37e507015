"""Completions: look-ups and inserts, both in batches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import Generation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from behavtest.core import SamplingSettings

_LOOKUP = """
SELECT key, token_ids, logprobs, text, finish_reason
FROM completions JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
"""
_INSERT = """
INSERT INTO completions (
    key, prompt_ids, seed, token_ids, logprobs, text, finish_reason,
    fingerprint, max_new_tokens, temperature, top_k, top_p, seconds, versions
)
SELECT
    unnest($1::VARCHAR[]), unnest($2::INTEGER[][]), unnest($3::UBIGINT[]),
    unnest($4::INTEGER[][]), unnest($5::FLOAT[][]), unnest($6::VARCHAR[]), unnest($7::VARCHAR[]),
    $8, $9, $10, $11, $12, $13, $14
"""


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

    def insert(self, entries: Sequence[Entry], origin: Origin) -> None:
        """Store completions and commit: what returned survives the process being killed.

        Args:
            entries: Completions that are not stored yet, made `storable`.
            origin: What they have in common.
        """
        settings = origin.settings
        columns = [
            [entry.key for entry in entries],
            [entry.prompt_ids for entry in entries],
            [entry.seed for entry in entries],
            [entry.generation.token_ids for entry in entries],
            [entry.generation.logprobs for entry in entries],
            [entry.generation.text for entry in entries],
            [entry.generation.finish_reason for entry in entries],
        ]
        common = [
            origin.fingerprint,
            settings.max_new_tokens,
            settings.temperature,
            settings.top_k,
            settings.top_p,
            origin.seconds,
            origin.versions,
        ]
        self._connection.execute(_INSERT, [*columns, *common])


def storable(generation: Generation) -> Generation:
    """Replace lone surrogates, which no UTF-8 file can hold, by question marks.

    Scores are taken of the result, so that a second run, from the store, gives the same.
    """
    text = generation.text.encode("utf-8", "replace").decode("utf-8")
    return generation if text == generation.text else replace(generation, text=text)
