"""The files a session leaves."""

from __future__ import annotations

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.workers import collect_shared


def write_outputs(session: pytest.Session) -> None:
    """Write the forms of the result that were asked for, if there was a run.

    A file that cannot be written makes the session fail, but does not keep the verdicts from
    being shown.
    """
    state = session.config.stash[STATE]
    collect_shared(state, interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)
    if state.result is None:
        return
    from behavtest.report.forms import WRITERS

    for form, file in state.options.outputs.items():
        try:
            WRITERS[form]([state.result], file)
        except BehavtestError as error:
            state.unwritten[form] = str(error)
    if state.unwritten and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
