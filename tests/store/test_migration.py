"""A store of an older version is brought up to date in place, and loses nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import duckdb
import pytest

from behavtest.errors import StoreError
from behavtest.store import (
    CompletionStore,
    LedgerStore,
    LikelihoodEntry,
    LikelihoodStore,
    PairRecord,
    RunRecord,
    RunStore,
    find_run,
    open_store,
    stored_values,
)
from behavtest.store.schema import MIGRATIONS, SCHEMA_VERSION

VERSION_1 = """
CREATE TABLE meta (schema_version INTEGER NOT NULL);

CREATE TABLE completions (
    key VARCHAR PRIMARY KEY,
    fingerprint VARCHAR NOT NULL,
    prompt_ids INTEGER[] NOT NULL,
    max_new_tokens INTEGER NOT NULL,
    temperature DOUBLE NOT NULL,
    top_k INTEGER NOT NULL,
    top_p DOUBLE NOT NULL,
    seed UBIGINT NOT NULL,
    token_ids INTEGER[] NOT NULL,
    logprobs FLOAT[] NOT NULL,
    text VARCHAR NOT NULL,
    finish_reason VARCHAR NOT NULL,
    seconds DOUBLE NOT NULL,
    versions VARCHAR NOT NULL,
    created TIMESTAMP NOT NULL DEFAULT current_timestamp::TIMESTAMP
);

CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    started VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    seed BIGINT NOT NULL,
    alpha DOUBLE NOT NULL,
    model_a VARCHAR NOT NULL,
    fingerprint_a VARCHAR NOT NULL,
    model_b VARCHAR,
    fingerprint_b VARCHAR,
    versions VARCHAR NOT NULL,
    result VARCHAR
);

CREATE TABLE pairs (
    run_id VARCHAR NOT NULL,
    behavior VARCHAR NOT NULL,
    pair INTEGER NOT NULL,
    case_index BIGINT NOT NULL,
    target_key_a VARCHAR,
    target_key_b VARCHAR,
    baseline_key_a VARCHAR,
    baseline_key_b VARCHAR,
    score_a DOUBLE,
    score_b DOUBLE,
    value DOUBLE NOT NULL,
    log_e_holds DOUBLE NOT NULL,
    log_e_violated DOUBLE NOT NULL
);

CREATE TABLE verdicts (
    run_id VARCHAR NOT NULL,
    behavior VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL,
    margin DOUBLE NOT NULL,
    scorer VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    error VARCHAR,
    exact BOOLEAN NOT NULL,
    stop VARCHAR NOT NULL,
    pairs INTEGER NOT NULL,
    estimate DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    mean_a DOUBLE,
    mean_b DOUBLE,
    changed INTEGER,
    e_holds DOUBLE NOT NULL,
    e_violated DOUBLE NOT NULL
);
"""
"""The tables as version 1 made them; this text must never change."""

FILLED = """
INSERT INTO meta VALUES (1);
INSERT INTO completions VALUES
    ('k1', 'fp', [1, 2, 3], 8, 1.0, 0, 1.0, 18446744073709551615, [4, 5], [-0.5, -0.25], 'hi',
     'stop', 0.25, '{}', TIMESTAMP '2026-01-01 00:00:00'),
    ('k2', 'fp', [], 8, 0.0, 0, 1.0, 0, [], [], '', 'length', 0.5, '{}', TIMESTAMP '2026-01-02');
INSERT INTO runs VALUES
    ('r1', '2026-01-01T00:00:00', 'finished', 7, 0.05, 'a', 'fa', 'b', 'fb', '{}', '{"x": 1}'),
    ('r2', '2026-01-02T00:00:00', 'running', -7, 0.1, 'a', 'fa', NULL, NULL, '{}', NULL);
INSERT INTO pairs VALUES
    ('r1', 'x', 0, 3, 'k1', 'k2', NULL, NULL, 1.0, 0.0, -1.0, 'inf', '-inf'),
    ('r1', 'x', 1, 1, 'k1', 'k1', NULL, NULL, 1.0, 1.0, 0.0, -0.5, 0.25);
INSERT INTO verdicts VALUES
    ('r1', 'x', 's', 'not_worse', 0.05, 'refusal', 'violated', NULL, false, 'violated', 2, -0.5,
     -1.0, 0.1, 1.0, 0.5, 1, 0.1, 1e300);
