"""What pytest-xdist's controller and workers tell each other."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.pytest_plugin.shared import SharedRuns, put
from behavtest.pytest_plugin.state import STATE

if TYPE_CHECKING:
    import pytest

    from behavtest.experiment import ProgressState
    from behavtest.pytest_plugin.state import State

_KEY = "behavtest_shared"
_PROGRESS = "progress.json"
_TELL_EVERY = 0.2


def shared_folder(config: pytest.Config) -> Path | None:
    """Return the folder the controller named to this worker; None outside a worker."""
    told: dict[str, object] = getattr(config, "workerinput", {})
    folder = told.get(_KEY)
    return None if folder is None else Path(str(folder))


def tell_worker(workerinput: dict[str, object], config: pytest.Config) -> None:
    """Name the shared folder to a worker that starts, making it for the first."""
    state = config.stash[STATE]
    if state.shared is None:
        folder = tempfile.TemporaryDirectory(prefix="behavtest-", ignore_cleanup_errors=True)
        config.add_cleanup(folder.cleanup)
        state.shared = Path(folder.name)
    workerinput[_KEY] = str(state.shared)


def collect_shared(state: State, *, interrupted: bool) -> None:
    """Take, in the controller, what the worker that ran the behaviors left.

    Args:
        state: The controller's.
        interrupted: Whether the user stopped the session.
    """
    if state.shared is None:
        return
    SharedRuns(state.shared, state).read()
    state.progress = progress = read_progress(state.shared)
    ended = len(state.results.keys() | state.failures.keys())
    state.interrupted = interrupted and progress is not None and ended < progress.of


class SharedProgress:
    """Tells the controller how far a worker's run is.

    Args:
        shared: The folder both know.
    """

    def __init__(self, shared: Path) -> None:
        self._file = shared / _PROGRESS
        self._told = -_TELL_EVERY

    def __call__(self, progress: ProgressState) -> None:
        """Take note of where the run is."""
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY:
            self._told = now
            put(self._file, progress)

    def close(self) -> None:
        """Leave the last word for the controller to read."""


def read_progress(shared: Path) -> ProgressState | None:
    """Read, in the controller, how far a worker's run is; None if none has begun."""
    import msgspec

    from behavtest.experiment import ProgressState

    try:
        return msgspec.json.decode((shared / _PROGRESS).read_bytes(), type=ProgressState)
    except FileNotFoundError:
        return None
