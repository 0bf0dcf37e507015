"""What a session shows of a run under way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from behavtest.experiment import ProgressState
    from behavtest.pytest_plugin.state import State

_LINE_EVERY = 10.0
_REDRAW_EVERY = 0.1
_WIDTH = 79


class TerminalProgress:
    """Shows how far a run is: one line redrawn on a terminal, a line now and then in a log.

    Args:
        reporter: pytest's, None if it is switched off.
        state: Told the last progress, for the message after Ctrl-C.
    """

    def __init__(self, reporter: pytest.TerminalReporter | None, state: State) -> None:
        self._reporter = reporter
        self._state = state
        self._shown = time.monotonic()
        self._lines = 0

    def __call__(self, progress: ProgressState) -> None:
        """Take note of where the run is."""
        self._state.progress = progress
        if self._reporter is None:
            return
        now = time.monotonic()
        if now - self._shown < (_REDRAW_EVERY if self._reporter.isatty else _LINE_EVERY):
            return
        self._shown = now
        if self._reporter.isatty:
            self._reporter.rewrite(progress_line(progress), erase=True)
        else:
            self._lines += 1
            self._reporter.write_line(progress_line(progress))

    def close(self) -> None:
        """Remove the redrawn line; in a log that shows lines, show the last state."""
        if self._reporter is None or self._state.progress is None:
            return
        if self._reporter.isatty:
            self._reporter.rewrite("", erase=True)
            self._reporter.rewrite("")  # or what comes next begins at the right margin
        elif self._lines:
            self._reporter.write_line(progress_line(self._state.progress))


def progress_line(progress: ProgressState) -> str:
    """Say in one line of less than 80 columns where a run is; what does not fit is left out."""
    if progress.sampled:
        return (
            f"behavtest: audit, {progress.audited:,} of {progress.sampled:,} completions "
            f"generated again, {progress.seconds:.0f} s"
        )
    parts = [
        f"behavtest: {progress.decided} of {progress.behaviors} decided",
        f"{progress.pairs:,} pairs",
        f"{progress.seconds:.0f} s",
    ]
    counts = [f"{progress.generated:,} generated", f"{progress.reused:,} reused"]
    if progress.texts_read:
        counts.append(f"{progress.texts_read:,} read")
    for count in counts:
        longer = ", ".join([*parts[:-1], count, parts[-1]])
        if len(longer) > _WIDTH:
            break
        parts.insert(-1, count)
    return ", ".join(parts)
