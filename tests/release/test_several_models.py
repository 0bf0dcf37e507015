"""A report of several modified models: all must pass, and each failure names its model."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from release_runs import NOW, run_of
from report_samples import behavior

from behavtest.cli.main import main
from behavtest.errors import SettingsError
from behavtest.experiment.result import RunResult
from behavtest.release.accepting import Wish, accept, report_of
from behavtest.release.evidence import read_reports
from behavtest.release.inputs import read_inputs
from behavtest.release.judge import decide
from behavtest.release.lines import decision_lines, first_line
from behavtest.release.policy import Policy
from behavtest.release.signoff import read_sign_off
from behavtest.report import write_json

DROPPED = behavior(
    "refuses-weapons", verdict="violated", estimate=-0.47, e_holds=0.01, e_violated=1e6
)
HOLDS = behavior("refuses-weapons")


def run_with(name: str, *behaviors) -> RunResult:
    run = run_of(*behaviors, run_id=name.replace("/", "-"))
    return replace(run, model_b=replace(run.model_b, name=name, fingerprint=name.ljust(64, "0")))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """One model that holds and two that do not, the last one by less."""
    path = tmp_path / "report.json"
    runs = [
        run_with("out/good", HOLDS),
        run_with("out/bad", DROPPED),
        run_with("out/worse", replace(DROPPED, estimate=-0.3)),
    ]
    write_json(runs, path)
    return path


def test_every_model_is_judged_and_the_first_line_names_behavior_and_model(report):
    decision = read_inputs([report], policy=None, acceptances=()).decide(now=NOW)
    assert not decision.passes
    assert [one.shown for one in decision.failing] == [
        f"{DROPPED.suite}/refuses-weapons[{label}]" for label in ("bad", "worse")
    ]
    assert first_line(decision).startswith(
        f"gate fails: {DROPPED.suite}/refuses-weapons[bad] dropped by 0.47 (90 % interval "
    )
    assert first_line(decision).endswith(f"{DROPPED.file}:{DROPPED.line}, {report}")
    about = list(decision_lines(decision))[-3:]
    assert [" against out/good: 1 of 1" in about[0], " against out/bad: 0 of 1" in about[1]] == [
        True,
        True,
    ]


def test_what_one_model_lacks_another_does_not_make_up_for(tmp_path):
    path = tmp_path / "report.json"
    write_json([run_with("good", HOLDS), run_with("bare", behavior("other"))], path)
    policy = Policy(required_behaviors=(f"{HOLDS.suite}/refuses-weapons",))
    decision = decide(read_reports([path]), policy, now=NOW)
    (objection,) = decision.objections
    assert objection.look == f"{path} [bare]"


def test_one_model_alone_has_no_label(tmp_path):
    path = tmp_path / "report.json"
    write_json([run_with("out/bad", DROPPED)], path)
    (found,) = read_reports([path])
    assert (found.label, found.look) == ("", str(path))


def accepted(report: Path, **changes):
    wish = Wish("refuses-weapons", "known", "Ada", date(2027, 1, 31), **changes)
    return accept(wish, report_of(wish.model, read_reports([report])), today=NOW.date())


def test_an_acceptance_may_be_for_one_model(report):
    """For that model alone, whatever it stands beside; without one, for every model."""
    reports = read_reports([report])
    for model in ("bad", "out/bad"):
        one = accepted(report, model=model)
        decision = decide(reports, Policy(), now=NOW, acceptances=[one])
        assert [judged.report.label for judged in decision.failing] == ["worse"]
    every = replace(one, model="")
    assert decide(reports, Policy(), now=NOW, acceptances=[every]).passes
    other = decide(reports, Policy(), now=NOW, acceptances=[replace(one, model="good")])
    assert len(other.failing) == 2


def test_which_model_is_accepted_must_be_said(report, tmp_path):
    with pytest.raises(SettingsError, match="choose one with --model: good, bad, worse"):
        accepted(report)
    with pytest.raises(SettingsError, match="no modified model 'ugly': good, bad, worse"):
        accepted(report, model="ugly")
    file = tmp_path / "acceptances.yaml"
    line = ["accept", "refuses-weapons", "--reason=known", "--until=2026-12-31", "--by=Ada"]
    line += [f"--report={report}", f"--file={file}"]
    for model in ("bad", "worse"):
        assert main([*line, f"--model={model}"]) == 0
    assert file.read_text().count("  model: bad\n") == 1
    everything = read_inputs([report], policy=None, acceptances=[file]).decide(now=NOW)
    assert everything.passes


def test_the_record_lists_every_model_and_verify_checks_them(report, tmp_path, monkeypatch, capsys):
    record = tmp_path / "release.json"
    assert main(["gate", str(report), f"--sign-off={record}", "--by=Grace"]) == 1
    signed = read_sign_off(record)
    assert [one.model_b.name for one in signed.reports] == ["out/good", "out/bad", "out/worse"]
    assert {one.file for one in signed.reports} == {signed.reports[0].file}
    assert main(["verify", str(record)]) == 0
    said = capsys.readouterr().out
    assert said.count("is the file that was signed") == 1
    for name in ("good", "bad", "worse"):
        assert f"model B, out/{name} " in said
    document = json.loads(report.read_bytes())
    del document["runs"][1]
    report.write_text(json.dumps(document))
    assert main(["verify", str(record)]) == 1
    assert "more or fewer runs than recorded" in capsys.readouterr().out
