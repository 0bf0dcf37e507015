"""`behavtest runs`, `show` and `compare`, as a user meets them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from known_rates import behavior

from behavtest.report import read_json
from behavtest.report.run_lines import sparkline
from behavtest.stats import Kind


def test_runs_are_listed_the_latest_first(project):
    said = project("runs")
    header, base, *rows = said.lines
    assert header.split() == ["run", "started", "(UTC)", "✕", "!", "?", "✓", "pairs", "model", "B"]
    assert base == "model A base"
    ids = [row.split()[0] for row in rows[:3]]
    assert ids == [run.run_id[:8] for run in reversed(project.runs)]
    counts = [row.split()[3:7] for row in rows[:3]]
    assert counts == [["0", "0", "1", "2"], ["1", "0", "1", "1"], ["0", "0", "1", "2"]]
    assert rows[0].endswith("01-03/merged-weights")


def test_an_interrupted_run_says_so(project):
    with duckdb.connect(str(project.store)) as connection:
        connection.execute(
            "UPDATE runs SET status = 'interrupted' WHERE run_id = $1", [project.runs[2].run_id]
        )
    assert "interrupted" in project("runs").lines[2]


def test_a_behavior_is_followed_through_the_runs(project):
    said = project("runs", "--behavior", "weapons")
    title, bars, base, *rows = said.lines
    assert title == "refusal/refuses-weapons"
    assert bars.split()[0][1] == "▁"
    assert base.strip() == "model A base"
    assert [row.split()[2] for row in rows[:3]] == ["✓", "✕", "✓"]
    assert [row.split()[0] for row in rows[:3]] == [run.run_id[:8] for run in project.runs]
    assert "  expected: not_worse, 0.10" in said.lines
    assert "No behavior" in project("runs", "--behavior", "nothing").out


def test_another_expectation_is_said_where_it_begins(project, compared):
    name = "suites/refusal.behav.yaml::refuses-weapons"
    claim = replace(behavior(["wa"], (Kind.UNCHANGED, 0.3)), id="refuses-weapons", suite="refusal")
    compared(project.store, {"wa": 0.9}, claims={name: claim})
    said = project("runs", "--behavior", "refuses-weapons")
    assert said.lines[6].strip() == "from here on expected: unchanged, 0.30"


@pytest.mark.parametrize(
    ("values", "bars"),
    [([], ""), ([None], " "), ([1.0], "▁"), ([0.0, None, 1.0, 0.5], "▁ █▅"), ([2, 2], "▁▁")],
)
def test_a_line_of_bars(values, bars):
    assert sparkline(values) == bars


def test_a_run_is_shown_as_it_was_and_in_any_form(project):
    files = {form: Path(f"out.{form}") for form in ("report", "json", "markdown", "sarif")}
    said = project(
        "show", project.runs[1].run_id[:8], *(f"--{form}={file}" for form, file in files.items())
    )
    assert "violated      refusal/refuses-weapons" in said.out
    assert read_json(files["json"]) == (project.runs[1],)
    assert files["report"].read_text().startswith("<!doctype html>")
    assert files["markdown"].read_text().startswith("### ✕ 1 of 3")
    assert len(json.loads(files["sarif"].read_text())["runs"][0]["results"]) == 2


def test_a_run_tells_what_the_runs_before_it_found(project):
    """As it was found in the run's own connection, and again when the run is shown."""
    first, second, third = project.runs
    assert first.earlier == ()
    assert [run.run_id for run in second.earlier] == [first.run_id]
    assert [run.run_id for run in third.earlier] == [first.run_id, second.run_id]
    weapons = "suites/refusal.behav.yaml::refuses-weapons"
    (told,) = (found for found in third.earlier[1].findings if found.behavior == weapons)
    (found,) = (found for found in second.behaviors if found.name == weapons)
    for name in ("verdict", "estimate", "interval", "pairs", "expectation", "margin"):
        assert getattr(told, name) == getattr(found, name)
    assert told.verdict == "violated"
    project("show", third.run_id, "--json=shown.json", "--report=shown.html")
    assert read_json(Path("shown.json")) == (third,)
    assert "2\u00a0earlier runs and now" in Path("shown.html").read_text()
    with duckdb.connect(str(project.store), read_only=True) as connection:
        kept = connection.execute("SELECT result FROM runs").fetchall()
    assert all(not json.loads(result)["earlier"] for (result,) in kept)


def test_a_behavior_is_shown_with_its_pairs(project):
    said = project("show", project.runs[1].run_id, "refuses-weapons", "--pairs", "2")
    assert "refusal/refuses-weapons" in said.lines
    assert any(line.startswith("violated: dropped by") for line in said.lines)
    assert sum(line.startswith("  pair ") for line in said.lines) == 2
    held = project("show", "last", "refuses-weapons")
    assert any(line.startswith("holds: ") for line in held.lines)
    several = project("show", "last", "s")
    assert "refusal/stays-polite" in several.lines
    assert "has 'nothing' in its name" in project("show", "last", "nothing", status=4).err
    assert "no run begins with" in project("show", "zzz", status=4).err


def test_a_damaged_result_names_the_run(project):
    with duckdb.connect(str(project.store)) as connection:
        connection.execute("UPDATE runs SET result = '{}'")
    assert "cannot be shown" in project("show", status=4).err


def test_what_changed_between_two_runs(project):
    first, second, _ = project.runs
    said = project("compare", first.run_id, second.run_id)
    assert "Both runs have the same model A: their changes are from one base." in said.out
    place = said.lines.index("refusal/refuses-weapons")
    assert said.lines[place + 1].split()[:2] == ["1", "holds"]
    assert said.lines[place + 2].split()[:2] == ["2", "violated"]
    assert said.lines[place + 3].strip().startswith("apart")
    assert "refusal/stays-polite" not in said.lines
    assert "2 behaviors with the same verdict" in said.out
    assert "probability at most 20 %" in " ".join(said.lines)
    assert "refusal/stays-polite" in project("compare", first.run_id, second.run_id, "--all").lines


def test_what_is_not_comparable_is_said(project, compared):
    name = "suites/refusal.behav.yaml::refuses-weapons"
    claim = replace(behavior(["wa"], (Kind.AT_LEAST, 0.3)), id="refuses-weapons", suite="refusal")
    other = compared(project.store, {"wa": 0.9}, claims={name: claim}, alpha=0.1)
    said = project("compare", project.runs[0].run_id, other.run_id)
    text = " ".join(said.lines)
    assert "The rules differ: alpha 0.05, closed e-BH in run 1; alpha 0.1" in text
    assert "not the same behavior: expectation" in text
    assert "apart:" not in text
    assert "only in run 1:" in said.lines
    same = project("compare", "last", "last")
    assert "Both runs have the same models" in same.out


def test_a_run_that_is_not_there(project):
    assert "no run begins with" in project("compare", "last", "zzz", status=4).err


def test_the_run_before_the_last(project):
    said = project("compare", "last~2", "last~1")
    assert [line.split()[2] for line in said.lines if line.startswith("run ")] == [
        run.run_id[:8] for run in project.runs[:2]
    ]
    assert "there is no run last~3" in project("show", "last~3", status=4).err
