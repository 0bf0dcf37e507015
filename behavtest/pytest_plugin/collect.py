"""From suite files and marked test functions to pytest items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.exceptions import BehaviorErrored, BehaviorFailed
from behavtest.pytest_plugin.mark import COMPLETION
from behavtest.pytest_plugin.modified import SUBJECT, Subject, unlabelled, variants
from behavtest.pytest_plugin.state import BEHAVIOR, STATE
from behavtest.pytest_plugin.tag_markers import register_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest._code.code import TerminalRepr, TracebackStyle

    from behavtest.scoring.offered import Registry
    from behavtest.suite import Behavior


_R = TypeVar("_R", bound="Registry[Any]")


class SuiteFile(pytest.File):
    """A ``*.behav.yaml`` file."""

    def collect(self) -> Iterator[BehaviorItem]:
        """Yield one item per behavior, and per model where there are several modified ones.

        Raises:
            CollectError: The suite cannot be read as written; its cause is the error itself.
        """
        yield from _items(self)


class NamedSuiteFile(pytest.Collector):
    """A file of a suite that was asked for by name.

    No `pytest.File`: ``--lf`` passes over files of which it knows no failure, and looks for them
    under the root folder, where these need not lie.
    """

    def collect(self) -> Iterator[BehaviorItem]:
        """Yield one item per behavior, and per model where there are several modified ones.

        Raises:
            CollectError: The suite cannot be read as written.
        """
        yield from _items(self)


def _items(collector: pytest.Collector) -> Iterator[BehaviorItem]:
    from behavtest.scoring import ScorerRegistry
    from behavtest.suite import PerturbationRegistry, PromptSourceRegistry, load_suite

    try:
        suite = load_suite(
            Path(_shown(collector.config, collector.path)),
            scorers=_registry(collector.config, ScorerRegistry),
            sources=_registry(collector.config, PromptSourceRegistry),
            perturbations=_registry(collector.config, PerturbationRegistry),
        )
    except BehavtestError as error:
        raise collector.CollectError(str(error)) from error
    modified = collector.config.stash[STATE].options.modified
    for behavior in suite.behaviors:
        subject = f"{collector.nodeid}::{behavior.id}"
        for name, place in variants(modified, behavior.id):
            yield BehaviorItem.from_parent(
                collector,
                name=name,
                nodeid=f"{collector.nodeid}::{name}",  # parsed: what is in brackets is set apart
                behavior=behavior,
                subject=Subject(subject, place),
            )


class BehaviorItem(pytest.Item):
    """One behavior of a suite file; its outcome is read from the run's result."""

    def __init__(self, *, behavior: Behavior, subject: Subject, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own cooperative constructor
        self.behavior = behavior
        _attach(self, behavior, subject)

    def runtest(self) -> None:
        """Do nothing: the run has decided before, and `outcome` reports it."""

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: TracebackStyle | None = None
    ) -> str | TerminalRepr:
        """Show our own failures as their text; a traceback of them would only cost time."""
        if isinstance(excinfo.value, (BehaviorFailed, BehaviorErrored)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Point at the behavior's line in its file."""
        return self.path, self.behavior.source.line - 1, self.name


def behavior_of_function(
    item: pytest.Function, mark: pytest.Mark, collector: pytest.Collector
) -> None:
    """Attach the behavior that a marked test function states to its item.

    Raises:
        CollectError: The mark cannot be read as written.
    """
    from behavtest.pytest_plugin.function import Naming, function_behavior
    from behavtest.suite import PerturbationRegistry, PromptSourceRegistry

    modified = item.config.stash[STATE].options.modified
    place, label = 0, ""
    if len(modified) > 1:
        place = cast("int", item.callspec.params[COMPLETION])
        label = modified[place].label
    try:
        behavior = function_behavior(
            item,
            mark,
            naming=Naming(unlabelled(item.reportinfo()[2], label), unlabelled(item.name, label)),
            file=_shown(item.config, item.path),
            sources=_registry(item.config, PromptSourceRegistry),
            perturbations=_registry(item.config, PerturbationRegistry),
        )
    except BehavtestError as error:
        raise collector.CollectError(str(error)) from error
    _attach(item, behavior, Subject(unlabelled(item.nodeid, label), place))


def _attach(item: pytest.Item, behavior: Behavior, subject: Subject) -> None:
    """Make an item a behavior's, its tags selectable with ``-m`` even under strict markers."""
    item.stash[BEHAVIOR] = behavior
    item.stash[SUBJECT] = subject
    register_tags(item.config, behavior.tags)
    for tag in behavior.tags:
        item.add_marker(tag)


def _registry(config: pytest.Config, kind: type[_R]) -> _R:
    """Return what the plugins offer of a kind, asked of them once a session.

    Raises:
        SettingsError: Two plugins register one name.
    """
    known = config.stash[STATE].registries
    if kind not in known:
        known[kind] = kind.from_plugins(config.pluginmanager)
    return cast("_R", known[kind])


def _shown(config: pytest.Config, path: Path) -> str:
    """Return a path as pytest shows it: relative to where the user is, if it lies below."""
    directory = config.invocation_params.dir
    return str(path.relative_to(directory)) if path.is_relative_to(directory) else str(path)
