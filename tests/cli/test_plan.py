"""`behavtest plan`, as a user meets it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from behavtest.cli.main import main
from behavtest.report.format import MINUS
from behavtest.store import open_store

SUITE = """
suite: manners
defaults: {max_new_tokens: 12, temperature: 1.0, tolerance: 0.1}
behaviors:
  - id: capitals
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: Name the capital of Ghana., answer: Accra}
      - {prompt: Tell me the capital of Egypt., answer: Cairo}
    score: {contains: "{{ answer }}"}
    expect: not_worse
    tags: [facts]
  - id: polite
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
    tags: [style]
  - id: brief
    prompts: ["Someone took my coat.", "Would you bring me my lamp?"]
    score: {length: {at_most: 12, unit: tokens}}
    expect: {at_least: 0.5}
    tags: [style]
"""
NUMBERS = re.compile(r"^(?P<change>.{11})  (?P<verdict>.{21})(?P<coupled>.{9})(?P<rest>.*)$")


@pytest.fixture
def folder(folder):
    """A project with one suite, and nothing in its store."""
    (folder / "manners.behav.yaml").write_text(SUITE)
    return folder


@pytest.fixture
def planned(folder, capsys):
    """Plans, and returns what was printed."""

    def planned(*arguments: object, status: int = 0) -> str:
        assert main(["plan", *map(str, arguments)]) == status
        said = capsys.readouterr()
        assert not said.err if status == 0 else said.err.startswith("behavtest: ")
        if status:
            return said.out + said.err
        assert all(len(line) <= 80 for line in said.out.splitlines())
        return said.out.replace(MINUS, "-")

    return planned


def document(planned, *arguments: object) -> dict:
    planned(*arguments, "--json=plan.json")
    return json.loads(Path("plan.json").read_bytes())["plan"]


def rows(text: str) -> list[tuple[str, str, str]]:
    """Change, verdict and coupled pairs of each row under a behavior."""
    found = [NUMBERS.match(line) for line in text.partition("\n\n")[0].splitlines()[1:]]
    return [
        (match["change"].strip(), match["verdict"].strip(), match["coupled"].strip())
        for match in found
        if match and match["change"].strip()[-1].isdigit()
    ]


def test_before_anything_ran(planned, folder):
    text = planned("manners.behav.yaml")
    assert rows(text) == [
        ("0.00", "holds", "~48"),
        ("-0.30", "violated", "~80"),
        ("0.00", "holds", "~48"),
        ("-0.30", "violated", "~80"),
        ("at 0.60", "holds", "~257"),
        ("at 0.40", "violated", "~325"),
    ]
    assert "manners/capitals: B's mean score is at most 0.1 below A's\n" in text
    assert "total if every behavior holds" in text
    flat = " ".join(text.split())
    assert "From the store: nothing. ~ assumed: coupled models differ in the fewest pairs" in flat
    assert "completions are as long as max_new_tokens allows" in flat
    assert "time: unknown until a run of these models is in the store." in text
    assert not (folder / ".behavtest").exists()


def test_everything_pytest_selects_with_works(planned):
    assert len(rows(planned(".", "-k", "capitals or brief"))) == 4
    assert len(rows(planned("manners.behav.yaml", "-m", "facts"))) == 2
    assert len(rows(planned("manners.behav.yaml::polite"))) == 2


def test_stated_changes(planned):
    text = planned("-k", "capitals or brief", "--delta=-0.1,0", "--delta", "0.2", "--delta=0")
    assert [(change, verdict) for change, verdict, _ in rows(text)] == [
        ("-0.10", "never decided"),
        ("0.00", "holds"),
        ("+0.20", "holds"),
        ("at 0.40", "violated"),
        ("at 0.50", "never decided"),
        ("at 0.70", "holds"),
    ]
    totals = re.findall(r"^total at (\S+) ", text, re.MULTILINE)
    assert totals == ["-0.10", "0.00", "+0.20"]
    assert "at: the mean of the one model that an expectation is about." in text


def test_a_change_that_cannot_be(planned):
    text = planned("-k", "brief or polite", "--delta=-0.6")
    assert "   at -0.10  not possible" in text
    assert "-0.60  violated" in text


def test_more_pairs_than_allowed(planned):
    text = planned("-k", "capitals", "--behavtest-max-pairs=20", "--delta=0")
    assert rows(text) == [("0.00", "inconclusive at 20", "~37*")]
    assert "* more than --behavtest-max-pairs allows: inconclusive at 20." in text


def test_settings_of_the_run_count(planned, folder):
    strict = document(planned, "-k", "capitals", "--behavtest-alpha=0.001", "--delta=0")
    usual = document(planned, "-k", "capitals", "--delta=0")
    pairs = [made["behaviors"][0]["outlooks"][0]["coupled"]["expected"] for made in (strict, usual)]
    assert pairs[0] > 1.8 * pairs[1]
    assert (strict["alpha"], usual["alpha"]) == (0.001, 0.05)
    (folder / "pytest.ini").write_text("[pytest]\nbehavtest_max_pairs = 77\n")
    assert document(planned, "-k", "capitals")["max_pairs"] == 77


def test_a_budget_that_is_too_small_is_said(planned):
    text = planned("-k", "capitals", "--behavtest-budget=50pairs")
    assert "total if every one is violated: more than --behavtest-budget allows" in text
    assert "total if every behavior holds: more" not in text


def test_the_plan_as_json(planned):
    made = document(planned, "-k", "capitals", "--delta=-0.1")
    (found,) = made["behaviors"]
    assert found["name"].endswith("manners.behav.yaml::capitals")
    assert found["outlooks"][0]["truth"] == "boundary"
    assert found["outlooks"][0]["coupled"]["expected"] is None
    assert made["totals"][0]["supposed"] == -0.1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--delta=much"], "--delta: 'much' is not a change of a mean score"),
        (["--delta=nan"], "--delta: 'nan' is not a change"),
        (["--delta=0.1,"], "--delta: '' is not a change"),
        (["--delta=-3"], "--delta: '-3' is not a change"),
        (["--delta", "-0.1,0"], "--delta has no value; write --delta=-0.1 or --delta=-0.1,0"),
        (["--json=nowhere/plan.json"], "--json: the folder nowhere does not exist"),
        (["-k", "nothing"], "no behavior was selected: -k, -m or --deselect leaves out"),
        (["missing.behav.yaml"], "file or directory not found: missing.behav.yaml"),
        (["--behavtest-alpha=2"], "--behavtest-alpha is 2; it must be between 0 and 1"),
        (["--behavtest-stoer=x"], "unrecognized arguments: --behavtest-stoer=x"),
        (["--model-a=missing"], "there is no model folder missing"),
    ],
)
def test_what_cannot_be_used_is_named(planned, capsys, arguments, message):
    assert main(["plan", *arguments]) == pytest.ExitCode.USAGE_ERROR
    said = capsys.readouterr()
    assert message in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_a_suite_that_cannot_be_read_is_shown(planned, folder):
    (folder / "manners.behav.yaml").write_text(SUITE.replace("score:", "scoer:"))
    assert "manners.behav.yaml:5" in planned(".", status=4)


def test_a_damaged_store_is_an_error(planned, folder):
    (folder / "s.duckdb").write_bytes(b"no database" * 100)
    assert "s.duckdb is damaged" in planned("--behavtest-store=s.duckdb", status=4)


def test_a_store_in_use_is_planned_without(planned, folder):
    with open_store(folder / "s.duckdb"):
        text = planned("--behavtest-store=s.duckdb")
    assert "Planned without what was measured: the store" in " ".join(text.split())
    assert len(rows(text)) == 6


def test_model_a_alone_plans_what_it_can(planned, organisms):
    base = f"--model-a={organisms / 'base'}"
    assert "name the modified model with --model-b" in planned(base, "-k", "polite", status=4)
    text = planned(".", base)
    assert [change for change, *_ in rows(text)] == ["at 0.60", "at 0.40"]
    assert "2 of the selection need --model-b and are left out." in text


def behavtest(folder: Path, *command: object) -> str:
    """Run a module in a process of its own, as a user would."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_plan_run_plan(planned, folder, organisms):
    """Before a run all is assumed; after it the plan is of what the run took."""
    models = [f"--model-a={organisms / 'base'}", f"--model-b={organisms / 'unlearned'}"]
    before = behavtest(folder, "behavtest", "plan", "manners.behav.yaml", *models)
    assert "From the store: nothing." in before
    behavtest(folder, "pytest", "manners.behav.yaml", *models, "--behavtest-json=run.json")
    run = json.loads((folder / "run.json").read_bytes())["run"]
    taken = {found["behavior"]: found for found in run["behaviors"]}
    assert taken["capitals"]["verdict"] == "violated"

    text = planned("manners.behav.yaml", *models)
    assert "in 3 of 3 behaviors." in " ".join(text.split())
    assert "~" not in text
    assert "unknown" not in text

    true = {name: found["estimate"] for name, found in taken.items()}
    true["brief"] -= 0.5  # the mean's distance from its bound
    for name, change in true.items():
        made = document(planned, "manners.behav.yaml", *models, "-k", name, f"--delta={change}")
        (found,) = made["behaviors"]
        outlook = found["outlooks"][0]
        assert found["measured_in"] == taken[name]["pairs"]
        assert outlook["truth"] == outlook["coupled"]["verdict"] == taken[name]["verdict"]
        assert taken[name]["pairs"] / 2 <= outlook["coupled"]["cost"]["pairs"]
        assert outlook["coupled"]["cost"]["pairs"] <= taken[name]["pairs"] * 2

    # tokens and time of as many pairs are those of the run
    tokens = sum(
        run[side][kind]
        for side in ("model_a", "model_b")
        for kind in ("generated_tokens", "replayed_tokens")
    )
    made = document(planned, "manners.behav.yaml", *models, f"--delta={true['polite']}")
    per_pair = made["totals"][0]["coupled"]["tokens"] / made["totals"][0]["coupled"]["pairs"]
    pairs = sum(found["pairs"] for found in run["behaviors"])
    assert per_pair == pytest.approx(tokens / pairs, rel=0.35)
    assert 0 < made["totals"][0]["coupled"]["seconds"] < 100 * run["seconds"]
