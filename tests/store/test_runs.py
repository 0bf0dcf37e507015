"""Runs, pairs and verdicts as rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from behavtest.store import PairRecord, RunRecord, RunStore, VerdictRecord, open_store

RUN = RunRecord("r1", "2026-01-01T00:00:00", 7, 0.05, "base", "fa", "mod", "fb", "{}", "e-bh")
PAIR = PairRecord("s::b", 0, 3, "ka", "kb", None, None, 1.0, 0.0, -1.0, -0.5, float("inf"))
VERDICT = VerdictRecord(
    behavior="s::b",
    suite="s",
    expectation="not_worse",
    margin=0.05,
    scorer="refusal",
    verdict="violated",
    error=None,
    exact=False,
    stop="violated",
    pairs=1,
    estimate=-1.0,
    lower=-1.0,
    upper=-0.5,
    mean_a=1.0,
    mean_b=0.0,
    changed=1,
    e_holds=0.1,
    e_violated=1e300,
)


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        yield connection


def status(connection) -> dict[str, str]:
    return dict(connection.execute("SELECT run_id, status FROM runs").fetchall())


def test_a_run_from_start_to_finish(connection):
    runs = RunStore(connection)
    runs.start(RUN)
    assert status(connection) == {"r1": "running"}
    runs.add_pairs("r1", [PAIR, PAIR._replace(pair=1)])
    runs.add_pairs("r1", [])
    runs.finish("r1", [VERDICT], '{"some": "result"}')
    assert status(connection) == {"r1": "finished"}
    pairs = connection.execute("SELECT * FROM pairs ORDER BY pair").fetchall()
    assert pairs == [("r1", *PAIR), ("r1", *PAIR._replace(pair=1))]
    assert connection.execute("SELECT * FROM verdicts").fetchall() == [("r1", *VERDICT)]


def test_a_run_that_was_killed_is_marked_by_the_next(connection):
    runs = RunStore(connection)
    runs.start(RUN)
    runs.start(replace(RUN, run_id="r2"))
    assert status(connection) == {"r1": "interrupted", "r2": "running"}


def test_a_run_that_was_stopped(connection):
    runs = RunStore(connection)
    runs.start(RUN)
    runs.interrupt("r1")
    assert status(connection) == {"r1": "interrupted"}


def test_a_finished_run_may_be_amended_and_no_other(connection):
    runs = RunStore(connection)
    runs.start(RUN)
    runs.amend("r1", '{"more": 1}')
    assert connection.execute("SELECT result FROM runs").fetchall() == [(None,)]
    runs.finish("r1", [VERDICT], "{}")
    runs.amend("r1", '{"more": 1}')
    runs.amend("r2", '{"other": 1}')
    assert connection.execute("SELECT result FROM runs").fetchall() == [('{"more": 1}',)]
