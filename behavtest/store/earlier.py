"""What earlier runs of a store found of a run's behaviors, of other models than its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

MOST_EARLIER = 30
"""Runs that a behavior is followed back through."""

_EARLIER = """
WITH wanted AS (
    SELECT unnest($2::VARCHAR[]) AS suite, unnest($3::VARCHAR[]) AS behavior,
        unnest($4::VARCHAR[]) AS scorer, unnest($5::BOOLEAN[]) AS absolute
), ours AS (
    SELECT started, runs.rowid AS row, fingerprint_a, fingerprint_b FROM runs WHERE run_id = $1
), latest AS (
    SELECT v.*, r.* EXCLUDE (run_id), r.rowid AS row
    FROM verdicts AS v
    JOIN wanted USING (suite, behavior, scorer)
    JOIN runs AS r USING (run_id)
    CROSS JOIN ours
    WHERE r.status = 'finished' AND v.estimate IS NOT NULL
        AND (r.started < ours.started OR r.started = ours.started AND r.rowid < ours.row)
        AND (v.expectation IN ('at_least', 'at_most')) = wanted.absolute
        AND r.fingerprint_a IS DISTINCT FROM r.fingerprint_b
        AND (r.fingerprint_a IS DISTINCT FROM ours.fingerprint_a
            OR r.fingerprint_b IS DISTINCT FROM ours.fingerprint_b)
    QUALIFY row_number() OVER (
        PARTITION BY v.suite, v.behavior, r.fingerprint_a, r.fingerprint_b
        ORDER BY r.started DESC, r.rowid DESC
    ) = 1
)
SELECT run_id, started, model_a, fingerprint_a, model_b, fingerprint_b, versions, alpha,
    behavior, verdict, expectation, margin, exact, pairs, estimate, lower, upper, suite_version
FROM latest
QUALIFY row_number() OVER (
    PARTITION BY suite, behavior ORDER BY started DESC, row DESC
) <= $6
ORDER BY started, row, suite, behavior
"""


class Followed(NamedTuple):
    """A behavior to be followed back.

    Args:
        suite: The suite's name.
        behavior: Node id.
        scorer: The scorer's name: means by another one are not comparable.
        absolute: Whether the mean is one model's, or else a change.
    """

    suite: str
    behavior: str
    scorer: str
    absolute: bool


class EarlierVerdict(NamedTuple):
    """One behavior in an earlier run; the columns of ``runs`` and ``verdicts``."""

    run_id: str
    started: str
    model_a: str
    fingerprint_a: str
    model_b: str | None
    fingerprint_b: str | None
    versions: str
    alpha: float
    behavior: str
    verdict: str
    expectation: str
    margin: float
    exact: bool
    pairs: int
    estimate: float
    lower: float | None
    upper: float | None
    suite_version: str | None


def earlier_verdicts(
    connection: duckdb.DuckDBPyConnection, run_id: str, behaviors: Sequence[Followed]
) -> list[EarlierVerdict]:
    """Look up what finished runs before a run found of its behaviors, in one query.

    Two models are one comparison however often they were run, the latest time counts: else a rerun
    would look like a release that changed nothing. The run's own two models are left out, and so
    are models compared with themselves.

    Args:
        connection: From `open_store`.
        run_id: The run.
        behaviors: Its behaviors.

    Returns:
        Of each behavior the latest `MOST_EARLIER` comparisons, the earliest first.
    """
    lists = [list(column) for column in zip(*behaviors, strict=True)] or [[], [], [], []]
    rows = connection.execute(_EARLIER, [run_id, *lists, MOST_EARLIER]).fetchall()
    return [EarlierVerdict(*row) for row in rows]
