"""The files a session leaves."""

from __future__ import annotations

import pytest

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.state import STATE
from behavtest.pytest_plugin.workers import collect_shared


def write_outputs(session: pytest.Session) -> None:
    """Write the report and the JSON, if there was a run and they were asked for.

    A file that cannot be written makes the session fail, but does not keep the verdicts from
    being shown.
    """
    state = session.config.stash[STATE]
    collect_shared(state, interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)
    if state.result is None:
        return
    from behavtest.report import write_html, write_json

    for what, write, file in (
        ("report", write_html, state.options.report),
        ("json", write_json, state.options.json),
    ):
        if file is None:
            continue
        try:
            write(state.result, file)
        except BehavtestError as error:
            state.unwritten[what] = str(error)
    if state.unwritten and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
