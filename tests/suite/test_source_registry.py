"""Prompt sources reach suites through the pluggy hook, as scorers do."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pluggy
import pytest

from behavtest import hookspecs
from behavtest.core import Row, Source
from behavtest.errors import SettingsError, SuiteError
from behavtest.scoring.offered import SpecError
from behavtest.suite import PromptSourceRegistry
from behavtest.suite.sources import builtin, builtin_sources

_hookimpl = pluggy.HookimplMarker("pytest")
_PLACE = Source("s.behav.yaml", 4, "behaviors[0].prompts")


def _plugin(offered: object) -> object:
    @_hookimpl
    def pytest_behavtest_prompt_sources() -> object:
        return offered

    return SimpleNamespace(pytest_behavtest_prompt_sources=pytest_behavtest_prompt_sources)


def _manager(**plugins: object) -> pluggy.PluginManager:
    manager = pluggy.PluginManager("pytest")
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, "behavtest-sources")
    for name, plugin in plugins.items():
        manager.register(plugin, name)
    return manager


def _rows(factory: object, spec: object = None) -> tuple[Row, ...]:
    registry = PromptSourceRegistry({"odd": factory})
    return registry.rows(spec or {"odd": 1}, folder=Path(), place=_PLACE)


def test_plugins_add_sources_that_get_arguments_and_the_folder() -> None:
    def letters(arguments: object, folder: Path) -> list[dict[str, object]]:
        return [{"prompt": f"{folder.name}: {letter}"} for letter in str(arguments)]

    registry = PromptSourceRegistry.from_plugins(_manager(abc=_plugin({"letters": letters})))
    assert set(registry.names) == {*builtin_sources().names, "letters"}
    rows = registry.rows({"letters": "ab"}, folder=Path("suites"), place=_PLACE)
    assert [row.fields["prompt"] for row in rows] == ["suites: a", "suites: b"]
    assert rows[0].place == _PLACE


@pytest.mark.parametrize(
    ("offered", "message"),
    [
        ({"bbq": lambda arguments, folder: []}, "two plugins offer a prompt source named 'bbq': "),
        (["bbq"], "plugin 'abc': pytest_behavtest_prompt_sources returned a list, expected a mapping of prompt source factories by name"),
        (None, "plugin 'abc': pytest_behavtest_prompt_sources returned nothing"),
    ],
)  # fmt: skip
def test_clashes_name_the_plugins(offered: object, message: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        PromptSourceRegistry.from_plugins(_manager(abc=_plugin(offered)))
    assert "'abc'" in str(caught.value)


def _broken(arguments: object, folder: Path) -> object:
    yield {"prompt": "a"}
    raise KeyError("gone")


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (lambda arguments, folder: 3, "the plugin's factory of 'odd' returned the number 3, expected rows"),
        (lambda arguments, folder: "ab", "returned the text 'ab', expected rows"),
        (lambda arguments, folder: {"prompt": "a"}, "returned a mapping, expected rows"),
        (lambda arguments, folder: ["a"], "returned the text 'a' among its rows, expected a mapping"),
        (lambda arguments, folder: [], "the prompt source 'odd' gave no rows"),
        (_broken, "the prompt source 'odd' cannot be made: KeyError: 'gone'"),
    ],
)  # fmt: skip
def test_what_is_no_source_is_told_where_the_suite_asks(factory: object, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)) as caught:
        _rows(factory)
    assert caught.value.path == ("odd",)


def test_an_error_that_says_its_file_stays_as_it_is() -> None:
    def broken(arguments: object, folder: Path) -> object:
        raise Source("data.jsonl", 7, "label").error("found 3")

    with pytest.raises(SuiteError, match=re.escape("data.jsonl:7: label: found 3")):
        _rows(broken)


def test_the_hook_offers_what_the_registry_has() -> None:
    assert set(builtin.pytest_behavtest_prompt_sources()) == set(builtin_sources().names)


def test_a_row_of_what_cannot_be_stored_is_told() -> None:
    with pytest.raises(SuiteError, match="found a set, expected text, a number, a list or"):
        _rows(lambda arguments, folder: [{"prompt": "a", "tags": {"x"}}])
