"""The files a session leaves."""

from __future__ import annotations

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.workers import collect_shared

_INCOMPLETE = "not written, as not every model was compared; `behavtest show RUN --"


def write_outputs(session: pytest.Session) -> None:
    """Write the forms of the result that were asked for, if there was a run.

    A file that cannot be written makes the session fail, but does not keep the verdicts from
    being shown.
    """
    state = session.config.stash[STATE]
    collect_shared(state, interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)
    if not state.results:
        return
    from behavtest.report.forms import WRITERS

    for form, file in state.options.outputs.items():
        if state.failures or state.interrupted:
            # With a model missing, a gate would pass what it never saw.
            state.unwritten[form] = f"{_INCOMPLETE}{form} FILE` writes one of a run that was done"
            continue
        try:
            WRITERS[form](state.runs, file)
        except BehavtestError as error:
            state.unwritten[form] = str(error)
    if state.unwritten and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
