"""The examples of docs/authoring.md do what the page says."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import NamedTuple

import pluggy
import pytest
from suite_schema import faults

from behavtest import hookspecs
from behavtest.core import Completion, Prompt
from behavtest.errors import SuiteError
from behavtest.scoring import ScorerRegistry, builtin, builtin_registry, checked_score
from behavtest.scoring.templates.functions import FILTERS
from behavtest.suite import Source, behavior_from_mark, load_suite

_PAGE = (Path(__file__).parents[2] / "docs" / "authoring.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    language: str
    title: str
    text: str


_BLOCKS = [Block(*match.groups(default="")) for match in _FENCE.finditer(_PAGE)]


def _of(language: str) -> list[Block]:
    return [block for block in _BLOCKS if block.language == language]


def _suites() -> list[Block]:
    return [block for block in _of("yaml") if not block.title]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for block in _BLOCKS:
        if block.title and block.language != "python":
            Path(block.title).write_text(block.text, encoding="utf-8")


@pytest.mark.parametrize("block", _suites(), ids=lambda block: block.text.splitlines()[0][:40])
def test_suites_load(block: Block) -> None:
    text = block.text
    if text.startswith("- "):
        text = f"behaviors:\n{indent(text, '  ')}"
    Path("page.behav.yaml").write_text(text, encoding="utf-8")
    suite = load_suite(Path("page.behav.yaml"), scorers=builtin_registry())
    assert faults(Path("page.behav.yaml")) == []
    assert all(behavior.prompts[0].target.messages for behavior in suite.behaviors)


def test_marks_make_behaviors() -> None:
    sizes = []
    (block,) = [block for block in _of("python") if not block.title]
    for function in ast.parse(block.text).body:
        if isinstance(function, ast.FunctionDef):
            (mark,) = function.decorator_list
            assert isinstance(mark, ast.Call)
            behavior = behavior_from_mark(
                {str(k.arg): ast.literal_eval(k.value) for k in mark.keywords},
                id=function.name,
                suite="test_page",
                source=Source("test_page.py", function.lineno),
                folder=Path(),
                scorer=builtin_registry().build("refusal"),
            )
            sizes.append(len(behavior.prompts))
    assert sizes == [2, 9]


def test_the_scorer_of_the_page_works() -> None:
    (block,) = [block for block in _of("python") if block.title == "conftest.py"]
    conftest = ModuleType("conftest")
    exec(block.text, conftest.__dict__)
    manager = pluggy.PluginManager("pytest")
    manager.add_hookspecs(hookspecs)
    manager.register(builtin)
    manager.register(conftest)
    scorers = ScorerRegistry.from_plugins(manager)
    assert checked_score(scorers.build({"shouts": 0.8}), Completion(Prompt(()), "HEY!")) == 1
    with pytest.raises(ValueError, match="shouts needs a share of capitals"):
        scorers.build("shouts")


def test_the_messages_of_the_page_are_the_real_ones() -> None:
    (block,) = _of("text")
    Path("refusal.behav.yaml").write_text(
        "suite: refusal\n\n\n\nbehaviors:\n  - {id: a, prompts: [Hi],\n     score: refusl,\n     expect: increases}\n"
    )
    with pytest.raises(SuiteError) as caught:
        load_suite(Path("refusal.behav.yaml"), scorers=builtin_registry())
    assert str(caught.value) == block.text.rstrip("\n")


def test_every_scorer_and_filter_is_on_the_page() -> None:
    for name in [*builtin_registry().names, *(FILTERS.keys() - {"d"})]:
        assert f"`{name}`" in _PAGE, name
