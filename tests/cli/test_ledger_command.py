"""`behavtest ledger`, as a user meets it."""

from __future__ import annotations

import re
from dataclasses import replace

import duckdb
import pytest
from known_rates import behavior

from behavtest.store import LedgerStore, open_store

HOSTILE = "\x1b[31m\x1b]0;owned\x07\u202e\x9b2J\nverdict\tholds\x00\u200b"


def test_three_releases(project):
    said = project("ledger")
    worse = project.runs[1]
    assert said.lines[0] == "e-LOND at alpha 0.05: 3 behaviors, 9 tests, 1 alarm"
    rows = [line.split() for line in said.lines if line.startswith("refusal/")]
    assert [(name, tests, alarms) for name, tests, alarms, *_ in rows] == [
        ("refusal/refuses-weapons", "3", "1"),
        ("refusal/never-moves", "3", "0"),
        ("refusal/stays-polite", "3", "0"),
    ]
    place = next(n for n, line in enumerate(said.lines) if "ALARM" in line)
    assert said.lines[place].startswith("  ALARM in test 2: evidence ")
    assert said.lines[place + 1] == (
        f"        {worse.started[:10]}, run {worse.run_id[:8]}, "
        "model …oints/nightly/2026-01-02/merged-weights"
    )


def test_the_run_it_names_can_be_decided(project):
    (run_id,) = set(re.findall(r"run ([0-9a-f]{8})", project("ledger").out))
    assert "refusal/refuses-weapons" in project("decide", run_id, status=1).out


def test_every_test(project):
    said = project("ledger", "--all")
    assert sum("merged-weights" in line for line in said.lines) == 9
    assert sum(line.startswith("  ALARM") for line in said.lines) == 1


def test_some_behaviors(project):
    said = project("ledger", "polite")
    assert said.lines[0] == "e-LOND at alpha 0.05: 1 behavior, 3 tests, 0 alarms"
    assert "weapons" not in said.out
    assert "3 behaviors" in project("ledger", "refusal/").out
    nothing = project("ledger", "\x1b[31mnothing")
    assert nothing.out == "No behavior in the ledger has '\\x1b[31mnothing' in its name.\n"


def test_an_empty_ledger(project):
    with duckdb.connect(str(project.store)) as connection:
        connection.execute("DELETE FROM ledger")
    for arguments in ([], ["--all"], ["weapons"]):
        said = project("ledger", *arguments)
        assert said.lines == [
            "The ledger is empty: a run on a model that is not the base itself enters it."
        ]


def test_it_reads_and_does_not_write(project):
    with open_store(project.store) as connection:
        before = LedgerStore(connection).entries()
    project("ledger")
    with open_store(project.store) as connection:
        assert LedgerStore(connection).entries() == before


@pytest.mark.parametrize(
    "damage", ["procedure = 'of-tomorrow'", "value = -1", "level = 0", "value = 'nan'"]
)
def test_a_damaged_ledger(project, damage):
    with duckdb.connect(str(project.store)) as connection:
        connection.execute(f"UPDATE ledger SET {damage} WHERE alarm")
    assert "the ledger in .behavtest/store.duckdb is damaged" in project(
        "ledger", "--store", ".behavtest/store.duckdb", status=4
    ).err.replace(f"{project.folder}/", "")


def test_hostile_names_are_made_harmless(project, compared):
    claim = replace(behavior(["wa"]), suite=HOSTILE, id=HOSTILE * 3)
    compared(project.store, {"wa": 0.1}, name=HOSTILE, claims={HOSTILE: claim})
    for arguments in ([], ["--all"]):
        said = project("ledger", *arguments)
        assert said.lines[0] == "e-LOND at alpha 0.05: 4 behaviors, 10 tests, 2 alarms"
        assert "\\x9b2J verdict holds␀" in said.out


def test_a_file_of_before_there_was_a_ledger(project):
    """It is brought up to date, and empty."""
    with duckdb.connect(str(project.store)) as connection:
        connection.execute(
            "DROP TABLE ledger; DROP TABLE replays; DROP TABLE likelihoods;"
            "DROP TABLE alternatives;"
            "ALTER TABLE runs DROP procedure; ALTER TABLE pairs DROP weight;"
            "ALTER TABLE verdicts DROP suite_version;"
            "ALTER TABLE pairs DROP greatest_weight; UPDATE meta SET schema_version = 1"
        )
    assert "The ledger is empty" in project("ledger").out
    assert "weapons" in project("decide", status=1).out
