"""Requests, their answers, and what replay has decoded of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Generation, SamplingSettings
    from behavtest.sampling import Answered, Request
    from behavtest.sampling.local import LocalBackend


class Job(NamedTuple):
    """Requests under one setting."""

    settings: SamplingSettings
    requests: list[Request]


class Count(NamedTuple):
    """One answer of B's, in tokens, an end token counted.

    Args:
        tokens: Its length.
        decoded: Those that replay had to decode.
        parted: Those from the first on that A's answer does not have: no replay decodes fewer.
        changed: Whether replay gave another answer than decoding in full.
    """

    tokens: int
    decoded: int
    parted: int
    changed: bool


def answers(
    backend: LocalBackend, job: Job, references: Sequence[Generation | None] | None = None
) -> list[Answered]:
    """Answer a job's requests, in their order."""
    batches = backend.generate(job.requests, job.settings, references=references)
    return sorted((one for batch in batches for one in batch), key=lambda one: one.place)


def count(replayed: Answered, in_full: Answered, reference: Generation) -> Count:
    """Compare one answer, replayed and decoded in full, with A's."""
    tokens = all_tokens(in_full.generation)
    spared = replayed.replay.shared + replayed.replay.guessed if replayed.replay else 0
    return Count(
        tokens=len(tokens),
        decoded=len(tokens) - spared,
        parted=len(tokens) - common_prefix(tokens, all_tokens(reference)),
        changed=tokens != all_tokens(replayed.generation),
    )


def all_tokens(generation: Generation) -> tuple[int, ...]:
    """Return an answer's tokens, -1 for its end token."""
    return (*generation.token_ids, *((-1,) if generation.finish_reason == "stop" else ()))


def common_prefix(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Count the tokens two answers begin with alike."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return same
