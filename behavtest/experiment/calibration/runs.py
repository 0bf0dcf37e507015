"""Runs of A against A, by the engine itself."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.experiment.engine import carry_out
from behavtest.experiment.session import Session
from behavtest.scoring import ExactScorer
from behavtest.stats import Kind
from behavtest.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from behavtest.experiment.calibration.result import Reason
    from behavtest.experiment.progress import Progress
    from behavtest.experiment.result import RunResult
    from behavtest.experiment.session import RunSettings
    from behavtest.sampling import Backend
    from behavtest.stats.arrays import FloatArray
    from behavtest.suite.behavior import Behavior


class ScorePairs(NamedTuple):
    """The scores a run gave one behavior.

    Args:
        first: Model A's, shape (n,).
        second: Model A's again, with other noise, shape (n,).
    """

    first: FloatArray
    second: FloatArray


class Replicate(NamedTuple):
    """One run of A against A.

    Args:
        result: Its verdicts.
        scores: Name -> scores.
    """

    result: RunResult
    scores: Mapping[str, ScorePairs]

    @property
    def alarmed(self) -> bool:
        """Whether it raised a false alarm."""
        return any(found.verdict == "violated" for found in self.result.behaviors)


def why_left_out(behavior: Behavior) -> Reason | None:
    """Say why A against A says nothing about a behavior; None if it does."""
    expectation = behavior.expectation
    if expectation.absolute:
        return "absolute"
    if expectation.kind in {Kind.INCREASES, Kind.DECREASES} and expectation.margin > 0:
        return "intended"
    if isinstance(behavior.scorer, ExactScorer):
        return "exact"
    return "greedy" if behavior.deterministic else None


def replicate_seed(seed: int, number: int) -> int:
    """Derive the seed of one of the runs.

    The first run has the seed itself, so that what it generates serves a comparison later on.

    Args:
        seed: Of the calibration.
        number: Which run, from 0.

    Returns:
        A seed in [-2**63, 2**63).
    """
    if not number:
        return seed
    digest = hashlib.blake2b(
        struct.pack("<qq", seed, number), digest_size=8, person=b"behavtest-calibr"
    ).digest()
    return int.from_bytes(digest, "little", signed=True)


def replicate(
    connection: duckdb.DuckDBPyConnection,
    family: Mapping[str, Behavior],
    model: Backend,
    settings: RunSettings,
    progress: Progress,
) -> Replicate:
    """Compare a model with itself, with independent noise.

    Everything is the engine's: schedule, rounds, stop rule, procedure, cache. Only the records
    go to a store of their own that is thrown away: no run of a comparison took place, and neither
    ``runs`` nor the ledger should tell of one.

    Args:
        connection: The open store, for completions.
        family: Name -> behavior.
        model: The model.
        settings: With the seed of this run.
        progress: Told how far the run is.

    Raises:
        ModelError: The model cannot answer.
        StoreError: The store cannot be used.
    """
    with (
        TemporaryDirectory(prefix="behavtest-") as folder,
        open_store(Path(folder) / "records.duckdb") as records,
    ):
        session = Session(
            connection, model, model, replace(settings, independent=True), progress, records
        )
        result = carry_out(session, family)
        columns = records.execute(
            "SELECT behavior, score_a, score_b FROM pairs ORDER BY behavior, pair"
        ).fetchnumpy()
    names, first, second = (np.asarray(column) for column in columns.values())
    return Replicate(
        result,
        {name: ScorePairs(first[names == name], second[names == name]) for name in family},
    )
