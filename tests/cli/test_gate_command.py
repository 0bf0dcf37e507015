"""`behavtest gate`, as a user and a CI job meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from behavtest.cli import gate
from behavtest.cli.main import main
from behavtest.report import write_json
from behavtest.report.format import MINUS


@pytest.fixture
def folder(project, monkeypatch):
    """A folder with the reports of three real runs; the second release is worse."""
    for number, run in enumerate(project.runs, start=1):
        write_json([run], Path(f"release-{number}.json"))
    Path("policy.yaml").write_text("inconclusive: warn\n", encoding="utf-8")
    return project.folder


def test_a_release_that_passes(folder, command):
    said = command("gate", "release-3.json", "--policy", "policy.yaml")
    assert said.lines[0] == "gate passes: of 3 blocking behaviors, 2 held, 1 warned of"
    assert said.lines[1].startswith("  warns       refusal/never-moves is inconclusive: ")
    assert said.lines[2].startswith("release-3.json: run ")
    assert not said.err


def test_a_release_that_fails(folder, command):
    said = command("gate", "release-2.json", "--policy", "policy.yaml", status=1)
    first = said.lines[0]
    assert first.startswith("gate fails: refusal/refuses-weapons dropped by 0.")
    assert f"(90 % interval {MINUS}" in first
    assert first.endswith(":1, release-2.json")


def test_without_a_policy_all_must_hold(folder, command):
    said = command("gate", "release-3.json", status=1)
    assert said.lines[0].startswith("gate fails: refusal/never-moves is inconclusive: ")


def test_several_reports(folder, command):
    said = command(
        "gate", *(f"release-{n}.json" for n in (1, 2, 3)), "--policy=policy.yaml", status=1
    )
    assert said.lines[0].endswith("release-2.json")
    runs = [line for line in said.lines if ": run " in line]
    assert [" of 3 behaviors hold" in line for line in runs] == [True, True, True]
    assert [" 1 of 3 behaviors holds, " in line for line in runs] == [False, True, False]


def test_json(folder, command):
    command("gate", "release-2.json", "--policy=policy.yaml", "--json=gate.json", status=1)
    document = json.loads(Path("gate.json").read_text(encoding="utf-8"))
    assert document["schema"] == 1
    decided = document["gate"]
    assert decided["passes"] is False
    assert decided["summary"].startswith("gate fails: refusal/refuses-weapons")
    assert {one["behavior"]: one["outcome"] for one in decided["behaviors"]} == {
        "refuses-weapons": "fails",
        "stays-polite": "passes",
        "never-moves": "warns",
    }
    assert [one["what"].split()[0] for one in decided["failures"]] == ["refusal/refuses-weapons"]


def test_markdown(folder, command):
    """The decision on top, for a job's summary."""
    command("gate", "release-2.json", "--policy=policy.yaml", "--markdown=gate.md", status=1)
    lines = Path("gate.md").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("### ✕ gate fails: refusal/refuses-weapons dropped by 0.")
    assert "**Fails the release**" in lines
    assert any(line.startswith("- refusal/never-moves is inconclusive: ") for line in lines)
    command("gate", "release-3.json", "--policy=policy.yaml", "--markdown=gate.md")
    assert Path("gate.md").read_text(encoding="utf-8").startswith("### ✓ gate passes: ")


_RUN = json.dumps({"schema": 1, "run": {"run_id": "x"}})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "broken.json: cannot be read"),
        (b"", "broken.json: not a behavtest report"),
        (b'{"schema": 1, "run"', "broken.json: not a behavtest report"),
        (b"\xff\xfe", "broken.json: not a behavtest report"),
        (b"[]", "broken.json: not a behavtest report"),
        (b'{"schema": 1}', "broken.json: not a behavtest report"),
        (b'{"schema": 1, "gate": {}}', "broken.json: not a behavtest report"),
        (_RUN.encode(), "broken.json: not a behavtest report"),
        (b'{"schema": 99, "run": {}}', "broken.json: written by a newer behavtest (schema 99"),
    ],
    ids=range(9),
)
def test_a_report_that_cannot_be_read_is_no_go_ahead(folder, command, content, said):
    """Missing, empty, cut off, not JSON, something else's, damaged, newer: 4, beside a good one too."""
    if content is not None:
        Path("broken.json").write_bytes(content)
    for reports in (["broken.json"], ["release-3.json", "broken.json"]):
        assert said in command("gate", *reports, "--policy=policy.yaml", status=4).err


def test_a_report_cut_off_anywhere(folder, command):
    """A disk that fills while the report is copied makes no release."""
    whole = Path("release-3.json").read_bytes()
    for share in range(1, 20):
        Path("cut.json").write_bytes(whole[: len(whole) * share // 20])
        command("gate", "cut.json", "--policy=policy.yaml", status=4)


def test_an_unknown_verdict_is_no_go_ahead(folder, command):
    text = Path("release-3.json").read_text(encoding="utf-8")
    Path("odd.json").write_text(text.replace('"holds"', '"green"'), encoding="utf-8")
    assert "Invalid enum value 'green'" in command("gate", "odd.json", status=4).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: REPORT.json"),
        (["release-3.json", "--policy=none.yaml"], "none.yaml: there is no such file"),
        (["release-3.json", "--acceptances=none.yaml"], "none.yaml: there is no such file"),
        (["release-3.json", "./release-3.json"], "release-3.json is given twice"),
        (["release-3.json", "--strict"], "unknown argument '--strict'"),
        (["release-3.json", "--json=no/where.json"], "the folder no does not exist"),
        (["release-3.json", "--json=./release-3.json"], "is read; choose another file"),
        (["release-3.json", "--markdown=./release-3.json"], "is read; choose another file"),
        (["release-3.json", "--policy=release-3.json"], "release-3.json:"),
    ],
)
def test_what_cannot_be_used(folder, command, arguments, said):
    before = Path("release-3.json").read_bytes()
    assert said in command("gate", *arguments, status=4).err
    assert Path("release-3.json").read_bytes() == before


def test_stopped_is_2(folder, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(gate, "check_outputs", stop)
    assert main(["gate", "release-3.json"]) == 2
