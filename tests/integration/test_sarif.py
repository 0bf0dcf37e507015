"""``--behavtest-sarif``: what does not hold, for code scanning."""

from __future__ import annotations

import json

import pytest


def test_points_at_the_suite(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-sarif=out.sarif", b=unlearned, mode=mode)
    result.stdout.fnmatch_lines(["sarif: out.sarif"])
    (run,) = json.loads((behave.path / "out.sarif").read_bytes())["runs"]
    (found,) = run["results"]
    assert found["ruleId"] == "manners.behav.yaml::capitals"
    assert found["level"] == "error"
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "manners.behav.yaml", "uriBaseId": "%SRCROOT%"}
    line = (behave.path / "manners.behav.yaml").read_text().splitlines()
    assert "capitals" in line[place["region"]["startLine"] - 1]


def test_a_folder_in_its_place_is_an_error_before_the_run(behave):
    behave.suite()
    (behave.path / "out.sarif").mkdir()
    result = behave.run("--behavtest-sarif=out.sarif")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-sarif: *out.sarif is a folder*"])
