"""Progress of a run that an xdist worker does, shown by the controller."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from behavtest.pytest_plugin.live import TerminalProgress
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.workers import read_progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOOK_EVERY = 0.2


@contextmanager
def watching(config: pytest.Config, shared: Path) -> Iterator[None]:
    """Show how far the workers' run is until the first item reports or the block is left.

    Args:
        config: The controller's.
        shared: The folder through which workers tell.
    """
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    watch = _Watch(TerminalProgress(reporter, config.stash[STATE]), shared)
    config.pluginmanager.register(watch)
    try:
        yield
    finally:
        watch.stop()


class _Watch:
    """A thread that looks for progress: xdist's loop tells plugins nothing while it waits."""

    def __init__(self, progress: TerminalProgress, shared: Path) -> None:
        self._progress = progress
        self._shared = shared
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, name="behavtest-progress", daemon=True)
        self._thread.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Make way for the items."""
        self.stop()

    def stop(self) -> None:
        """Take the progress off the terminal."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._thread.join()
            self._progress.close()

    def _look(self) -> None:
        while not self._stopped.wait(_LOOK_EVERY):
            state = read_progress(self._shared)
            if state is not None:
                self._progress(state)
