"""`behavtest decide`, as a user meets it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import duckdb
import pytest
from known_rates import behavior

from behavtest.report import read_json
from behavtest.report.format import MINUS
from behavtest.stats import Kind, Procedure

HOSTILE = "\x1b[31m\x1b]0;owned\x07\u202e\x9b2J\nverdict\tholds\x00\u200b"
"""What a name may try on a terminal: colors, a title, reversed text, new lines."""


def verdicts(said) -> dict[str, str]:
    """Behavior -> verdict, from the table."""
    start = said.lines.index(next(line for line in said.lines if line.startswith("verdict")))
    rows = said.lines[start + 1 : said.lines.index("", start)]
    return {row.split()[1].rpartition("/")[2]: row.split()[0] for row in rows}


def test_the_last_run_is_decided_as_it_was(project):
    said = project("decide", status=1)
    last = project.runs[-1]
    started = f"{last.started[:10]} {last.started[11:16]} UTC"
    assert said.lines[1].startswith("store ")
    assert said.lines[1].endswith("store.duckdb")
    assert [said.lines[0], *said.lines[2:4]] == [
        f"run {last.run_id[:8]} of {started}, decided from the store",
        "model A base",
        "model B /checkpoints/nightly/2026-01-03/merged-weights",
    ]
    assert verdicts(said) == {found.behavior: found.verdict for found in last.behaviors}
    assert verdicts(said)["stays-polite"] == "holds"
    assert verdicts(said)["never-moves"] == "inconclusive"
    assert "alpha 0.05, closed e-BH" in said.lines
    assert "Decided again" not in said.out


def test_a_run_by_the_beginning_of_its_id(project):
    worse = project.runs[1]
    said = project("decide", worse.run_id[:7], status=1)
    assert said.lines[0].startswith(f"run {worse.run_id[:8]} ")
    assert verdicts(said)["refuses-weapons"] == "violated"
    assert re.search(rf"violated +refusal/refuses-weapons +{MINUS}0\.\d\d ", said.out)


def test_every_behavior_holds_is_0(project):
    said = project("decide", project.runs[0].run_id, "--tolerance=0.2")
    assert set(verdicts(said).values()) == {"holds"}
    assert "Every behavior holds." in said.lines


def test_what_was_changed_is_used_and_warned_of(project):
    worse = project.runs[1].run_id
    lax = project("decide", worse, "--tolerance", "0.99", "--alpha", "0.4", "--fdr", "by")
    assert verdicts(lax)["refuses-weapons"] == "holds"
    assert "alpha 0.4, Benjamini-Yekutieli" in lax.lines
    assert lax.lines[-2:] == [
        "Decided again from the store. A changed scorer, alpha, tolerance or procedure",
        "keeps its error rate if it was chosen before the results were seen.",
    ]


@pytest.mark.parametrize("procedure", [p for p in Procedure if not p.stream] + [Procedure.E_LOND])
def test_every_procedure_it_can_do(project, procedure):
    worse = project.runs[1].run_id
    said = project("decide", worse, f"--fdr={procedure}", status=1)
    assert verdicts(said)["refuses-weapons"] == "violated"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["zz"], "no run begins with 'zz'; the latest are "),
        (["\x1b[31m"], "no run begins with '\\x1b[31m'; the latest are "),
        ([""], "3 runs begin with ''; give more of the id"),
        (["--alpha", "1"], "alpha is 1; it must be between 0 and 1"),
        (["--alpha", "nan"], "alpha is nan; it must be between 0 and 1"),
        (["--tolerance", "-1"], "--tolerance does not suit suites/refusal.behav.yaml::refuses-w"),
        (["--tolerance", "nan"], "nan is not a finite number"),
        (["--fdr", "saffron"], "this run did not take part in such a stream: choose closed-e-bh"),
        (["--fdr", "e-lond", "--alpha", "0.1"], "there are none for this run at alpha 0.1"),
        (
            ["--report", "no/such/folder.html"],
            "--report: the folder no/such does not exist; create it first",
        ),
        (["--json", "a.x", "--sarif", "./a.x"], "--json and --sarif name one file, a.x; give each"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(project, arguments, message):
    assert message in project("decide", *arguments, status=4).err


def test_an_interrupted_run(project):
    with duckdb.connect(str(project.store)) as connection:
        connection.execute("UPDATE runs SET result = NULL, status = 'interrupted'")
    said = project("decide", project.runs[0].run_id, status=4)
    assert "was interrupted before its verdicts; run the same pytest command again" in said.err
    said = project("decide", status=4)
    assert "the store has no finished run; run pytest with two models first" in said.err


def test_another_process_has_the_store_open(project):
    with duckdb.connect(str(project.store)):
        assert "is in use by" in project("decide", status=4).err


def test_files(project, monkeypatch):
    monkeypatch.setenv("HOME", str(project.folder))
    said = project("decide", "--report=r.html", "--json=~/out.json", "--tolerance=0.3")
    assert said.lines[-2:] == ["wrote r.html", "wrote ~/out.json"]
    (result,) = read_json(project.folder / "out.json")
    assert {found.margin for found in result.behaviors} == {0.3}
    assert result.run_id == project.runs[-1].run_id
    page = (project.folder / "r.html").read_text()
    assert "refuses-weapons" in page
    assert "Decided again from the store." in page
    assert "Infinity" not in (project.folder / "out.json").read_text()


def test_the_files_of_an_unchanged_run_are_those_of_the_run(project):
    project("decide", "--json=out.json", status=1)
    # What earlier runs found is the store's to tell, not the decision's.
    assert read_json(project.folder / "out.json") == (replace(project.runs[-1], earlier=()),)


def test_hostile_names_are_made_harmless(project, compared):
    claims = {
        f"evil{number}::{HOSTILE}": replace(
            behavior(["wa"], claim), suite=HOSTILE * number, id=HOSTILE
        )
        for number, claim in enumerate([(Kind.NOT_WORSE, 0.1), (Kind.UNCHANGED, 0.001)])
    }
    compared(project.store, {"wa": 0.1}, name=HOSTILE, claims=claims)
    said = project("decide", status=1)
    assert sum(line.startswith("violated") for line in said.lines) == 2
    assert "\\x9b2J verdict holds␀" in said.out
    bad = project("decide", "--tolerance=1", status=4)
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(bad.err)


def test_a_hostile_result_is_made_harmless(project):
    """A store may come from anywhere."""
    with duckdb.connect(str(project.store)) as connection:
        (text,) = connection.execute(
            "SELECT result FROM runs WHERE run_id = $1", [project.runs[-1].run_id]
        ).fetchone()
        document = json.loads(text)
        document |= {"started": HOSTILE, "pairing_reason": HOSTILE * 9, "run_id": HOSTILE}
        connection.execute("UPDATE runs SET result = $1", [json.dumps(document)])
        connection.execute("UPDATE runs SET started = '9'")
    project("decide", status=1)
    with duckdb.connect(str(project.store)) as connection:
        document["behaviors"][0]["verdict"] = HOSTILE
        connection.execute("UPDATE runs SET result = $1", [json.dumps(document)])
    said = project("decide", status=4)
    assert "damaged or written by another version" in said.err
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(said.err)
