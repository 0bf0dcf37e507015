"""A few observations of each behavior, to read before anything is spent; nothing is decided."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from behavtest.experiment.answers import Answers
from behavtest.experiment.likelihoods import Likelihoods, Readers
from behavtest.experiment.observe import observe, plan
from behavtest.experiment.pairing import ModelPair
from behavtest.experiment.trial import Trial
from behavtest.experiment.versions import library_versions
from behavtest.stats import Expectation, Kind
from behavtest.store import CompletionStore, LikelihoodStore, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    from behavtest.experiment.trial import Observation
    from behavtest.sampling import Backend
    from behavtest.suite.behavior import Behavior

_TOLERANCE = 0.1
"""Any will do: nothing is decided."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a behavior.

    Args:
        name: Its node id.
        behavior: The behavior.
        observations: In the order they were drawn; none after an error.
        error: Why there are none.
    """

    name: str
    behavior: Behavior
    observations: tuple[Observation, ...]
    error: str | None


def tryout_seed(seed: int) -> int:
    """Derive the seed of a tryout from a run's.

    The draws are other ones than the run's: who changes a suite after looking at these has not
    looked at the evidence that will judge it.

    Args:
        seed: The run's.

    Returns:
        A seed in [-2**63, 2**63).
    """
    digest = hashlib.blake2b(struct.pack("<q", seed), digest_size=8, person=b"behavtest-tryout")
    return int.from_bytes(digest.digest(), "little", signed=True)


def tryout(  # noqa: PLR0913 -- what there is to say about it; all but one by name
    family: Mapping[str, Behavior],
    *,
    model_a: Backend,
    model_b: Backend | None,
    count: int,
    seed: int,
    tick: Callable[[int], None],
) -> list[Tried]:
    """Make some observations of each behavior and score them, in a store that is thrown away.

    Schedule, pairing, sampling and scoring are the engine's own. Every model is asked, also where
    the expectation is about one alone.

    Args:
        family: Name -> behavior.
        model_a: The base model.
        model_b: The modified model, None for A alone.
        count: Most observations of each behavior, at least 1.
        seed: As `tryout_seed` derives it.
        tick: Told how many answers and likelihoods there are, after each batch.

    Raises:
        ModelError: A model cannot be run.
    """
    trials = [Trial(name, _of_all_models(behavior), seed=seed) for name, behavior in family.items()]
    with (
        TemporaryDirectory(prefix="behavtest-") as folder,
        open_store(Path(folder) / "tryout.duckdb") as connection,
    ):
        backends = [model_a] if model_b is None else [model_a, model_b]
        models = _models(connection, backends, seed=seed, tick=tick)
        batches = [plan(trial, count, models) for trial in trials]
        seen = observe(batches, models)
    return [
        Tried(trial.name, family[trial.name], tuple(observations), trial.error)
        for trial, observations in zip(trials, seen, strict=True)
    ]


def _of_all_models(behavior: Behavior) -> Behavior:
    if not behavior.expectation.absolute:
        return behavior
    return replace(behavior, expectation=Expectation(Kind.UNCHANGED, _TOLERANCE))


def _models(
    connection: duckdb.DuckDBPyConnection,
    backends: Sequence[Backend],
    *,
    seed: int,
    tick: Callable[[int], None],
) -> ModelPair:
    versions = json.dumps(library_versions())
    completions, likelihoods = CompletionStore(connection), LikelihoodStore(connection)

    def tell() -> None:
        made = sum(side.generated for side in answers)
        tick(made + sum(reader.texts_read for reader in readers))

    answers = [Answers(backend, completions, versions=versions, tick=tell) for backend in backends]
    readers = [
        Likelihoods(backend, likelihoods, versions=versions, tick=tell) for backend in backends
    ]
    return ModelPair(
        answers[0],
        answers[1] if len(answers) > 1 else None,
        readers=Readers(readers[0], readers[1] if len(readers) > 1 else None),
        seed=seed,
    )
