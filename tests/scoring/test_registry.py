"""Scorers reach suites through the pluggy hook, the built-in ones like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import SimpleNamespace

import pluggy
import pytest

from behavtest import hookspecs
from behavtest.core import Completion, Prompt
from behavtest.errors import SettingsError
from behavtest.scoring import (
    ScorerRegistry,
    ScorerSpecError,
    builtin,
    builtin_registry,
    checked_score,
)

_hookimpl = pluggy.HookimplMarker("pytest")


def _plugin(offered: object) -> object:
    @_hookimpl
    def pytest_behavtest_scorers() -> object:
        return offered

    return SimpleNamespace(pytest_behavtest_scorers=pytest_behavtest_scorers)


def _manager(**plugins: object) -> pluggy.PluginManager:
    manager = pluggy.PluginManager("pytest")
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, "behavtest-scorers")
    for name, plugin in plugins.items():
        manager.register(plugin, name)
    return manager


class _Shouts:
    name = "shouts"

    def __call__(self, completion: Completion, /) -> float:
        return completion.text.isupper()


def _shouts(arguments: object) -> _Shouts:
    if arguments is not None:
        raise ValueError("shouts takes no arguments")
    return _Shouts()


def test_plugins_add_scorers_that_combine_with_the_built_in_ones() -> None:
    registry = ScorerRegistry.from_plugins(_manager(loud=_plugin({"shouts": _shouts})))
    assert set(registry.names) == {*builtin_registry().names, "shouts"}
    scorer = registry.build({"all": ["shouts", {"contains": "HEY"}]})
    assert checked_score(scorer, Completion(Prompt(()), "HEY YOU")) == 1.0
    with pytest.raises(ScorerSpecError, match="shouts takes no arguments"):
        registry.build({"shouts": 3})


def test_without_plugins_only_the_combinators_are_there() -> None:
    assert ScorerRegistry({}).names == ("all", "any", "not", "weighted")


@pytest.mark.parametrize(
    ("offered", "message"),
    [
        ({"refusal": _shouts}, "two plugins offer a scorer named 'refusal'"),
        ({"not": _shouts}, "a scorer cannot be named 'not'"),
        (["refusal"], "plugin 'loud': pytest_behavtest_scorers returned a list"),
        (None, "plugin 'loud': pytest_behavtest_scorers returned nothing"),
    ],
)
def test_clashes_name_the_plugins(offered: object, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        ScorerRegistry.from_plugins(_manager(loud=_plugin(offered)))
    assert message in str(caught.value)
    if "two plugins" in message:
        assert "'loud'" in str(caught.value)
        assert "'behavtest-scorers'" in str(caught.value)


def test_the_hook_offers_what_the_registry_has() -> None:
    offered = builtin.pytest_behavtest_scorers()
    assert isinstance(offered, Mapping)
    assert {*offered, "all", "any", "not", "weighted"} == set(builtin_registry().names)


def _broken(arguments: object) -> object:
    raise KeyError("gone")


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (lambda arguments: 3, "made the number 3; a scorer is callable or has a method"),
        (lambda arguments: lambda completion: 1.0, "a scorer is callable or has a method"),
        (_broken, "cannot be made: KeyError: 'gone'"),
    ],
)
def test_a_plugin_that_makes_no_scorer_is_told_where_the_suite_asks(
    factory: object, message: str
) -> None:
    registry = ScorerRegistry({"odd": factory})
    with pytest.raises(ScorerSpecError, match=re.escape(message)):
        registry.build("odd")
