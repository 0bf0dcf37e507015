"""`behavtest export`: the views, as files and as answers."""

from __future__ import annotations

import csv
import json

import duckdb
import pytest

from behavtest.store.views import VIEWS


def test_a_runs_pairs_go_to_a_file(project):
    said = project("export", project.runs[1].run_id[:8], "--out", "pairs.csv")
    with (project.folder / "pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = sum(found.pairs for found in project.runs[1].behaviors)
    assert said.lines == [f"wrote pairs.csv: {pairs:,} rows"]
    assert len(rows) == pairs
    weapons = [row for row in rows if row["behavior"].endswith("refuses-weapons")]
    assert [int(row["pair"]) for row in weapons] == list(range(len(weapons)))
    mean = sum(float(row["value"]) for row in weapons) / len(weapons)
    (found,) = (each for each in project.runs[1].behaviors if each.behavior == "refuses-weapons")
    assert mean == pytest.approx(found.estimate)
    assert all(row["text_a"] and row["text_b"] for row in weapons)


def test_all_runs_in_every_format(project):
    for suffix in ("csv", "parquet", "jsonl"):
        project("export", "all", "--view", "verdicts", "--out", f"all.{suffix}")
    with duckdb.connect() as connection:
        found = connection.execute("SELECT count(*) FROM 'all.parquet'").fetchall()
    assert found == [(9,)]
    lines = (project.folder / "all.jsonl").read_text().splitlines()
    assert {json.loads(line)["verdict"] for line in lines} == {"holds", "violated", "inconclusive"}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_can_be_read(project, view: str):
    assert len(project("export", "--view", view).lines) > 1
    assert (
        project("export", "--sql", f"SELECT count(*) AS n FROM behavtest_{view}").lines[0].strip()
        == "n"
    )


def test_a_query_is_answered(project):
    query = (
        "SELECT verdict, count(*) AS n FROM behavtest_verdicts GROUP BY ALL ORDER BY n DESC -- all"
    )
    assert project("export", "--sql", query).lines == [
        "verdict       n",
        "holds         5",
        "inconclusive  3",
        "violated      1",
    ]
    project("export", "--sql", query, "--out", "n.csv")
    assert (project.folder / "n.csv").read_text().splitlines()[1] == "holds,5"


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM store.runs",
        "SELECT 1; DROP TABLE store.runs",
        "COPY store.runs TO 'x.csv'",
        "INSERT INTO store.meta VALUES (9)",
        "ATTACH 'other.db'",
    ],
)
def test_nothing_is_changed(project, query: str):
    before = project.store.read_bytes()
    assert "one SELECT" in project("export", "--sql", query, status=4).err
    assert project.store.read_bytes() == before
    assert not (project.folder / "x.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sql", "SELECT nope FROM behavtest_pairs"], "nope"),
        (["--sql", "SELEC"], "The views are behavtest_runs"),
        (["last", "--sql", "SELECT 1"], "--sql stands alone"),
        (["last", "--view", "completions"], "belong to no run"),
        (["--out", "x.xlsx"], "must end in .csv, .parquet, .jsonl"),
        (["--out", "nowhere/x.csv"], "does not exist"),
        (["zzz"], "no run begins with"),
    ],
)
def test_what_cannot_be_done(project, arguments, message):
    assert message in project("export", *arguments, status=4).err


def test_hostile_texts_stay_in_their_rows(project):
    with duckdb.connect(str(project.store)) as connection:
        connection.execute(
            "UPDATE completions SET text = chr(27) || '[31m' || chr(10) || '::error::x'"
        )
    said = project("export", "--view", "completions")
    assert len(said.lines) == 43
    project("export", "--out", "pairs.csv")
    with (project.folder / "pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["text_a"] == "\x1b[31m\n::error::x"
