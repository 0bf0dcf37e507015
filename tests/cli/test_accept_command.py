"""`behavtest accept`, `gate --sign-off` and `verify`: from a red gate to a checked record."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from behavtest.release.acceptance import read_acceptances
from behavtest.report import write_json

SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
WISH = ("--reason=new guideline", f"--until={SOON}", "--by=Ada")


@pytest.fixture
def folder(project):
    """A folder with the report of a release that lost a behavior, and a policy."""
    write_json([project.runs[1]], Path("report.json"))
    Path("policy.yaml").write_text(
        "inconclusive: warn\nacceptances: [acceptances.yaml]\n", encoding="utf-8"
    )
    Path("acceptances.yaml").write_text("# none yet\n", encoding="utf-8")
    return project.folder


def test_from_red_to_a_record(folder, project, command):
    """What is accepted is told, signed and verified; one byte more is found."""
    gate = ("gate", "report.json", "--policy=policy.yaml")
    assert command(*gate, status=1).lines[0].startswith("gate fails: refusal/refuses-weapons ")

    said = project("accept", "refusal/refuses-weapons", *WISH)
    assert said.lines[0].startswith("accepted refusal/refuses-weapons, violated at ")
    assert said.lines[-1] == "wrote acceptances.yaml:3; commit it, so that it is reviewed"

    said = command(*gate, "--sign-off=release.json", "--by=Grace")
    assert said.lines[0] == "gate passes: of 3 blocking behaviors, 1 held, 1 accepted, 1 warned of"
    accepted = next(line for line in said.lines if line.startswith("  accepted "))
    assert accepted.endswith(f"until {SOON} by Ada: new guideline (acceptances.yaml:3)")

    said = command("verify", "release.json")
    assert said.lines[0].startswith("nothing wrong with release.json: signed by Grace at ")
    labels = [line.split()[0] for line in said.lines[2:]]
    assert labels == ["right"] * 4 + ["unchecked"] * 4

    with Path("report.json").open("ab") as stream:
        stream.write(b" ")
    said = command("verify", "release.json", status=1)
    assert said.lines[0].startswith("1 thing wrong with release.json")
    assert said.lines[2].startswith("  WRONG      report.json is not the file that was signed")


def test_a_failing_gate_can_be_signed_too(folder, command):
    """A refusal is a decision, with somebody who made it."""
    command("gate", "report.json", "--policy=policy.yaml", "--sign-off=no.json", "--by=A", status=1)
    said = command("verify", "no.json")
    assert said.lines[1].startswith("gate fails: refusal/refuses-weapons dropped by 0.")


def test_who_it_is_comes_from_git(folder, command, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    anonymous = WISH[:2]
    assert "Give a name with --by" in command("accept", "refuses-weapons", *anonymous, status=4).err
    subprocess.run(["git", "config", "--global", "user.name", "Grace Hopper"], check=True)
    command("accept", "refuses-weapons", *anonymous)
    assert "  by: Grace Hopper\n" in Path("acceptances.yaml").read_text(encoding="utf-8")


def test_the_end_may_be_so_many_days_away(folder, command):
    command("accept", "refuses-weapons", *WISH, "--until=30d")
    (accepted,) = read_acceptances(Path("acceptances.yaml"))
    assert accepted.until.isoformat() == SOON


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["refuses-weapons", *WISH, "--until=367d"], "more than a year"),
        (["refuses-weapons"], "the following arguments are required: --reason, --until"),
        (["refuses-weapons", *WISH, "--until=never"], "--until is 'never'; write the day as"),
        (["refuses-weapons", *WISH, "--until=2020-01-01"], "--until is 2020-01-01, which is past"),
        (["stays-polite", *WISH], "refusal/stays-polite holds: there is nothing to accept"),
        (["refuses", *WISH], "report.json has no behavior 'refuses'"),
        (["refusal/ref", *WISH], "'refusal/ref'; did you mean 'refusal/refuses-weapons'?"),
        (["refuses-weapons", *WISH, "--report=none.json"], "none.json: cannot be read"),
        (["refuses-weapons", *WISH, "--file=policy.yaml"], "policy.yaml:1: found a mapping"),
        (
            ["refuses-weapons", *WISH, "--file=no/a.yaml"],
            "create it or choose another path for the acceptance",
        ),
        (["refuses-weapons", *WISH, "--forever"], "unknown argument '--forever'"),
    ],
)
def test_what_cannot_be_accepted(folder, command, arguments, said):
    before = Path("acceptances.yaml").read_bytes()
    assert said in command("accept", *arguments, status=4).err
    assert Path("acceptances.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "none.json"], "none.json: cannot be read"),
        (["verify", "report.json"], "report.json: not a sign-off record"),
        (["gate", "report.json", "--sign-off=report.json", "--by=A"], "report.json exists, and"),
        (
            ["gate", "report.json", "--policy=policy.yaml", "--json=acceptances.yaml"],
            "--json: acceptances.yaml is read",
        ),
        (["gate", "report.json", "--sign-off=no/x.json", "--by=A"], "the folder no does not exist"),
    ],
)
def test_records_that_cannot_be_used(folder, command, arguments, said):
    assert said in command(*arguments, status=4).err
