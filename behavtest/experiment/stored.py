"""A stored run's result, read back as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from behavtest.errors import StoreError
from behavtest.experiment.earlier import earlier_runs
from behavtest.experiment.result import RunResult
from behavtest.store import find_run, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.store import StoredRun


def stored_result(store: Path, reference: str) -> RunResult:
    """Read what a finished run found, and what runs before it had found of its behaviors.

    Args:
        store: The store; it must exist.
        reference: ``last``, or the beginning of a run's id.

    Raises:
        StoreError: There is no such run, or the store or the result cannot be read.
    """
    with open_store(store, reading=True) as connection:
        run = find_run(connection, reference)
        result = _decoded(run, store)
        return replace(result, earlier=earlier_runs(connection, result))


def _decoded(run: StoredRun, store: Path) -> RunResult:
    try:
        return msgspec.json.decode(run.result, type=RunResult)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"run {run.run_id} in {store} was damaged or written by another version of "
            f"behavtest, and cannot be shown ({error})"
        ) from error
