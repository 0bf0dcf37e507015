"""What finished runs tell about behaviors: how scores and changes spread, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from behavtest.store.database import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

LEAST_PAIRS = 8
"""A run with fewer pairs of a behavior tells too little of how they spread."""

_CHOOSE = """
CREATE TEMP TABLE chosen AS
WITH wanted AS (
    SELECT unnest($1::VARCHAR[]) AS name, unnest($2::VARCHAR[]) AS suite,
        unnest($3::VARCHAR[]) AS id, unnest($4::VARCHAR[]) AS scorer
), candidates AS (
    SELECT name, verdicts.behavior, run_id,
        model_a = $5 AND model_b IS NOT DISTINCT FROM $6 AS asked,
        started, runs.rowid AS row, verdicts.behavior = name AS named
    FROM wanted
    JOIN verdicts ON verdicts.scorer = wanted.scorer AND (
        verdicts.behavior = name
        OR (verdicts.suite = wanted.suite AND ends_with(verdicts.behavior, '::' || id))
    )
    JOIN runs USING (run_id)
    WHERE status = 'finished' AND error IS NULL AND pairs >= $7
        AND (coalesce(asked, false) OR fingerprint_a IS DISTINCT FROM fingerprint_b)
)
SELECT name, behavior, run_id FROM candidates
QUALIFY row_number() OVER (
    PARTITION BY name ORDER BY coalesce(asked, false) DESC, started DESC, row DESC, named DESC
) = 1
"""
_MOMENTS = """
SELECT name, count(*) AS pairs,
    sum(w * value) / sum(w) AS mean, sum(w * abs(value)) / sum(w) AS absolute,
    sum(w * value * value) / sum(w) AS square,
    sum(w * score_a) / sum(w) AS mean_a, sum(w * score_a * score_a) / sum(w) AS square_a
FROM chosen JOIN (SELECT *, coalesce(weight, 1) AS w FROM pairs) USING (run_id, behavior)
GROUP BY name
"""
_LENGTHS = """
SELECT name, avg(len(token_ids)) FILTER (side = 'a'), avg(len(token_ids)) FILTER (side = 'b')
FROM (
    SELECT name, 'a' AS side, unnest([target_key_a, baseline_key_a]) AS key
    FROM chosen JOIN pairs USING (run_id, behavior)
    UNION ALL
    SELECT name, 'b', unnest([target_key_b, baseline_key_b])
    FROM chosen JOIN pairs USING (run_id, behavior)
) JOIN completions USING (key)
GROUP BY name
"""
_RUNS = """
SELECT name, run_id, started, model_a, model_b, result
FROM chosen JOIN runs USING (run_id)
"""
_LATEST = """
SELECT model_a, fingerprint_a, model_b, fingerprint_b, result FROM runs
WHERE status = 'finished'
ORDER BY coalesce(model_a = $1 AND model_b IS NOT DISTINCT FROM $2, $1 IS NULL) DESC,
    started DESC, rowid DESC
