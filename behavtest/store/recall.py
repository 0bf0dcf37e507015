"""Finished runs, read back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

LAST = "last"
"""What stands for the latest finished run; ``last~1`` for the one before, and so on."""

_LATEST = re.compile(rf"{LAST}(?:~(?P<before>\d{{1,9}}))?")

_SHOWN = 8


class StoredRun(NamedTuple):
    """A finished run.

    Args:
        run_id: Its id.
        started: When, UTC, ISO 8601.
        result: Its result as JSON.
    """

    run_id: str
    started: str
    result: str


class StoredValues(NamedTuple):
    """One behavior's observations, in schedule order.

    Args:
        values: Shape (n,).
        weights: Importance weights, shape (n,); all 1 unless prompts were chosen actively.
        greatest: The greatest weight possible at each draw, shape (n,).
    """

    values: np.ndarray[tuple[int], np.dtype[np.float64]]
    weights: np.ndarray[tuple[int], np.dtype[np.float64]]
    greatest: np.ndarray[tuple[int], np.dtype[np.float64]]


def find_run(connection: duckdb.DuckDBPyConnection, reference: str) -> StoredRun:
    """Find a finished run.

    Args:
        connection: From `open_store`.
        reference: ``last``, ``last~1`` (the one before), or the beginning of a run's id.

    Raises:
        StoreError: None or several match, or it was interrupted before its verdicts.
    """
    latest = _LATEST.fullmatch(reference)
    if latest:
        rows = connection.execute(
            "SELECT run_id, started, result FROM runs WHERE status = 'finished' "
            "ORDER BY started DESC, rowid DESC LIMIT 1 OFFSET $1",
            [int(latest["before"] or 0)],
        ).fetchall()
    else:
        rows = connection.execute(
            "SELECT run_id, started, result FROM runs WHERE starts_with(run_id, $1)", [reference]
        ).fetchall()
    if len(rows) == 1 and rows[0][2] is not None:
        return StoredRun(*rows[0])
    if len(rows) == 1:
        raise StoreError(
            f"run {rows[0][0]} was interrupted before its verdicts; run the same pytest command "
            "again: nothing that was generated is generated anew"
        )
    if rows:
        raise StoreError(f"{len(rows)} runs begin with {reference!r}; give more of the id")
    known = [
        f"{run_id[:_SHOWN]} ({started})"
        for run_id, started in connection.execute(
            "SELECT run_id, started FROM runs WHERE status = 'finished' "
            "ORDER BY started DESC, rowid DESC LIMIT 5"
        ).fetchall()
    ]
    if not known:
        raise StoreError("the store has no finished run; run pytest with two models first")
    if latest:
        raise StoreError(f"there is no run {reference}; the latest are {', '.join(known)}")
    raise StoreError(f"no run begins with {reference!r}; the latest are {', '.join(known)}")


def stored_values(connection: duckdb.DuckDBPyConnection, run_id: str) -> Mapping[str, StoredValues]:
    """Return a run's observations, by behavior."""
    columns = connection.execute(
        "SELECT behavior, value, coalesce(weight, 1) AS weight, "
        "coalesce(greatest_weight, 1) AS greatest_weight FROM pairs WHERE run_id = $1 "
        "ORDER BY behavior, pair",
        [run_id],
    ).fetchnumpy()
    names = columns["behavior"]
    if not len(names):
        return {}
    starts = np.flatnonzero(names[1:] != names[:-1]) + 1
    parts = [
        np.split(np.asarray(columns[name], dtype=np.float64), starts)
        for name in ("value", "weight", "greatest_weight")
    ]
    return {
        str(names[start]): StoredValues(*part)
        for start, *part in zip([0, *starts.tolist()], *parts, strict=True)
    }
