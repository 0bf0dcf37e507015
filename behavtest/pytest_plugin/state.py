"""What the plugin knows during one pytest session, kept in ``config.stash``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.experiment import BehaviorResult, ProgressState, RunResult
    from behavtest.pytest_plugin.options import Options
    from behavtest.scoring import ScorerRegistry
    from behavtest.suite import Behavior, PerturbationRegistry, PromptSourceRegistry
    from behavtest.suite.shipped import NamedSuite


@dataclass(slots=True)
class State:
    """One session's state.

    Args:
        options: What the user asked for.
        scorers: Known scorers, built when the first behavior is collected.
        sources: Known prompt sources, likewise.
        perturbations: Known perturbations, likewise.
        suites: Suites asked for by name.
        shared: Folder through which xdist workers share one run, if there are workers.
        result: The run's result once there is one.
        failure: Why there is none, if the run failed.
        progress: Where the run stood when it was last heard of.
        interrupted: Whether the user stopped the run.
        tags: Tags of behaviors, known to pytest as markers.
        results: What was found, by node id.
        unwritten: Why the report or the JSON is not there, by its name.
    """

    options: Options
    scorers: ScorerRegistry | None = None
    sources: PromptSourceRegistry | None = None
    perturbations: PerturbationRegistry | None = None
    suites: tuple[NamedSuite, ...] = ()
    shared: Path | None = None
    result: RunResult | None = None
    failure: str | None = None
    progress: ProgressState | None = None
    interrupted: bool = False
    tags: set[str] = field(default_factory=set)
    results: dict[str, BehaviorResult] = field(default_factory=dict)
    unwritten: dict[str, str] = field(default_factory=dict)

    def keep(self, result: RunResult) -> None:
        """Take the run's result."""
        self.result = result
        self.results = {found.name: found for found in result.behaviors}


STATE = pytest.StashKey[State]()
BEHAVIOR: pytest.StashKey[Behavior] = pytest.StashKey()
