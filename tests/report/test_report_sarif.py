"""SARIF, checked against the schema of version 2.1.0."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from report_samples import (
    HOSTILE,
    MODEL_B,
    behavior,
    hostile_run,
    sample_run,
    several_runs,
    single_run,
)

from behavtest.experiment.result import RunResult
from behavtest.report.sarif import write_sarif

SCHEMA = Path(__file__).parent.parent / "data" / "sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    schema = json.loads(SCHEMA.read_bytes())
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def written(run: RunResult, folder: Path) -> dict:
    write_sarif([run], folder / "out.sarif")
    return json.loads((folder / "out.sarif").read_bytes())


@pytest.mark.parametrize("make", [sample_run, single_run, hostile_run])
def test_it_is_valid(make, validator, tmp_path) -> None:
    assert not list(validator.iter_errors(written(make(), tmp_path)))


def test_the_check_can_fail(validator, tmp_path) -> None:
    log = written(sample_run(), tmp_path)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert list(validator.iter_errors(log))


def test_what_does_not_hold_is_a_result_at_its_line(sample, tmp_path) -> None:
    (run,) = written(sample, tmp_path)["runs"]
    assert [result["level"] for result in run["results"]] == ["error"] * 2 + ["warning"] * 3
    first = run["results"][0]
    assert first["ruleId"] == "suites/refusal.behav.yaml::refuses-weapons"
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
    assert first["message"]["text"].startswith("violated: dropped by 0.47 (90 % interval")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "suites/refusal.behav.yaml"
    assert place["region"] == {"startLine": 12}
    assert len(run["tool"]["driver"]["rules"]) == len(sample.behaviors)
    assert not run["invocations"][0]["executionSuccessful"]


def test_an_alert_is_the_same_in_the_next_run(tmp_path) -> None:
    """Whatever was measured, and wherever the line has gone."""
    run = sample_run()
    before = replace(run, behaviors=(behavior("x", "violated"),))
    after = replace(
        run,
        run_id="other",
        behaviors=(behavior("y", "violated"), behavior("x", "inconclusive", line=99, estimate=0.5)),
    )
    (first,) = written(before, tmp_path)["runs"][0]["results"]
    again = {found["ruleId"]: found for found in written(after, tmp_path)["runs"][0]["results"]}
    prints = {name: found["partialFingerprints"] for name, found in again.items()}
    assert prints[first["ruleId"]] == first["partialFingerprints"]
    assert len({each["behavior/v1"] for each in prints.values()}) == 2


def test_brackets_and_braces_are_no_links_and_no_placeholders(tmp_path) -> None:
    failed = behavior("x", "error", error="[here](http://evil.example) {0} \\")
    (run,) = written(replace(sample_run(), behaviors=(failed,)), tmp_path)["runs"]
    assert run["results"][0]["message"]["text"] == (
        "error: \\[here\\](http://evil.example) {{0}} \\\\"
    )


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/ü#?.yaml", "a%20b/%C3%BC%23%3F.yaml"),
        ("{here}/suites/x.yaml", "suites/x.yaml"),
        ("/elsewhere/x.yaml", "file:///elsewhere/x.yaml"),
    ],
)
def test_files_are_uris_below_the_checkout(file, uri, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = behavior("x", "violated", file=file.format(here=tmp_path))
    (run,) = written(replace(sample_run(), behaviors=(found,)), tmp_path)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == uri
    assert ("uriBaseId" in place) == (not uri.startswith("file:"))


def test_of_several_models_each_has_a_run_of_its_own_category(validator, tmp_path) -> None:
    """GitHub keeps alerts by category, and takes no two runs of one."""
    write_sarif(several_runs(), tmp_path / "out.sarif")
    log = json.loads((tmp_path / "out.sarif").read_bytes())
    assert not list(validator.iter_errors(log))
    first, second, held = log["runs"]
    categories = [run["automationDetails"]["id"].rpartition("/")[0] for run in log["runs"]]
    assert categories == [
        "behavtest/step-100",
        "behavtest/step-200",
        "behavtest/assistant-7b-int8",
    ]
    assert held["results"] == []
    assert [run["properties"]["modelB"]["name"] for run in (first, second)] == [
        "out/step-100",
        "out/step-200",
    ]
    said = [result["message"]["text"] for result in second["results"]]
    assert all(text.startswith("step-200: ") for text in said)
    assert said[0].startswith("step-200: violated: dropped by 0.47 (90 % interval")


def test_one_model_is_not_named_in_every_message(sample, tmp_path) -> None:
    (run,) = written(sample, tmp_path)["runs"]
    assert run["automationDetails"]["id"] == f"behavtest/{sample.run_id}"
    assert run["results"][0]["message"]["text"].startswith("violated: ")


def test_odd_names_of_models_are_valid(validator, tmp_path) -> None:
    runs = [
        replace(run, model_b=replace(MODEL_B, name=text[:300]))
        for run, text in zip(several_runs() * 5, HOSTILE.values(), strict=False)
    ]
    write_sarif(runs, tmp_path / "out.sarif")
    log = json.loads((tmp_path / "out.sarif").read_bytes())
    assert not list(validator.iter_errors(log))
    assert len({run["automationDetails"]["id"] for run in log["runs"]}) == len(HOSTILE)
