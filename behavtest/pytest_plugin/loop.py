"""The run, between collection and the first item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.pytest_plugin.runner import run_session
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.terminal import TerminalProgress

if TYPE_CHECKING:
    import pytest


def run_before_items(session: pytest.Session) -> None:
    """Run the session's behaviors and show the progress.

    Raises:
        pytest.UsageError: The run cannot be done.
        KeyboardInterrupt: The user stopped it.
    """
    config = session.config
    reporter: pytest.TerminalReporter | None = None
    if not hasattr(config, "workerinput"):
        reporter = config.pluginmanager.get_plugin("terminalreporter")
    progress = TerminalProgress(reporter, config.stash[STATE])
    try:
        run_session(session, progress)
    finally:
        progress.close()