"""


VERSION_2 = """
UPDATE meta SET schema_version = 2;
ALTER TABLE runs ADD COLUMN procedure VARCHAR;
ALTER TABLE pairs ADD COLUMN weight DOUBLE DEFAULT 1;
ALTER TABLE pairs ADD COLUMN greatest_weight DOUBLE DEFAULT 1;
CREATE TABLE ledger (
    suite VARCHAR NOT NULL,
    behavior VARCHAR NOT NULL,
    procedure VARCHAR NOT NULL,
    alpha DOUBLE NOT NULL,
    test INTEGER NOT NULL,
    release VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    started VARCHAR NOT NULL,
    model_b VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    level DOUBLE NOT NULL,
    alarm BOOLEAN NOT NULL,
    pairs INTEGER NOT NULL,
    PRIMARY KEY (suite, behavior, procedure, alpha, test)
);
INSERT INTO ledger VALUES
    ('s', 'x', 'e-lond', 0.05, 1, 'rel', 'r1', '2026-01-01T00:00:00', 'b', 1.5, 0.01, false, 2);
"""
"""What version 2 made of version 1's tables; this text must never change."""


@pytest.fixture
def old(tmp_path):
    """A version-1 file with rows in every table."""
    path = tmp_path / "s.duckdb"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS store (STORAGE_VERSION 'v1.4.0')")
        connection.execute("USE store")
        connection.execute(VERSION_1 + FILLED)
    return path


@pytest.fixture
def newer(old):
    """The same as a version-2 file, with a test in its ledger."""
    with duckdb.connect(str(old)) as connection:
        connection.execute(VERSION_2)
    return old


def columns(connection) -> list[tuple]:
    """Every column as the database describes it, in order."""
    return connection.execute(
        "SELECT table_name, column_index, column_name, data_type, is_nullable, column_default "
        "FROM duckdb_columns() WHERE database_name = 'store' ORDER BY ALL"
    ).fetchall()


def constraints(connection) -> list[tuple]:
    return connection.execute(
        "SELECT table_name, constraint_type, constraint_column_names FROM duckdb_constraints() "
        "WHERE database_name = 'store' ORDER BY ALL"
    ).fetchall()


def rows(connection, table: str, wanted: str = "*") -> list[tuple]:
    return connection.execute(f"SELECT {wanted} FROM {table} ORDER BY ALL").fetchall()


