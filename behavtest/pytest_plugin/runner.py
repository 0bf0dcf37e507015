"""The session's runs, one of each modified model: in this process, or in the first xdist worker."""

from __future__ import annotations

import traceback
from functools import partial
from typing import TYPE_CHECKING, Protocol

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.comparing import Comparing, open_backend, run_settings
from behavtest.pytest_plugin.modified import SUBJECT
from behavtest.pytest_plugin.shared import SharedRuns
from behavtest.pytest_plugin.state import BEHAVIOR, STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from behavtest.experiment import Progress, RunResult
    from behavtest.experiment.selection import Selection
    from behavtest.pytest_plugin.options import Options
    from behavtest.suite import Behavior


class Records(Protocol):
    """Where runs are recorded: this process's state alone, or with what workers share."""

    @property
    def survivable(self) -> tuple[type[Exception], ...]:
        """What may befall one model and leave the others their runs."""
        ...

    def known(self, place: int) -> bool:
        """Whether a model's run has ended."""
        ...

    def keep(self, place: int, result: RunResult) -> None:
        """Take a model's result."""
        ...

    def fail(self, place: int, reason: str) -> None:
        """Take note of why a model has none."""
        ...


def families(items: Iterable[pytest.Item], options: Options) -> dict[int, dict[str, Behavior]]:
    """Select each model's family: the behaviors among the items that it can answer for.

    One that is marked to be skipped is left out, since every member costs the others power.

    Returns:
        The place of a modified model -> its behaviors by their names; a model of which no item is
        selected is left out.
    """
    found: dict[int, dict[str, Behavior]] = {}
    if options.model_a is None:
        return found
    for item in items:
        if BEHAVIOR not in item.stash or _skipped(item):
            continue
        behavior, subject = item.stash[BEHAVIOR], item.stash[SUBJECT]
        if options.modified or behavior.expectation.absolute:
            found.setdefault(subject.place, {})[subject.name] = behavior
    return dict(sorted(found.items()))


def _skipped(item: pytest.Item) -> bool:
    """Whether a mark skips an item; a condition written as text is known to pytest alone."""
    conditions = (
        condition
        for mark in item.iter_markers("skipif")
        for condition in (*mark.args, mark.kwargs.get("condition"))
    )
    return item.get_closest_marker("skip") is not None or any(
        condition for condition in conditions if not isinstance(condition, str)
    )


def selection(session: pytest.Session) -> Selection:
    """Return what the session selects, for plugins that look at it without running it."""
    from behavtest.experiment.selection import Selection

    options = session.config.stash[STATE].options
    return Selection(
        behaviors={
            item.stash[SUBJECT].name: item.stash[BEHAVIOR]
            for item in session.items
            if BEHAVIOR in item.stash and not _skipped(item)
        },
        settings=run_settings(options),
        model_a=options.model_a,
        models_b=tuple(model.reference for model in options.modified),
        open_model=partial(open_backend, session.config),
    )


def run_session(session: pytest.Session, progress: Progress) -> None:
    """Run the selected behaviors of each modified model; keep the results in the session's state.

    Args:
        session: Collected and selected.
        progress: Told how far the runs are.

    Raises:
        pytest.UsageError: No run can be done, in a session without workers. With workers, or where
            another model's run is done, the reason is kept, and the model's items report it.
    """
    state = session.config.stash[STATE]
    wanted = families(session.items, state.options)
    if not wanted:
        return
    try:
        if state.shared is None:
            _run(session.config, wanted, progress, state)
        else:
            _run_or_read(session.config, wanted, progress, SharedRuns(state.shared, state))
    except KeyboardInterrupt:
        # During the last audit the verdicts are there.
        state.interrupted = any(place not in state.results for place in wanted)
        raise
    if state.shared is None and state.failures and not state.results:
        raise pytest.UsageError(next(iter(state.failures.values())))


def _run(
    config: pytest.Config,
    wanted: Mapping[int, Mapping[str, Behavior]],
    progress: Progress,
    records: Records,
) -> None:
    """Compare one model after the other; what one fails by keeps no other from its verdicts."""
    from behavtest.experiment import ProgressState

    modified = config.stash[STATE].options.modified
    try:
        comparing = Comparing(config, wanted)
    except records.survivable as error:
        for place in wanted:
            records.fail(place, _told(error))
        return
    for number, (place, family) in enumerate(wanted.items(), start=1):
        if records.known(place):
            continue
        label = modified[place].label if len(wanted) > 1 else ""

        def tell(state: ProgressState, label: str = label, number: int = number) -> None:
            progress(state._replace(model=label, number=number, of=len(wanted)))

        if len(wanted) > 1:
            tell(ProgressState(len(family), 0, 0, 0, 0, 0.0))
        try:
            comparing.compare(place, family, tell, records.keep)
        except records.survivable as error:
            records.fail(place, _told(error))


def _told(error: Exception) -> str:
    """Say what went wrong: a bug with the way to it."""
    if isinstance(error, BehavtestError):
        return str(error)
    return "".join(traceback.format_exception(error))


def _run_or_read(
    config: pytest.Config,
    wanted: Mapping[int, Mapping[str, Behavior]],
    progress: Progress,
    shared: SharedRuns,
) -> None:
    """Run what no other worker has, and read what others found."""
    with shared.lock():
        shared.read()
        if not all(map(shared.known, wanted)):
            _run(config, wanted, progress, shared)
