"""What a session and its engine processes say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from behavtest.core import Generation, SamplingSettings
    from behavtest.errors import BehavtestError
    from behavtest.sampling.backend import (
        Alternatives,
        Answered,
        BackendOptions,
        Beginning,
        Continuation,
        Measured,
    )
    from behavtest.sampling.requests import Request

    Answers = list[Answered] | list[Measured] | list[Alternatives]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model an engine process opens for itself when it is first needed.

    Args:
        reference: As the user gave it.
        options: How to run it; the process puts its own device in.
        base: The model it is compared with, whose weights an adapter shares.
    """

    reference: str
    options: BackendOptions
    base: ModelSpec | None


class Generate(NamedTuple):
    """Answer one shard's requests.

    Args:
        model: The model asked.
        places: For each request its place among all shards' requests.
        requests: What is asked.
        settings: How tokens are chosen.
        references: For each request the other model's answer, if known; None if none is.
    """

    model: ModelSpec
    places: tuple[int, ...]
    requests: tuple[Request, ...]
    settings: SamplingSettings
    references: tuple[Generation | None, ...] | None


class Measure(NamedTuple):
    """Find the log-probabilities of one shard's continuations.

    Args:
        model: The model asked.
        places: For each continuation its place among all shards' continuations.
        continuations: The texts.
    """

    model: ModelSpec
    places: tuple[int, ...]
    continuations: tuple[Continuation, ...]


class Tell(NamedTuple):
    """Find how one shard's beginnings may go on.

    Args:
        model: The model asked.
        places: For each beginning its place among all shards' beginnings.
        beginnings: The texts.
        most: How many tokens to tell of.
    """

    model: ModelSpec
    places: tuple[int, ...]
    beginnings: tuple[Beginning, ...]
    most: int


class Release(NamedTuple):
    """Free the memory of a model's weights."""

    model: ModelSpec


Task = Generate | Measure | Tell | Release


class Job(NamedTuple):
    """To a process: do a task. Sent only to one that has nothing to do.

    Args:
        number: Repeated in every reply, so that none is taken for another job's.
        task: What to do.
    """

    number: int
    task: Task


class Cancel(NamedTuple):
    """To a process: nobody waits for this job any more. It still ends with one `Finished`."""

    number: int


class Batch(NamedTuple):
    """From a process: some of a job's answers, in the places the task gave."""

    number: int
    answers: Answers


class Finished(NamedTuple):
    """From a process: the job is done or cancelled, and the process is free for the next."""

    number: int


class Failed(NamedTuple):
    """From a process: the job cannot be done, and this is what to tell the user."""

    number: int
    error: BehavtestError


class Broken(NamedTuple):
    """From a process, before it ends: a mistake of ours has come to light.

    Args:
        number: The job it was at.
        traceback: What to tell the developer.
    """

    number: int
    traceback: str


Reply = Batch | Finished | Failed | Broken
