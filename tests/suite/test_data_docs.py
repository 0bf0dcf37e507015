"""The examples of docs/data.md do what the page says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from textwrap import indent
from types import ModuleType

import pluggy
import pytest

from behavtest import hookspecs
from behavtest.errors import SuiteError
from behavtest.scoring import builtin_registry
from behavtest.suite import PromptSourceRegistry, Source, load_suite
from behavtest.suite.sources import builtin, builtin_sources

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: title=\S+)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SUITES = [text for language, text in BLOCKS if language == "yaml"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(Path(__file__).parent / "data", tmp_path, dirs_exist_ok=True)
    records = [{"question": "?", "answer": "a", "topic": "rivers"}] * 3
    Path("trivia").mkdir()
    Path("trivia/test-0.jsonl").write_text("\n".join(map(json.dumps, records)))


@pytest.mark.parametrize("text", SUITES, ids=lambda text: text.split()[2])
def test_suites_load(text: str) -> None:
    Path("page.behav.yaml").write_text(f"behaviors:\n{indent(text, '  ')}", encoding="utf-8")
    suite = load_suite(Path("page.behav.yaml"), scorers=builtin_registry())
    assert all(behavior.prompts[0].target.messages for behavior in suite.behaviors)


def test_the_message_of_the_page_is_the_real_one() -> None:
    (text,) = [text for language, text in BLOCKS if language == "text"]
    record = json.loads(Path("bbq.jsonl").read_text().splitlines()[0])
    Path("bbq.jsonl").write_text(json.dumps({**record, "label": 3}))
    with pytest.raises(SuiteError) as caught:
        builtin_sources().rows({"bbq": "bbq.jsonl"}, folder=Path(), place=Source("s", 1))
    assert str(caught.value) == text.rstrip("\n")


def test_the_source_of_the_page_works() -> None:
    (text,) = [text for language, text in BLOCKS if language == "python"]
    conftest = ModuleType("conftest")
    exec(text, conftest.__dict__)
    manager = pluggy.PluginManager("pytest")
    manager.add_hookspecs(hookspecs)
    manager.register(builtin)
    manager.register(conftest)
    sources = PromptSourceRegistry.from_plugins(manager)
    rows = sources.rows({"times_table": 7}, folder=Path(), place=Source("s", 1))
    assert rows[2].fields == {"prompt": "What is 3 x 7?", "answer": 21}
    with pytest.raises(ValueError, match="times_table needs a number"):
        sources.rows({"times_table": "7"}, folder=Path(), place=Source("s", 1))


def test_every_source_and_its_arguments_are_on_the_page() -> None:
    for name in builtin_sources().names:
        assert f"[`{name}`]" in PAGE, name
        with pytest.raises(ValueError, match="arguments: ") as caught:
            builtin_sources().rows({name: {"": 1}}, folder=Path(), place=Source("s", 1))
        listed = str(caught.value).partition("arguments: ")[2].rstrip(")").split(", ")
        assert all(f"`{argument}" in PAGE for argument in listed), (name, listed)
