"""``pytest_behavtest_selected`` tells a plugin what a session will run, and runs nothing."""

from __future__ import annotations

import json

import pytest

LISTENER = """
import json
from pathlib import Path

def pytest_behavtest_selected(selection):
    file = Path(__file__).with_name("told.json")
    told = json.loads(file.read_text()) if file.exists() else []
    told.append({
        "behaviors": list(selection.behaviors),
        "kinds": [one.expectation.kind for one in selection.behaviors.values()],
        "models": [selection.model_a, selection.model_b],
        "alpha": selection.settings.alpha,
        "procedure": selection.settings.procedure,
        "seed": selection.settings.seed,
        "most": selection.settings.budget.max_pairs,
        "active": selection.settings.active,
        "store": str(selection.settings.store),
    })
    file.write_text(json.dumps(told))
"""
PYTHON = """
import pytest

@pytest.mark.behavior(prompts=["Hi!"], expect="not_worse", tolerance=0.1)
def test_kept(completion):
    assert completion.text

@pytest.mark.skip(reason="not now")
@pytest.mark.behavior(prompts=["Hi!"], expect="not_worse", tolerance=0.1)
def test_skipped(completion):
    assert completion.text

def test_plain():
    pass
"""


@pytest.fixture
def told(behave):
    """A project with a listener; returns what it was told."""
    behave.suite()
    behave.pytester.makeconftest(LISTENER)

    def told(*arguments: str) -> list[dict]:
        file = behave.path / "told.json"
        file.unlink(missing_ok=True)
        behave.pytester.runpytest_inprocess("--collect-only", "-q", *arguments)
        return json.loads(file.read_text()) if file.exists() else []

    return told


def test_behaviors_settings_and_models_as_they_were_given(behave, base, unlearned, told):
    (found,) = told(
        f"--model-a={base}", f"--model-b={unlearned}", "--behavtest-alpha=0.1", "--behavtest-fdr=by",
        "--behavtest-seed=5", "--behavtest-max-pairs=7", "--behavtest-active",
    )  # fmt: skip
    assert found == {
        "behaviors": [f"manners.behav.yaml::{name}" for name in ("capitals", "polite", "brief")],
        "kinds": ["not_worse", "not_worse", "at_least"],
        "models": [str(base), str(unlearned)],
        "alpha": 0.1,
        "procedure": "by",
        "seed": 5,
        "most": 7,
        "active": True,
        "store": str(behave.store),
    }
    assert not behave.store.exists()


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["-k", "polite"], ["polite"]),
        (["-m", "style"], ["polite", "brief"]),
        (["manners.behav.yaml::brief"], ["brief"]),
        (["--deselect=manners.behav.yaml::brief"], ["capitals", "polite"]),
        (["-k", "nothing"], []),
    ],
)
def test_what_is_selected_alone_is_told(told, arguments, names):
    (found,) = told(*arguments)
    assert found["behaviors"] == [f"manners.behav.yaml::{name}" for name in names]


def test_marked_functions_are_told_unless_they_are_skipped(behave, told):
    behave.pytester.makepyfile(test_marked=PYTHON)
    (found,) = told("test_marked.py")
    assert found["behaviors"] == ["test_marked.py::test_kept"]
    assert found["models"] == [None, None]


def test_it_is_told_before_a_run_and_once(behave, unlearned, told):
    behave.fill()
    behave.run("-k", "brief", b=unlearned)
    assert (behave.path / "told.json").read_text().count('"behaviors"') == 1


def test_nobody_listens_nothing_is_gathered(behave, monkeypatch):
    def gather(session):
        raise AssertionError("nobody asked")

    behave.suite()
    monkeypatch.setattr("behavtest.pytest_plugin.runner.selection", gather)
    assert behave.pytester.runpytest_inprocess("--collect-only", "-q").ret == 0
