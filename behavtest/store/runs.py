"""Runs, their pairs and their verdicts."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, NamedTuple

from behavtest.store.as_json import as_json, insertion, json_number
from behavtest.store.ledger import LedgerStore
from behavtest.store.transaction import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from behavtest.store.ledger import LedgerEntry


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as it starts.

    Args:
        run_id: Unique.
        started: UTC time, ISO 8601.
        seed: The run's.
        alpha: The error rate asked for.
        model_a: As the user gave it.
        fingerprint_a: Its fingerprint.
        model_b: The same for model B, None if there is none.
        fingerprint_b: The same.
        versions: Library versions, as JSON.
        procedure: How false discoveries are controlled.
    """

    run_id: str
    started: str
    seed: int
    alpha: float
    model_a: str
    fingerprint_a: str
    model_b: str | None
    fingerprint_b: str | None
    versions: str
    procedure: str


class PairRecord(NamedTuple):
    """One observation, with where its texts are and the evidence after it."""

    behavior: str
    pair: int
    case_index: int
    target_key_a: str | None
    target_key_b: str | None
    baseline_key_a: str | None
    baseline_key_b: str | None
    score_a: float | None
    score_b: float | None
    value: float
    log_e_holds: float
    log_e_violated: float
    weight: float = 1.0
    greatest_weight: float = 1.0


class VerdictRecord(NamedTuple):
    """What became of one behavior; the columns of ``verdicts`` after ``run_id``."""

    behavior: str
    suite: str
    expectation: str
    margin: float
    scorer: str
    verdict: str
    error: str | None
    exact: bool
    stop: str
    pairs: int
    estimate: float | None
    lower: float | None
    upper: float | None
    mean_a: float | None
    mean_b: float | None
    changed: int | None
    e_holds: float
    e_violated: float
    suite_version: str = ""


_INSERT_PAIRS = insertion("pairs", PairRecord._fields, common=("run_id",))
_INSERT_RUN = """
INSERT INTO runs (
    run_id, started, seed, alpha, model_a, fingerprint_a, model_b, fingerprint_b, versions,
    procedure, status
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'running')
"""
_INSERT_VERDICT = (
    f"INSERT INTO verdicts (run_id, {', '.join(VerdictRecord._fields)}) "  # noqa: S608 -- ours
    f"VALUES (?{', ?' * len(VerdictRecord._fields)})"
)


class RunStore:
    """The runs in an open store.

    Args:
        connection: From `open_store`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def start(self, run: RunRecord) -> None:
        """Record that a run starts; runs that a kill left open are marked interrupted.

        The store has one writer at a time, so no other run can be under way.
        """
        self._connection.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
        self._connection.execute(_INSERT_RUN, list(astuple(run)))

    def add_pairs(self, run_id: str, pairs: Sequence[PairRecord]) -> None:
        """Record observations, each behavior's in schedule order."""
        if pairs:
            rows = as_json(_row(pair) for pair in pairs)
            self._connection.execute(_INSERT_PAIRS, [rows, run_id])

    def finish(
        self,
        run_id: str,
        verdicts: Sequence[VerdictRecord],
        result: str,
        tests: Sequence[LedgerEntry] = (),
    ) -> None:
        """Record a run's verdicts, its result as JSON and its tests in one transaction."""
        with transaction(self._connection):
            if verdicts:
                self._connection.executemany(
                    _INSERT_VERDICT, [[run_id, *verdict] for verdict in verdicts]
                )
            self._connection.execute(
                "UPDATE runs SET status = 'finished', result = $2 WHERE run_id = $1",
                [run_id, result],
            )
            LedgerStore(self._connection).record(tests)

    def amend(self, run_id: str, result: str) -> None:
        """Record what was found out about a finished run: its result as JSON, with more in it."""
        self._connection.execute(
            "UPDATE runs SET result = $2 WHERE run_id = $1 AND status = 'finished'",
            [run_id, result],
        )

    def interrupt(self, run_id: str) -> None:
        """Record that a run was stopped before its verdicts."""
        self._connection.execute(
            "UPDATE runs SET status = 'interrupted' WHERE run_id = $1", [run_id]
        )


def _row(pair: PairRecord) -> dict[str, object]:
    return {
        **pair._asdict(),
        "log_e_holds": json_number(pair.log_e_holds),
        "log_e_violated": json_number(pair.log_e_violated),
    }
