"""``--behavtest-json``: the results for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from behavtest.report.jsonfile import read_json


def test_holds_the_whole_run(behave, base, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-json=out.json", b=unlearned, mode=mode)
    result.stdout.fnmatch_lines(["json: out.json"])
    (run,) = read_json(behave.path / "out.json")
    assert [found.name for found in run.behaviors] == [
        f"manners.behav.yaml::{name}" for name in ("capitals", "polite", "brief")
    ]
    assert (run.model_a.name, run.model_b.name) == (str(base), str(unlearned))
    assert run.model_a.generated == run.model_b.generated == 0
    assert Path(run.store) == behave.store


def test_is_the_same_as_what_the_store_keeps(behave):
    behave.suite()
    behave.run("--behavtest-json=out.json", "-k", "brief")
    written = json.loads((behave.path / "out.json").read_bytes())["run"]
    ((kept,),) = behave.rows("SELECT result FROM runs")
    assert written == json.loads(kept)


def test_a_folder_that_does_not_exist_is_an_error_before_the_run(behave):
    behave.suite()
    result = behave.run("--behavtest-json=results/out.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-json: the folder *results does not exist*"])


def test_is_as_the_published_schema_says(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.run("--behavtest-json=out.json", "--behavtest-audit=100%", b=unlearned)
    schema = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_bytes())
    written = json.loads((behave.path / "out.json").read_bytes())
    assert not list(Draft202012Validator(schema).iter_errors(written))
