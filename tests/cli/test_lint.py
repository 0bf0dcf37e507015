"""``behavtest lint``: all mistakes at once with their places, and warnings."""

from __future__ import annotations

import json

import pytest

GOOD = """\
suite: good
behaviors:
  - {id: kind, prompts: [Hi!, Ho!], score: refusal, expect: {at_least: 0.5}}
"""
BAD = """\
suite: bad
include: [common.yaml]
behaviors:
  - {id: kind, prompts: [Hi!], score: refusl, expect: beter}
"""
MARK = """
import pytest

@pytest.mark.behavior(prompts=["Hi!"], expect="nope", tolrance=3)
def test_marked(completion):
    raise SystemExit("it was run")
"""


@pytest.fixture(autouse=True)
def folder(folder):
    """A folder with a good suite."""
    (folder / "good.behav.yaml").write_text(GOOD)
    return folder


@pytest.fixture
def lint(command):
    """The command."""

    def run(*arguments: str, status: int = 0):
        return command("lint", *arguments, status=status)

    return run


def test_nothing_is_wrong(lint):
    assert lint("good.behav.yaml").out == "1 behavior, no errors\n"
    assert lint(".").out == "1 behavior, no errors\n"


def test_every_mistake_of_every_file(folder, lint):
    """One line for each, that of a shared file once."""
    (folder / "common.yaml").write_text("defaults: {top_p: 2}\n")
    for name in ("bad", "worse"):
        (folder / f"{name}.behav.yaml").write_text(BAD)
    (folder / "test_python.py").write_text(MARK)
    (folder / "test_broken.py").write_text("import no_such_module\n")
    said = lint(".", status=1)
    starts = [line[: line.index(": ")] for line in said.lines[:-1]]
    assert starts == ["common.yaml:1", "test_broken.py", "test_python.py:4", "test_python.py:4"]
    assert "test_broken.py: ModuleNotFoundError: No module named 'no_such_module'" in said.lines
    assert said.lines[-1] == "1 behavior, 4 errors"
    (folder / "common.yaml").write_text("version: 1\n")
    said = lint("bad.behav.yaml", status=1)
    assert [line[: line.index(": ", 20)] for line in said.lines[:-1]] == [
        "bad.behav.yaml:4: behaviors[0].score",
        "bad.behav.yaml:4: behaviors[0].expect",
    ]
    assert said.lines[-1] == "2 errors"


def test_warnings_do_not_fail(folder, lint):
    (folder / "odd.behav.yaml").write_text(GOOD.replace("{at_least: 0.5}", "not_worse"))
    said = lint("odd.behav.yaml")
    assert said.lines[0].startswith("odd.behav.yaml:3: warning: kind: a change in one prompt alone")
    assert said.lines[-1] == "1 behavior, no errors, 1 warning"


def test_limits_are_those_of_the_run(folder, lint):
    """`--behavtest-max-pairs` decides what can be decided; pytest's `-k` selects."""
    assert "1 warning" not in lint("good.behav.yaml").out
    assert "max-pairs is 3" in lint("good.behav.yaml", "--behavtest-max-pairs=3").out
    (folder / "other.behav.yaml").write_text(GOOD.replace("kind", "other").replace("Ho!", "Hi!"))
    assert "twice" in lint(".").out
    assert "twice" not in lint(".", "-k", "kind").out


def test_json(folder, lint):
    (folder / "bad.behav.yaml").write_text(BAD.replace("include: [common.yaml]\n", ""))
    lint("bad.behav.yaml", "--json=out.json", status=1)
    found = json.loads((folder / "out.json").read_text())["lint"]
    assert found["behaviors"] == 0
    assert [(one["line"], one["field"]) for one in found["errors"]] == [
        (3, "behaviors[0].score"),
        (3, "behaviors[0].expect"),
    ]
    (folder / "odd.behav.yaml").write_text(GOOD.replace("{at_least: 0.5}", "not_worse"))
    lint("odd.behav.yaml", "--json=out.json")
    (warning,) = json.loads((folder / "out.json").read_text())["lint"]["warnings"]
    assert (warning["file"], warning["behavior"]) == ("odd.behav.yaml", "kind")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no.behav.yaml"], "the behaviors could not be collected"),
        (["common.yaml"], "common.yaml is not named as a suite is, *.behav.yaml"),
        (["-k", "nothing"], "no behavior was selected: -k, -m or --deselect leaves out"),
        (["--no-such-option"], "the behaviors could not be collected"),
        (["good.behav.yaml", "--json=no/out.json"], "the folder no does not exist"),
    ],
)
def test_what_cannot_be_checked(folder, lint, arguments, message):
    (folder / "common.yaml").write_text("version: 1\n")
    assert message in lint(*arguments, status=4).err


def test_hostile_names_are_shown_plain(folder, lint):
    (folder / "bad.behav.yaml").write_text('behaviors: [{"\\e[31mred": 1}]\n')
    assert "\x1b" not in lint("bad.behav.yaml", status=1).out
