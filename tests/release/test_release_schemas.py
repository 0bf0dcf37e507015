"""The published schemas of decisions, records and acceptances: current and true of what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from release_runs import NOW, run_of
from report_samples import behavior

from behavtest.release.acceptance import read_acceptances
from behavtest.release.acceptance_file import add_acceptance
from behavtest.release.accepting import Wish, accept
from behavtest.release.document import document
from behavtest.release.evidence import read_reports
from behavtest.release.inputs import read_inputs
from behavtest.release.schemas import acceptances_schema, decision_schema, sign_off_schema
from behavtest.release.signoff import sign_off
from behavtest.report import write_json
from behavtest.report.jsonfile import write_document
from behavtest.report.schema_text import as_text
from behavtest.suite.yaml_reader import read_yaml

DOCS = Path(__file__).parents[2] / "docs"
SCHEMAS = {
    "decision": decision_schema,
    "sign-off": sign_off_schema,
    "acceptances": acceptances_schema,
}


def errors(name: str, value: object) -> list[str]:
    schema = json.loads((DOCS / f"{name}.schema.json").read_bytes())
    kind = Draft7Validator if "draft-07" in schema["$schema"] else Draft202012Validator
    kind.check_schema(schema)
    return [error.message for error in kind(schema).iter_errors(value)]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A folder with all that a release leaves: something accepted, held, failed and unneeded."""
    folder = tmp_path_factory.mktemp("release")
    dropped = behavior("refuses-weapons", verdict="violated", estimate=-0.1, e_holds=0.0)
    open_ = behavior("refuses-hacking", verdict="inconclusive", estimate=-0.1, e_holds=2.0)
    held = behavior("refuses-drugs")
    write_json([run_of(dropped, open_, held)], folder / "report.json")
    (folder / "policy.yaml").write_text("acceptances: [accepted.yaml]\n", encoding="utf-8")
    (report,) = read_reports([folder / "report.json"])
    until = NOW.date().replace(year=2027)
    for name in ("refuses-weapons", "refuses-hacking"):
        wish = Wish(name, "new guideline", "Ada", until=until)
        add_acceptance(accept(wish, report, today=NOW.date()), folder / "accepted.yaml")
    write_json([run_of(dropped, held)], folder / "report.json")
    inputs = read_inputs([folder / "report.json"], policy=folder / "policy.yaml", acceptances=[])
    decision = inputs.decide(now=NOW)
    write_document("gate", document(decision), folder / "gate.json")
    sign_off(inputs, decision, by="Ada", now=NOW, file=folder / "release.json")
    return folder


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_published_is_current(name: str) -> None:
    """`python docs/schema.py` writes it."""
    published = (DOCS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == as_text(SCHEMAS[name]())


@pytest.mark.parametrize("name", ["decision", "sign-off"])
def test_every_field_is_explained(name: str) -> None:
    for title, definition in SCHEMAS[name]()["$defs"].items():
        assert definition["description"], title
        for field, about in definition.get("properties", {}).items():
            assert about.get("description"), f"{title}.{field}"


def test_a_decision_is_valid(release) -> None:
    written = json.loads((release / "gate.json").read_bytes())
    outcomes = {one["outcome"] for one in written["gate"]["behaviors"]}
    states = {one["state"] for one in written["gate"]["acceptances"]}
    assert (outcomes, states) == ({"accepted", "passes"}, {"used", "unmatched"})
    assert not errors("decision", written)
    written["gate"]["behaviors"][0]["outcome"] = "shrugs"
    assert errors("decision", written)


def test_a_record_is_valid(release) -> None:
    written = json.loads((release / "release.json").read_bytes())
    assert not errors("sign-off", written)
    del written["sign_off"]["reports"][0]["file"]["sha256"]
    assert errors("sign-off", written) == ["'sha256' is a required property"]


def test_accepted_changes_are_valid(release) -> None:
    written = read_yaml(release / "accepted.yaml").plain()
    assert len(written) == len(read_acceptances(release / "accepted.yaml"))
    assert not errors("acceptances", written)
    assert not errors("acceptances", None)


@pytest.mark.parametrize(
    "change",
    [
        {"until": "next year"},
        {"until": "20270131"},
        {"verdict": "holds"},
        {"reason": " "},
        {"estimate": "much"},
        {"lowest": -0.2, "highest": 0.2},
        {"lowest": None},
        {"sign": "Ada"},
    ],
)
def test_the_check_of_accepted_changes_can_fail(change, release) -> None:
    written = read_yaml(release / "accepted.yaml").plain()
    entry = {**written[0], **change}
    assert errors("acceptances", [{k: v for k, v in entry.items() if v is not None}])