def version(path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("SELECT schema_version FROM meta").fetchone()[0]


def test_a_migrated_file_is_like_a_fresh_one(old, tmp_path):
    for file in (old, tmp_path / "fresh.duckdb"):
        with open_store(file):
            pass  # what is read from a file is worded otherwise than what was just made
    with open_store(old) as migrated:
        found = columns(migrated), constraints(migrated)
    with open_store(tmp_path / "fresh.duckdb") as fresh:
        assert found == (columns(fresh), constraints(fresh))
        assert rows(fresh, "meta") == [(SCHEMA_VERSION,)]


def test_so_is_one_that_was_migrated_before(newer, tmp_path):
    for file in (newer, tmp_path / "fresh.duckdb"):
        with open_store(file):
            pass
    with open_store(newer) as migrated:
        found = columns(migrated), constraints(migrated)
    with open_store(tmp_path / "fresh.duckdb") as fresh:
        assert found == (columns(fresh), constraints(fresh))


def test_a_version_2_file_keeps_its_rows_and_takes_readings(newer):
    tables = ("completions", "runs", "pairs", "verdicts", "ledger")
    with duckdb.connect(str(newer), read_only=True) as connection:
        before = {table: rows(connection, table) for table in tables}
    assert len(before["ledger"]) == 1
    before["verdicts"] = [(*row, None) for row in before["verdicts"]]
    entry = LikelihoodEntry("k3", (1, 2), (3,), (-0.5,))
    with open_store(newer) as connection:
        assert {table: rows(connection, table) for table in tables} == before
        assert rows(connection, "replays") == rows(connection, "likelihoods") == []
        LikelihoodStore(connection).insert([entry], fingerprint="fp", versions="{}")
    with open_store(newer) as connection:
        assert LikelihoodStore(connection).lookup(["k3"]) == {"k3": (-0.5,)}
    assert version(newer) == SCHEMA_VERSION


def test_a_version_3_file_takes_alternatives(tmp_path):
    older, fresh = tmp_path / "older.duckdb", tmp_path / "fresh.duckdb"
    with open_store(older) as connection:
        connection.execute(
            "ALTER TABLE verdicts DROP suite_version; DROP TABLE alternatives;"
            "UPDATE meta SET schema_version = 3"
        )
    for file in (older, fresh):
        with open_store(file):
            pass
    with open_store(older) as migrated:
        found = columns(migrated), constraints(migrated)
    with open_store(fresh) as connection:
        assert found == (columns(connection), constraints(connection))
    assert version(older) == SCHEMA_VERSION


def test_there_is_a_way_from_every_older_version():
    assert sorted(MIGRATIONS) == [*range(1, SCHEMA_VERSION)]


def test_every_row_survives(old):
    with duckdb.connect(str(old), read_only=True) as connection:
        before = {
            table: rows(connection, table) for table in ("completions", "runs", "pairs", "verdicts")
        }
    with open_store(old) as connection:
        assert rows(connection, "meta") == [(SCHEMA_VERSION,)]
        assert rows(connection, "completions") == before["completions"]
        assert rows(connection, "verdicts") == [(*row, None) for row in before["verdicts"]]
        assert rows(connection, "runs") == [(*row, None) for row in before["runs"]]
        assert rows(connection, "pairs") == [(*row, 1.0, 1.0) for row in before["pairs"]]
        assert rows(connection, "ledger") == []
        found = CompletionStore(connection).lookup(["k1", "k2"])
    assert (found["k1"].text, found["k1"].logprobs) == ("hi", (-0.5, -0.25))
    assert found["k2"].finish_reason == "length"


def test_a_migrated_file_is_written_and_read_like_any(old):
    run = RunRecord("r3", "2026-02-01", 0, 0.05, "a", "fa", "b", "fb", "{}", "e-lond")
    pair = PairRecord("x", 0, 0, None, None, None, None, 1.0, 0.0, -1.0, 0.0, 0.0, 1.5, 2.0)
    with open_store(old) as connection:
        runs = RunStore(connection)
        runs.start(run)
        runs.add_pairs("r3", [pair])
        runs.finish("r3", [], "{}")
    with open_store(old) as connection:
        assert find_run(connection, "last").run_id == "r3"
        assert find_run(connection, "r1").result == '{"x": 1}'
        assert stored_values(connection, "r3")["x"].weights.tolist() == [1.5]
        assert stored_values(connection, "r1")["x"].greatest.tolist() == [1.0, 1.0]
        assert rows(connection, "runs", "status, procedure") == [
            ("finished", "e-lond"),
            ("finished", None),
            ("interrupted", None),
        ]


def test_a_file_is_migrated_once(old):
    for _ in range(3):
        with open_store(old) as connection:
            assert LedgerStore(connection).entries() == []
    assert version(old) == SCHEMA_VERSION


@pytest.mark.parametrize(("done", "left_at"), [(1, 1), (2, 1), (3, 1), (6, 1), (7, SCHEMA_VERSION)])
def test_a_kill_leaves_one_version_or_the_other(old, done, left_at):
    """Killed after begin, each step's tables, the new number, the commit (before a checkpoint)."""
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        import duckdb
        from behavtest.store import database

        class Killed:
            def __init__(self, connection):
                self.connection, self.steps = connection, 0
            def __getattr__(self, name):
                def step(*arguments):
                    found = getattr(self.connection, name)(*arguments)
                    self.steps += 1
                    if self.steps == {done}:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return found
                return step

        connection = duckdb.connect(":memory:")
        database._attach(connection, Path({str(old)!r}))
        database._migrate(Killed(connection), 1)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with duckdb.connect(str(old)) as connection:
        assert connection.execute("SELECT schema_version FROM meta").fetchone() == (left_at,)
    with open_store(old) as connection:
        assert len(rows(connection, "pairs")) == 2
        assert set(CompletionStore(connection).lookup(["k1", "k2"])) == {"k1", "k2"}
    assert version(old) == SCHEMA_VERSION


def test_a_migration_that_fails_leaves_the_file_as_it_was(old, monkeypatch):
    broken = {1: MIGRATIONS[1] + "SELECT * FROM no_such_table;"}
    monkeypatch.setattr("behavtest.store.database.MIGRATIONS", broken)
    with pytest.raises(duckdb.Error, match="no_such_table"), open_store(old):
        pass
    monkeypatch.undo()
    assert version(old) == 1
    with open_store(old) as connection:
        assert len(rows(connection, "completions")) == 2


@pytest.mark.parametrize("number", [0, SCHEMA_VERSION + 1])
def test_a_version_without_a_way_here_is_left_alone(old, number):
    with duckdb.connect(str(old)) as connection:
        connection.execute("UPDATE meta SET schema_version = $1", [number])
    message = f"schema version {number}, and this behavtest reads up"
    with pytest.raises(StoreError, match=message), open_store(old):
        pass
    assert version(old) == number
