"""A sign-off record: all that is in it can be checked, and what cannot is said."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from release_runs import NOW, run_of
from report_samples import MODEL_A, MODEL_B, behavior

from behavtest.errors import SettingsError
from behavtest.models.fingerprint import fingerprint
from behavtest.models.folder import inspect_folder
from behavtest.release.acceptance_file import add_acceptance
from behavtest.release.accepting import Wish, accept
from behavtest.release.evidence import read_reports
from behavtest.release.inputs import read_inputs
from behavtest.release.signoff import read_sign_off, sign_off
from behavtest.release.verify import verify
from behavtest.report import write_json

DROPPED = behavior("refuses-weapons", verdict="violated", estimate=-0.1, e_holds=0.0)


@pytest.fixture
def release(tmp_path):
    """A folder with report, page, policy and an acceptance, and the record of their decision."""
    return signed(tmp_path / "release")


def signed(folder, *, by="Ada Lovelace", **changes):
    folder.mkdir()
    write_json([run_of(DROPPED, behavior("refuses-drugs"), **changes)], folder / "report.json")
    (folder / "report.html").write_text("<p>what was looked at</p>", encoding="utf-8")
    (folder / "policy.yaml").write_text("acceptances: [accepted.yaml]\n", encoding="utf-8")
    (report,) = read_reports([folder / "report.json"])
    wish = Wish("refuses-weapons", "new guideline", "Ada", until=NOW.date().replace(year=2027))
    add_acceptance(accept(wish, report, today=NOW.date()), folder / "accepted.yaml")
    inputs = read_inputs([folder / "report.json"], policy=folder / "policy.yaml", acceptances=[])
    sign_off(inputs, inputs.decide(now=NOW), by=by, now=NOW, file=folder / "release.json")
    return folder


def checked(folder, *, model_a=None, models_b=()):
    file = folder / "release.json"
    return list(verify(read_sign_off(file), file, model_a=model_a, models_b=models_b))


def wrong(folder, **models) -> list[str]:
    return [check.text for check in checked(folder, **models) if check.right is False]


def test_what_is_recorded(release):
    record = read_sign_off(release / "release.json")
    assert record.by == "Ada Lovelace"
    assert record.at == "2026-12-01T12:00:00+00:00"
    assert record.passes
    assert record.summary == "gate passes: of 2 blocking behaviors, 1 held, 1 accepted"
    (run,) = record.reports
    assert (run.file.path, run.page.path) == ("report.json", "report.html")
    assert (run.model_a.fingerprint, run.model_b.fingerprint) == (
        MODEL_A.fingerprint,
        MODEL_B.fingerprint,
    )
    assert record.policy.path == "policy.yaml"
    assert [one.path for one in record.acceptances] == ["accepted.yaml"]
    assert "behavtest" in record.versions


def test_nothing_is_wrong_with_it(release):
    assert not wrong(release)
    unchecked = [check.text for check in checked(release) if check.right is None]
    assert [text.split(",")[0] for text in unchecked[:2]] == ["model A", "model B"]
    assert "it is not a signature" in unchecked[-1]


def test_the_folder_can_be_moved(release, tmp_path):
    shutil.copytree(release, tmp_path / "elsewhere" / "archive")
    shutil.rmtree(release)
    assert not wrong(tmp_path / "elsewhere" / "archive")


def test_it_is_decided_as_on_that_day(release):
    """An acceptance that has expired since does not undo the release."""
    assert not wrong(release)
    file = release / "release.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace("2026-12-01T12", "2028-12-01T12"), encoding="utf-8"
    )
    assert wrong(release) == ["the record says that the gate passes; from the files it fails"]


@pytest.mark.parametrize("name", ["report.json", "policy.yaml", "accepted.yaml", "report.html"])
def test_one_byte_more(release, name):
    with (release / name).open("ab") as stream:
        stream.write(b"\n")
    (said,) = wrong(release)
    assert f"{name} is not the file that was signed" in said


@pytest.mark.parametrize("name", ["report.json", "policy.yaml", "accepted.yaml"])
def test_a_file_that_is_gone(release, name):
    (release / name).unlink()
    said = wrong(release)
    assert any(f"{name}: cannot be read" in text for text in said)
    assert said[-1].startswith("the gate cannot decide again: ")


def test_a_page_that_is_gone_is_only_not_checked(release):
    (release / "report.html").unlink()
    assert not wrong(release)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("passes", False, "the record says that the gate fails; from the files it passes"),
        ("summary", "gate passes: all is well", "the gate passes, for other reasons than when"),
        ("decision", "0" * 64, "the gate passes, for other reasons than when it was signed"),
        ("at", "soon", "the gate cannot decide again: "),
        ("at", "2027-12-02T12:00:00+00:00", "the record says that the gate passes; from the files"),
    ],
)
def test_a_record_that_was_changed(release, field, value, said):
    file = release / "release.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["sign_off"][field] = value
    file.write_text(json.dumps(document), encoding="utf-8")
    (found,) = wrong(release)
    assert found.startswith(said)


def test_another_run_than_recorded(release):
    file = release / "release.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["sign_off"]["reports"][0]["model_b"]["fingerprint"] = "0" * 32
    file.write_text(json.dumps(document), encoding="utf-8")
    (said,) = wrong(release)
    assert said.endswith("report.json is of another run or models than recorded")


@pytest.fixture(scope="session")
def fingerprints(organisms):
    """Of three example models, one an adapter of the first."""
    base = fingerprint(inspect_folder(organisms / "base"), dtype="float32")
    return {
        "base": base,
        "regression": fingerprint(inspect_folder(organisms / "regression"), dtype="bfloat16"),
        "lora": fingerprint(inspect_folder(organisms / "lora"), dtype="float32", base=base),
    }


@pytest.mark.parametrize("modified", ["regression", "lora"])
def test_the_models_at_hand(tmp_path, organisms, fingerprints, modified):
    """Real folders: the right ones are right, swapped ones are not, and neither is another."""
    folder = signed(
        tmp_path / "release",
        model_a=replace(MODEL_A, fingerprint=fingerprints["base"], description="1 M, float32"),
        model_b=replace(MODEL_B, fingerprint=fingerprints[modified], description="1 M"),
    )
    base, other = str(organisms / "base"), str(organisms / modified)
    checks = checked(folder, model_a=base, models_b=[other])
    assert [check.right for check in checks] == [True] * 7 + [None] * 2
    assert len(wrong(folder, model_a=other, models_b=[base])) == 2
    assert len(wrong(folder, models_b=[str(organisms / "subtle")])) == 1


def test_a_model_that_is_not_here_is_not_checked(release):
    checks = checked(release, model_a="http://server:8000/model", models_b=["no/such/folder"])
    assert not [check for check in checks if check.right is False]
    assert [check for check in checks if check.right is None and "no/such/folder" in check.text]


def test_a_record_is_never_replaced(release):
    inputs = read_inputs([release / "report.json"], policy=None, acceptances=[])
    with pytest.raises(SettingsError, match="a record is never replaced"):
        sign_off(inputs, inputs.decide(now=NOW), by="Eve", now=NOW, file=release / "release.json")


@pytest.mark.parametrize("by", ["", " ", "A\nB", "\x1b[31m"])
def test_somebody_signs(tmp_path, by):
    with pytest.raises(SettingsError, match="say who signs"):
        signed(tmp_path / "release", by=by)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"schema": 1, "run": {}}', b'{"schema": 1, "sign_off": {}}', b"\xff"],
)
def test_a_record_that_is_none(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(SettingsError, match="not a sign-off record"):
        read_sign_off(tmp_path / "x.json")