LIMIT 1
"""
_PACE = """
SELECT sum(seconds) / nullif(sum(len(token_ids)), 0) FROM completions
WHERE fingerprint = (
    SELECT fingerprint FROM (
        SELECT started, fingerprint_a AS fingerprint FROM runs WHERE model_a = $1
        UNION ALL
        SELECT started, fingerprint_b FROM runs WHERE model_b = $1
    ) ORDER BY started DESC LIMIT 1
)
"""


class Wanted(NamedTuple):
    """A behavior to look for.

    Args:
        name: Its node id; a run that knew it by another one is found by suite and id.
        suite: The suite's name.
        id: Its id there.
        scorer: The scorer's name: scores by another one are not its own.
    """

    name: str
    suite: str
    id: str
    scorer: str


@dataclass(frozen=True, slots=True)
class Past:
    """One behavior in the latest finished run that tells of it.

    Args:
        run_id: The run.
        started: When, UTC, ISO 8601.
        model_a: The run's base model, as the user gave it.
        model_b: Its modified model, if there was one.
        pairing: ``coupled``, ``independent`` or ``single``.
        pairs: Observations, at least `LEAST_PAIRS`.
        mean: Mean observation (weighted by how prompts were drawn, as all means here).
        absolute: Mean size of an observation, >= |mean|.
        square: Mean square of an observation.
        mean_a: Mean of model A's scores, None if A was not asked.
        variance_a: Their variance.
        tokens_a: Mean tokens of a completion of model A, None if A was not asked.
        tokens_b: The same for model B.
    """

    run_id: str
    started: str
    model_a: str
    model_b: str | None
    pairing: str
    pairs: int
    mean: float
    absolute: float
    square: float
    mean_a: float | None
    variance_a: float | None
    tokens_a: float | None
    tokens_b: float | None

    def tokens_of(self, side: Literal["a", "b"]) -> float | None:
        """Return the mean tokens of a model's completion, of the other's if only it was asked."""
        first, second = (self.tokens_a, self.tokens_b)[:: 1 if side == "a" else -1]
        return second if first is None else first

    @property
    def variance(self) -> float:
        """Variance of an observation."""
        return max(self.square - self.mean**2, 0.0)


@dataclass(frozen=True, slots=True)
class History:
    """What a store knows before a run.

    Args:
        pasts: Node id -> the behavior's past, for behaviors that have one.
        pace_a: Seconds a token of model A takes, None if it has generated nothing yet.
        pace_b: The same for model B.
        pairing: How the latest run paired these models, or any if none were asked about; None if
            there is no such run.
    """

    pasts: Mapping[str, Past] = field(default_factory=dict)
    pace_a: float | None = None
    pace_b: float | None = None
    pairing: str | None = None


class _Pairing(msgspec.Struct):
    """What is read of a run's result."""

    pairing: str


def read_history(
    path: Path, wanted: Sequence[Wanted], *, model_a: str | None, model_b: str | None
) -> History:
    """Look up what is known of behaviors and models.

    For each behavior the latest finished run of the same two models counts, else the latest of
    any: of two different models, since one compared with itself never changes.

    Args:
        path: The store; if there is none, nothing is known, and none is made.
        wanted: The behaviors.
        model_a: The base model as the user gave it; None takes the latest run's models.
        model_b: The modified model.

    Raises:
        StoreLockedError: Another process has the store open.
        StoreError: It cannot be read.
    """
    if not path.exists():
        return History()
    with open_store(path, reading=True) as connection:
        latest = connection.execute(_LATEST, [model_a, model_b]).fetchone()
        if latest is None:
            return History()
        run_a, _, run_b, _, result = latest
        known = model_a is None or (run_a, run_b) == (model_a, model_b)
        names = (run_a, run_b) if model_a is None else (model_a, model_b)
        return History(
            pasts=_pasts(connection, wanted, model_a=model_a, model_b=model_b),
            pace_a=_pace(connection, names[0]),
            pace_b=_pace(connection, names[1]),
            pairing=_pairing(result) if known else None,
        )


def _pasts(
    connection: duckdb.DuckDBPyConnection,
    wanted: Sequence[Wanted],
    *,
    model_a: str | None,
    model_b: str | None,
) -> dict[str, Past]:
    columns = [list(column) for column in zip(*wanted, strict=True)] or [[], [], [], []]
    connection.execute(_CHOOSE, [*columns, model_a, model_b, LEAST_PAIRS])
    runs = {row[0]: row[1:] for row in connection.execute(_RUNS).fetchall()}
    lengths = {row[0]: row[1:] for row in connection.execute(_LENGTHS).fetchall()}
    pasts = {}
    for row in connection.execute(_MOMENTS).fetchall():
        name, pairs, mean, absolute, square, mean_a, square_a = row
        run_id, started, run_a, run_b, result = runs[name]
        tokens_a, tokens_b = lengths.get(name, (None, None))
        pasts[name] = Past(
            run_id=run_id,
            started=started,
            model_a=run_a,
            model_b=run_b,
            pairing=_pairing(result),
            pairs=pairs,
            mean=mean,
            absolute=absolute,
            square=square,
            mean_a=mean_a,
            variance_a=None if mean_a is None else max(square_a - mean_a**2, 0.0),
            tokens_a=tokens_a,
            tokens_b=tokens_b,
        )
    return pasts


def _pace(connection: duckdb.DuckDBPyConnection, model: str | None) -> float | None:
    row = connection.execute(_PACE, [model]).fetchone()
    return None if row is None else row[0]


def _pairing(result: str) -> str:
    return msgspec.json.decode(result, type=_Pairing).pairing
