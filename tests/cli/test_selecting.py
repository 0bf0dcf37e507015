"""Commands select behaviors as pytest would, and run none."""

from __future__ import annotations

import pytest

from behavtest.cli.failing import CommandError
from behavtest.cli.selecting import select
from behavtest.errors import SettingsError

SUITE = """
suite: manners
behaviors:
  - {id: kind, prompts: [Hi!], score: refusal, expect: not_worse, tags: [style]}
  - {id: brief, prompts: [Hi!], score: refusal, expect: {at_least: 0.5}}
"""
PYTHON = """
import pytest

@pytest.mark.behavior(prompts=["Hi!"], expect="not_worse", tolerance=0.1)
def test_marked(completion):
    raise SystemExit("it was run")

def test_plain():
    raise SystemExit("it was run")
"""


@pytest.fixture(autouse=True)
def folder(folder):
    """A project with a suite and a Python test."""
    (folder / "manners.behav.yaml").write_text(SUITE)
    (folder / "test_python_mark.py").write_text(PYTHON)
    return folder


def names(*arguments: str) -> list[str]:
    return [name.rpartition("::")[2] for name in select(arguments).behaviors]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), ["kind", "brief", "test_marked"]),
        (("-k", "brief"), ["brief"]),
        (("-m", "style"), ["kind"]),
        (("manners.behav.yaml::kind",), ["kind"]),
        (("test_python_mark.py",), ["test_marked"]),
        (("--deselect=manners.behav.yaml::kind",), ["brief", "test_marked"]),
        (("-p", "no:xdist", "-k", "brief"), ["brief"]),
        (("-pno:xdist", "-k", "brief"), ["brief"]),
    ],
)
def test_every_way_to_select(capsys, arguments, found):
    assert names(*arguments) == found
    assert capsys.readouterr().out == ""


def test_settings_are_those_of_the_command_line_and_the_ini_file(folder):
    with (folder / "pytest.ini").open("a") as ini:
        ini.write("behavtest_alpha = 0.2\nbehavtest_store = mine.duckdb\n")
    selection = select(["--behavtest-max-pairs=7", "--behavtest-rotate-seed"])
    assert selection.settings.alpha == 0.2
    assert selection.settings.store == folder / "mine.duckdb"
    assert selection.settings.budget.max_pairs == 7
    assert selection.settings.seed is None
    assert (selection.model_a, selection.model_b) == (None, None)


def test_workers_that_an_ini_file_asks_for_are_not_started(folder):
    pytest.importorskip("xdist")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -n2 --import-mode=importlib\n")
    assert names("-k", "brief") == ["brief"]


def test_an_ini_file_may_leave_xdist_out(folder):
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:xdist --import-mode=importlib\n")
    assert names("-k", "brief") == ["brief"]


def test_what_pytest_says_of_a_suite_that_cannot_be_read_is_shown(folder, capsys):
    (folder / "manners.behav.yaml").write_text(SUITE.replace("not_worse", "no_worse"))
    with pytest.raises(CommandError, match="could not be collected") as caught:
        select([])
    assert caught.value.status == pytest.ExitCode.USAGE_ERROR
    assert "manners.behav.yaml:4" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["--behavtest-alpha=2"], ["--no-such-option"], ["no_such_file.py"]]
)
def test_an_argument_pytest_cannot_use(arguments):
    with pytest.raises(CommandError) as caught:
        select(arguments)
    assert caught.value.status == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-k", "nothing"], r"-k, -m or --deselect leaves out all that was found \(4\)"),
        (["test_python_mark.py::test_plain"], "no behavior was found; name a suite file"),
    ],
)
def test_no_behavior(arguments, said):
    with pytest.raises(CommandError, match=said) as caught:
        select(arguments)
    assert caught.value.status == 4


def test_several_modified_models_are_one_selection_of_behaviors():
    """What takes one model says that there are several."""
    models = [f"--model-b=org/{name}" for name in ("b", "c")]
    found = select(["--model-a=org/a", *models])
    assert list(found.behaviors) == list(select([]).behaviors)
    assert found.models_b == ("org/b", "org/c")
    with pytest.raises(SettingsError, match="given 2 times; this takes one modified model"):
        _ = found.model_b
