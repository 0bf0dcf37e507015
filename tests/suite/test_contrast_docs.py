"""The examples of docs/contrasts.md do what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import indent
from types import ModuleType

import pluggy
import pytest

from behavtest import hookspecs
from behavtest.scoring import builtin_registry
from behavtest.suite import load_suite
from behavtest.suite.matching import Measures
from behavtest.suite.perturbations import PerturbationRegistry, builtin, builtin_perturbations

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "contrasts.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCKS = [match.groups(default="") for match in _FENCE.finditer(_PAGE)]
_CAPITALS = '{"prompt": "What is the capital of Peru?", "answer": "Lima"}\n'


@pytest.mark.parametrize(
    "text", [text for language, _, text in _BLOCKS if language == "yaml"], ids=lambda t: t[:30]
)
def test_suites_load(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("capitals.jsonl").write_text(_CAPITALS)
    Path("page.behav.yaml").write_text(f"behaviors:\n{indent(text, '  ')}")
    suite = load_suite(Path("page.behav.yaml"), scorers=builtin_registry())
    for behavior in suite.behaviors:
        case = behavior.prompts[0]
        assert case.baseline is not None
        assert case.target.messages != case.baseline.messages


def test_the_perturbation_of_the_page_works() -> None:
    (code,) = [text for language, _, text in _BLOCKS if language == "python"]
    conftest = ModuleType("conftest")
    exec(code, conftest.__dict__)
    manager = pluggy.PluginManager("pytest")
    manager.add_hookspecs(hookspecs)
    manager.register(builtin)
    conftest.pytest_behavtest_perturbations = pluggy.HookimplMarker("pytest")(
        conftest.pytest_behavtest_perturbations
    )
    manager.register(conftest)
    registry = PerturbationRegistry.from_plugins(manager)
    (emphasis,) = registry.build({"emphasis": "_"})
    assert emphasis.name == "emphasis(_)"
    with pytest.raises(ValueError, match="emphasis takes a mark"):
        registry.build({"emphasis": 3})


def test_the_output_on_the_page_is_the_real_one() -> None:
    (block,) = [text for language, _, text in _BLOCKS if language == "console"]
    command, _, output = block.partition("\n")
    words = shlex.split(command.removeprefix("$ behavtest "))
    done = subprocess.run(
        [sys.executable, "-m", "behavtest", *words],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == output


def test_every_measure_is_on_the_page() -> None:
    for name in Measures().names:
        assert f"`{name}`" in _PAGE, name


def test_every_perturbation_is_on_the_page() -> None:
    for name in builtin_perturbations().names:
        assert f"| `{name}` |" in _PAGE, name
