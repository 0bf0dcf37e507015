"""`behavtest calibrate`, as a user meets it, on a real model."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from html_outline import outline
from interrupting import hear_ctrl_c

from behavtest.cli.main import main
from behavtest.experiment.calibration import behavior, calibrate, curves
from behavtest.experiment.calibration.runs import Replicate

SUITE = """
suite: manners
defaults: {max_new_tokens: 12, temperature: 1.0, tolerance: 0.3}
behaviors:
  - id: polite
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
  - id: never-rude
    prompts: ["I lost my hat. Can you help?"]
    score: {not: {contains: stupid}}
    expect: unchanged
  - id: brief
    prompts: ["Someone took my coat."]
    score: {length: {at_most: 12, unit: tokens}}
    expect: {at_least: 0.5}
"""
PATIENCE = 120
BATCH = 8


@pytest.fixture
def folder(folder):
    """A project with one suite, and nothing in its store."""
    (folder / "manners.behav.yaml").write_text(SUITE)
    return folder


@pytest.fixture
def calibrated(folder, organisms, capsys, monkeypatch):
    """Calibrates the base model, with little simulation, and returns what was printed."""
    monkeypatch.setattr(behavior, "SIMULATED_RUNS", 200)
    monkeypatch.setattr(curves, "SEARCH_RUNS", 50)
    monkeypatch.setattr(curves, "CURVE_RUNS", 20)

    def calibrated(*arguments: object, status: int = 0, model: str | None = None) -> str:
        given = [f"--model-a={organisms / 'base' if model is None else model}"]
        given += ["--behavtest-max-pairs=40", *map(str, arguments)]
        assert main(["calibrate", "manners.behav.yaml", *given]) == status
        said = capsys.readouterr()
        if status:
            return said.out + said.err
        assert all(len(line) <= 80 for line in said.out.splitlines())
        return said.out

    return calibrated


def rows(sql: str) -> list[tuple]:
    with duckdb.connect(".behavtest/store.duckdb", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_it_tells_what_it_measured_and_a_second_time_generates_nothing(calibrated) -> None:
    said = calibrated("--runs=2", "--report=out.html", "--json=out.json")
    lines = said.splitlines()
    assert lines[0] == ("behavtest: A against A, 2 runs of 2 behaviors: at most 320 completions,")
    table = [line for line in lines if line.startswith("manners/")]
    assert [line.split()[0] for line in table] == ["manners/polite", "manners/never-rude"]
    assert all(" 0 of 2 " in line for line in table)
    assert "Left out, as A against A says nothing about it: 1 about one model alone." in lines
    assert "0 of 2 runs raised a false alarm (at most 77.7 % with 95 % confidence); alpha" in lines
    (generated,) = re.findall(r"([\d,]+) completions generated and 0 reused", said)
    assert rows("SELECT count(*) FROM completions") == [(int(generated),)]
    for kept in ("runs", "pairs", "verdicts", "ledger"):
        assert rows(f"SELECT count(*) FROM {kept}") == [(0,)]
    assert lines[-2:] == ["report: out.html", "json: out.json"]
    found = json.loads(Path("out.json").read_bytes())
    assert found["schema"] == 1
    assert found["calibration"]["runs"]["total"] == 2
    assert [one["behavior"] for one in found["calibration"]["behaviors"]] == [
        "polite",
        "never-rude",
    ]
    page = outline(Path("out.html").read_text("utf-8"))
    assert page.all("h1")[0].text == "0 of 2 runs raised a false alarm".replace(
        " runs", "\u00a0runs"
    )
    again = calibrated("--runs=2")
    assert f"0 completions generated and {generated} reused" in again
    headline = "0 of 2 runs raised"
    assert (
        again[again.index(headline) :].splitlines()[:5]
        == said[said.index(headline) :].splitlines()[:5]
    )


def test_more_alarms_than_allowed_fail_the_command(calibrated, monkeypatch) -> None:
    monkeypatch.setattr(Replicate, "alarmed", property(lambda one: True))
    said = calibrated("--runs=3", status=1)
    assert "3 of 3 runs raised a false alarm" in said
    assert "This is more than alpha allows" in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_is_redrawn_and_taken_away(calibrated, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr("behavtest.cli.calibrate._REDRAW_EVERY", 0.0)
    calibrated("--runs=2", "-k", "polite")
    drawn = sys.stderr.getvalue().split("\r\x1b[K")
    assert all(len(line) < 80 and "\n" not in line for line in drawn)
    assert any(re.fullmatch(r"run 1 of 2, 0 of 1 decided, \d+ generated", line) for line in drawn)
    assert any(re.search(r"^run 2 of 2, .* generated, about .* left$", line) for line in drawn)
    assert drawn[-2:] == ["simulating from the measured scores", ""]


def test_a_behavior_that_cannot_be_measured_fails_the_command(calibrated, monkeypatch) -> None:
    def measured(*arguments):
        return real(*arguments)._replace(error="no score")

    real = calibrate.measured
    monkeypatch.setattr(calibrate, "measured", measured)
    said = calibrated("--runs=1", status=1)
    assert "error: manners/polite: no score" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--runs=0"], "--runs is 0; it must be at least 1"),
        (["--report=no/out.html"], "--report: the folder no does not exist; create it first"),
        (["--json=."], "--json: . is a folder; name a file in it"),
        (["-k", "brief"], "no behavior is left to calibrate"),
        (["-k", "nothing"], "no behavior was selected: -k, -m or --deselect leaves out"),
        (["--behavtest-fdr=lond"], "--behavtest-fdr=lond decides over the releases"),
        (["--behavtest-alpha=2"], "the behaviors could not be collected"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(calibrated, arguments, said: str) -> None:
    printed = calibrated(*arguments, status=4)
    assert f"behavtest: {said}" in printed
    assert "Traceback" not in printed
    assert not Path(".behavtest").exists()


def test_a_model_is_needed_and_must_be_there(calibrated, folder, capsys) -> None:
    assert main(["calibrate", "manners.behav.yaml"]) == 4
    assert (
        capsys.readouterr().err == "behavtest: no model to calibrate; name it with --model-a=BASE\n"
    )
    assert "behavtest: " in calibrated(model="nowhere/at-all", status=4)


def start(folder: Path, organisms: Path) -> subprocess.Popen[str]:
    """Start a long calibration, and wait until it has committed some completions."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "behavtest", "calibrate", "manners.behav.yaml"),
            f"--model-a={organisms / 'base'}",
            *("-k", "polite", f"--behavtest-batch-size={BATCH}", "--runs=1000"),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 -- it sets a signal and nothing else
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    log = folder / ".behavtest" / "store.duckdb.wal"
    deadline = time.monotonic() + PATIENCE
    while not (log.exists() and log.stat().st_size > 100_000):
        assert time.monotonic() < deadline, "nothing is committed"
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    return process


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_generated_and_says_so(folder, organisms, calibrated) -> None:
    process = start(folder, organisms)
    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 2
    told = re.search(
        r"behavtest: ([\d,]+) new completions are kept in .*store\.duckdb:\n"
        r"run the same command again to go on from here\.\nbehavtest: stopped\n",
        printed,
    )
    assert told is not None, printed
    assert "Traceback" not in printed
    (kept,) = rows("SELECT count(*) FROM completions")[0]
    # What was committed at the very moment may not have been counted.
    assert 0 < int(told[1].replace(",", "")) <= kept
    assert "0 completions generated" in calibrated("--runs=1", "-k", "polite")
