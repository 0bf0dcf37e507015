"""The files a session leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.workers import collect_shared

if TYPE_CHECKING:
    from behavtest.pytest_plugin.state import State


def write_outputs(session: pytest.Session) -> None:
    """Write the report and the JSON, if there was a run and they were asked for.

    Raises:
        pytest.UsageError: A file cannot be written.
    """
    state = session.config.stash[STATE]
    collect_shared(state, interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)
    try:
        _write(state)
    except BehavtestError as error:
        raise pytest.UsageError(str(error)) from error


def _write(state: State) -> None:
    from behavtest.report import write_html, write_json

    if state.result is None:
        return
    if state.options.report is not None:
        write_html(state.result, state.options.report)
    if state.options.json is not None:
        write_json(state.result, state.options.json)
