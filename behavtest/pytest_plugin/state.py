"""What the plugin knows during one pytest session, kept in ``config.stash``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from behavtest.errors import BehavtestError

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.experiment import BehaviorResult, ProgressState, RunResult
    from behavtest.pytest_plugin.modified import Subject
    from behavtest.pytest_plugin.options import Options
    from behavtest.scoring.offered import Registry
    from behavtest.suite import Behavior
    from behavtest.suite.shipped import NamedSuite


@dataclass(slots=True)
class State:
    """One session's state.

    Args:
        options: What the user asked for.
        registries: Known scorers, prompt sources and perturbations, by the kind of registry, built
            when the first behavior is collected.
        suites: Suites asked for by name.
        shared: Folder through which xdist workers share one run, if there are workers.
        results: What was found of each modified model, by its place among those given.
        failures: Why there is nothing, likewise, of one whose run failed.
        progress: Where the run stood when it was last heard of.
        interrupted: Whether the user stopped before every model had verdicts.
        tags: Tags of behaviors, known to pytest as markers.
        unwritten: Why the report or the JSON is not there, by its name.
    """

    options: Options
    registries: dict[type, Registry[Any]] = field(default_factory=dict)
    suites: tuple[NamedSuite, ...] = ()
    shared: Path | None = None
    results: dict[int, RunResult] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    progress: ProgressState | None = None
    interrupted: bool = False
    tags: set[str] = field(default_factory=set)
    unwritten: dict[str, str] = field(default_factory=dict)
    _index: dict[int, tuple[RunResult, dict[str, BehaviorResult]]] = field(default_factory=dict)

    @property
    def runs(self) -> tuple[RunResult, ...]:
        """The runs that ended, in the order their modified models were given."""
        return tuple(self.results[place] for place in sorted(self.results))

    @property
    def survivable(self) -> tuple[type[Exception], ...]:
        """What may befall one model and leave the others their runs; a bug ends the session."""
        return (BehavtestError,)

    def known(self, place: int) -> bool:
        """Whether a model's run has ended, well or not."""
        return place in self.results or place in self.failures

    def keep(self, place: int, result: RunResult) -> None:
        """Take a model's result."""
        self.results[place] = result

    def fail(self, place: int, reason: str) -> None:
        """Take note of why a model has none."""
        self.failures[place] = reason

    def found(self, subject: Subject) -> BehaviorResult | None:
        """Return what was found of an item's behavior; None if nothing was."""
        run = self.results.get(subject.place)
        if run is None:
            return None
        if self._index.get(subject.place, (None, {}))[0] is not run:
            self._index[subject.place] = run, {found.name: found for found in run.behaviors}
        return self._index[subject.place][1].get(subject.name)


STATE = pytest.StashKey[State]()
BEHAVIOR: pytest.StashKey[Behavior] = pytest.StashKey()
