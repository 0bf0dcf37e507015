"""What became of a run's behaviors in the store's earlier runs."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, cast

from behavtest.experiment.behavior_result import Interval
from behavtest.experiment.past import EarlierFinding, EarlierRun
from behavtest.stats.expectation import ABSOLUTE_KINDS
from behavtest.store import Followed, earlier_verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from behavtest.experiment.behavior_result import VerdictName
    from behavtest.experiment.result import RunResult
    from behavtest.store import EarlierVerdict


def earlier_runs(
    connection: duckdb.DuckDBPyConnection, result: RunResult
) -> tuple[EarlierRun, ...]:
    """Follow a run's behaviors back through its store.

    Args:
        connection: The open store, in which the run is recorded.
        result: The run.

    Returns:
        The runs that tell of them, the earliest first; see `earlier_verdicts`.
    """
    followed = [
        Followed(found.suite, found.name, found.scorer, found.expectation in ABSOLUTE_KINDS)
        for found in result.behaviors
    ]
    rows = earlier_verdicts(connection, result.run_id, followed)
    by_run = groupby(rows, key=lambda row: row.run_id)
    return tuple(_run(list(found)) for _, found in by_run)


def _run(rows: Sequence[EarlierVerdict]) -> EarlierRun:
    first = rows[0]
    return EarlierRun(
        run_id=first.run_id,
        started=first.started,
        model_a=first.model_a,
        fingerprint_a=first.fingerprint_a,
        model_b=first.model_b,
        fingerprint_b=first.fingerprint_b,
        version=json.loads(first.versions).get("behavtest", ""),
        findings=tuple(_finding(row) for row in rows),
    )


def _finding(row: EarlierVerdict) -> EarlierFinding:
    interval = None
    if row.lower is not None and row.upper is not None:
        interval = Interval(row.lower, row.upper, 1 - 2 * row.alpha)
    return EarlierFinding(
        behavior=row.behavior,
        verdict=cast("VerdictName", row.verdict),
        expectation=row.expectation,
        margin=row.margin,
        exact=row.exact,
        pairs=row.pairs,
        estimate=row.estimate,
        interval=interval,
        suite_version=row.suite_version or "",
    )
