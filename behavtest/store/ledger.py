"""The ledger: every test of every stream, in order."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb


class Lineage(NamedTuple):
    """What is tested again and again, release after release.

    Args:
        suite: The suite's name.
        behavior: The behavior's id in it.
    """

    suite: str
    behavior: str


class LedgerEntry(NamedTuple):
    """One test of a stream; the columns of ``ledger``.

    Args:
        suite: The lineage's suite.
        behavior: The lineage's behavior.
        procedure: The stream's procedure.
        alpha: The stream's error rate.
        test: Its place in the stream, from 1.
        release: Hex digest of what was tested: models, seed and the behavior's definition.
        run_id: The run that tested it.
        started: When that run started, UTC, ISO 8601.
        model_b: The model under test, as the user gave it.
        value: The e-value or p-value of "violated" at the stop.
        level: What the stream allowed the test, fixed before it.
        alarm: Whether the test raised an alarm.
        pairs: Pairs it took.
    """

    suite: str
    behavior: str
    procedure: str
    alpha: float
    test: int
    release: str
    run_id: str
    started: str
    model_b: str
    value: float
    level: float
    alarm: bool
    pairs: int


_COLUMNS = ", ".join(LedgerEntry._fields)
_TYPES = (
    *["VARCHAR"] * 3, "DOUBLE", "INTEGER", *["VARCHAR"] * 4, "DOUBLE", "DOUBLE", "BOOLEAN",
    "INTEGER",
)  # fmt: skip
_RECORD = f"INSERT OR REPLACE INTO ledger ({_COLUMNS}) SELECT " + ", ".join(
    f"unnest(${place}::{kind}[])" for place, kind in enumerate(_TYPES, start=1)
)


class LedgerStore:
    """The ledger in an open store.

    Args:
        connection: From `open_store`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def streams(self, *, procedure: str, alpha: float) -> Mapping[Lineage, list[LedgerEntry]]:
        """Return every stream of a procedure at an error rate, each in the order of its tests."""
        streams: defaultdict[Lineage, list[LedgerEntry]] = defaultdict(list)
        for entry in self._select("WHERE procedure = $1 AND alpha = $2", [procedure, alpha]):
            streams[Lineage(entry.suite, entry.behavior)].append(entry)
        return streams

    def entries(self) -> list[LedgerEntry]:
        """Return the whole ledger, stream by stream."""
        return self._select("", [])

    def record(self, entries: Sequence[LedgerEntry]) -> None:
        """Write tests down; one at a place that is taken replaces what was there."""
        if entries:
            columns = [list(column) for column in zip(*entries, strict=True)]
            self._connection.execute(_RECORD, columns)

    def _select(self, where: str, values: list[object]) -> list[LedgerEntry]:
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM ledger {where} "  # noqa: S608 -- names from this file
            "ORDER BY suite, behavior, procedure, alpha, test",
            values,
        ).fetchall()
        return [LedgerEntry(*row) for row in rows]
