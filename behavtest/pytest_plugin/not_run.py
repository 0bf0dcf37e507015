"""What was not checked: a green session must not be mistaken for a gate that held."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from behavtest.pytest_plugin.state import State

NOT_RUN = ("behavtest_verdict", "not_run")


def not_run_lines(reporter: pytest.TerminalReporter, state: State) -> list[str]:
    """Say which behaviors had no verdict for want of a model, and that a run tested nothing.

    Args:
        reporter: pytest's, with the session's reports.
        state: The session's.

    Returns:
        Lines to show; none if everything selected was run, or nothing of behavtest was used.
    """
    skipped: list[pytest.TestReport] = reporter.stats.get("skipped", [])
    idle = sum(NOT_RUN in getattr(report, "user_properties", []) for report in skipped)
    options = state.options
    if idle:
        behaviors = "1 behavior was" if idle == 1 else f"{idle:,} behaviors were"
        missing = "--model-a and --model-b" if options.model_a is None else "--model-b"
        return [f"behavtest: {behaviors} not run: give {missing}"]
    nothing = not (state.results or state.failures or state.interrupted)
    if options.model_a and nothing and not reporter.config.option.collectonly:
        return ["behavtest: no behavior was selected, so nothing was compared"]
    return []
