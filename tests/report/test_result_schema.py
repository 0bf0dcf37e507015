"""The published schema of results: current, documented, and true of what is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from report_samples import audited_run, behavior, hostile_run, sample_run, single_run

from behavtest.report.jsonfile import write_json
from behavtest.report.result_schema import result_schema
from behavtest.report.schema_text import as_text

PUBLISHED = Path(__file__).parents[2] / "docs" / "result.schema.json"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(PUBLISHED.read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def written(run, folder: Path) -> dict:
    write_json([run], folder / "out.json")
    return json.loads((folder / "out.json").read_bytes())


def test_what_is_published_is_current() -> None:
    """`python docs/schema.py` writes it."""
    assert PUBLISHED.read_text(encoding="utf-8") == as_text(result_schema())


@pytest.mark.parametrize("make", [sample_run, single_run, hostile_run, audited_run])
def test_what_is_written_is_valid(make, validator, tmp_path) -> None:
    assert not list(validator.iter_errors(written(make(), tmp_path)))


def test_several_runs_are_valid_and_each_is_checked(validator, tmp_path) -> None:
    write_json([sample_run(), hostile_run()], tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_bytes())
    assert not list(validator.iter_errors(document))
    document["runs"][1]["behaviors"][0]["verdict"] = "maybe"
    assert list(validator.iter_errors(document))


def test_infinite_numbers_are_written_as_the_schema_says(validator, tmp_path) -> None:
    found = behavior("x", e_holds=float("inf"))
    document = written(replace(sample_run(), behaviors=(found,)), tmp_path)
    assert not list(validator.iter_errors(document))


@pytest.mark.parametrize(
    ("field", "value"),
    [("verdict", "maybe"), ("pairs", "many"), ("interval", 0.5), ("name", None)],
)
def test_the_check_can_fail(field: str, value: object, validator, tmp_path) -> None:
    document = written(sample_run(), tmp_path)
    document["run"]["behaviors"][0][field] = value
    assert list(validator.iter_errors(document))


def test_another_layout_is_another_schema(validator, tmp_path) -> None:
    assert list(validator.iter_errors({**written(sample_run(), tmp_path), "schema": 2}))


def test_a_later_field_is_allowed(validator, tmp_path) -> None:
    document = written(sample_run(), tmp_path)
    document["run"]["news"] = 1
    assert not list(validator.iter_errors(document))


def test_every_field_is_explained() -> None:
    for name, definition in result_schema()["$defs"].items():
        for field, about in definition["properties"].items():
            assert about.get("description"), f"{name}.{field}"
