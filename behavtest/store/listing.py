"""Which runs a store has, and what became of a behavior from run to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

_RUNS = """
WITH found AS (
    SELECT
        run_id, count(*) FILTER (verdict = 'violated') AS violated,
        count(*) FILTER (verdict = 'error') AS error,
        count(*) FILTER (verdict = 'inconclusive') AS inconclusive,
        count(*) FILTER (verdict = 'holds') AS holds, sum(pairs)::BIGINT AS pairs
    FROM verdicts GROUP BY run_id
)
SELECT
    run_id, started, status, model_a, model_b, coalesce(violated, 0), coalesce(error, 0),
    coalesce(inconclusive, 0), coalesce(holds, 0), coalesce(pairs, 0)
FROM runs LEFT JOIN found USING (run_id)
ORDER BY started DESC, runs.rowid DESC
"""
_TRENDS = """
SELECT
    suite, behavior, run_id, started, model_a, fingerprint_a, model_b, fingerprint_b, expectation,
    margin, scorer, verdict, exact, pairs, estimate, lower, upper, alpha
FROM verdicts JOIN runs USING (run_id)
WHERE contains(suite || '/' || behavior, $1)
ORDER BY suite, behavior, started, runs.rowid
"""


class ListedRun(NamedTuple):
    """A run and what it found, in numbers.

    Args:
        run_id: Its id.
        started: When, UTC, ISO 8601.
        status: ``finished``, ``interrupted`` or ``running``.
        model_a: The base model as the user gave it.
        model_b: The modified model, None if there was none.
        violated: Behaviors with that verdict.
        error: The same.
        inconclusive: The same.
        holds: The same.
        pairs: Observations in all.
    """

    run_id: str
    started: str
    status: str
    model_a: str
    model_b: str | None
    violated: int
    error: int
    inconclusive: int
    holds: int
    pairs: int


class TrendPoint(NamedTuple):
    """What one run found of a behavior.

    Args:
        suite: The suite's name.
        behavior: Node id.
        run_id: The run.
        started: When, UTC, ISO 8601.
        model_a: The base model as the user gave it.
        fingerprint_a: Its fingerprint.
        model_b: The modified model, None if there was none.
        fingerprint_b: Its fingerprint.
        expectation: Its kind.
        margin: Tolerance, intended change or bound.
        scorer: The scorer's name.
        verdict: The verdict.
        exact: Whether no sampling error is left.
        pairs: Observations.
        estimate: Delta, or the model's mean for an absolute expectation; None without pairs.
        lower: Lower end of its interval.
        upper: Upper end.
        alpha: The run's error rate; the interval has level 1 - 2 alpha.
    """

    suite: str
    behavior: str
    run_id: str
    started: str
    model_a: str
    fingerprint_a: str
    model_b: str | None
    fingerprint_b: str | None
    expectation: str
    margin: float
    scorer: str
    verdict: str
    exact: bool
    pairs: int
    estimate: float | None
    lower: float | None
    upper: float | None
    alpha: float


class Trend(NamedTuple):
    """One behavior over the runs of a store.

    Args:
        suite: The suite's name.
        behavior: Node id.
        points: At least one, the earliest run first.
    """

    suite: str
    behavior: str
    points: tuple[TrendPoint, ...]


def listed_runs(connection: duckdb.DuckDBPyConnection) -> list[ListedRun]:
    """List every run of a store, the latest first."""
    return [ListedRun(*row) for row in connection.execute(_RUNS).fetchall()]


def trends(connection: duckdb.DuckDBPyConnection, text: str = "") -> list[Trend]:
    """Follow behaviors over the finished runs of a store.

    Args:
        connection: From `open_store`.
        text: Only those with it in ``suite/node-id``.

    Returns:
        One for each behavior, by suite and node id.
    """
    found: dict[tuple[str, str], list[TrendPoint]] = {}
    for row in connection.execute(_TRENDS, [text]).fetchall():
        point = TrendPoint(*row)
        found.setdefault((point.suite, point.behavior), []).append(point)
    return [Trend(*key, tuple(points)) for key, points in found.items()]
