"""The run, between collection and the first item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.pytest_plugin.live import TerminalProgress
from behavtest.pytest_plugin.runner import run_session
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.workers import SharedProgress

if TYPE_CHECKING:
    import pytest


def run_before_items(session: pytest.Session) -> None:
    """Run the session's behaviors and show the progress, unless pytest is to run no item.

    Raises:
        pytest.UsageError: The run cannot be done.
        KeyboardInterrupt: The user stopped it.
    """
    config = session.config
    worker = hasattr(config, "workerinput")
    # pytest stops at a collection error; xdist's workers go on with what they could collect.
    stopped = session.testsfailed and not (worker or config.option.continue_on_collection_errors)
    if stopped or config.option.collectonly:
        return
    progress = _progress(config)
    try:
        run_session(session, progress)
    finally:
        progress.close()


def _progress(config: pytest.Config) -> TerminalProgress | SharedProgress:
    state = config.stash[STATE]
    if state.shared is not None:
        return SharedProgress(state.shared)
    return TerminalProgress(config.pluginmanager.get_plugin("terminalreporter"), state)
