"""What a session shows of a run under way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from behavtest.report.hostile import one_line

if TYPE_CHECKING:
    import pytest

    from behavtest.experiment import ProgressState
    from behavtest.pytest_plugin.state import State

_LINE_EVERY = 10.0
_REDRAW_EVERY = 0.1
_WIDTH = 79
_FEW = 10.0
_MINUTE = 60.0
_MINUTES = 60
_THOUSAND = 1000.0
_MOST_MODEL = 16


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
            width = self._reporter.config.get_terminal_writer().fullwidth - 1
            self._reporter.rewrite(progress_line(progress, width=width), erase=True)
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


def progress_line(progress: ProgressState, *, width: int = _WIDTH) -> str:
    """Say in one line where a run is and how long it will take.

    Args:
        progress: Where it is.
        width: Most columns of the line; what does not fit is left out, the least wanted first.
    """
    head = _head(progress)
    if progress.sampled:
        done = f"{progress.audited:,} of {progress.sampled:,}"
        return _fitting(
            width,
            f"{head}audit, {done} completions generated again, {progress.seconds:.0f} s",
            f"{head}audit, {done} completions generated again",
            f"{head}audit, {done} again",
        )
    if progress.forks:
        read = f"{progress.forks_read:,} of up to {progress.forks:,}"
        return _fitting(
            width,
            f"{head}what else was likely where answers part, {read}",
            f"{head}where answers part, {read}",
            f"{head}answers part, {read}",
        )
    parts = _parts(progress)
    line = f"{head}{progress.decided:,} decided"
    shown: set[str] = set()
    for name in _WANTED:
        longer = ", ".join([line, *(parts[part] for part in parts if part in {*shown, name})])
        if name in parts and len(longer) <= width:
            shown.add(name)
    return ", ".join([line, *(parts[part] for part in parts if part in shown)])


_WANTED = ("undecided", "errors", "left", "pairs", "rate", "seconds", "generated", "reused", "read")
"""What a line says, the most wanted first."""


def _parts(progress: ProgressState) -> dict[str, str]:
    """Return what there is to say, by name, in the order of the line."""
    parts = {"undecided": f"{progress.undecided:,} undecided"}
    if progress.errors:
        parts["errors"] = f"{progress.errors:,} in error"
    parts["pairs"] = f"{progress.pairs:,} pairs"
    if progress.tokens_per_second is not None:
        parts["rate"] = f"{_rate(progress.tokens_per_second)} tokens/s"
    parts["generated"] = f"{progress.generated:,} generated"
    parts["reused"] = f"{progress.reused:,} reused"
    if progress.texts_read:
        parts["read"] = f"{progress.texts_read:,} read"
    parts["seconds"] = f"{progress.seconds:.0f} s"
    if progress.seconds_left is not None:
        parts["left"] = f"about {_coarse(progress.seconds_left)} left"
    return parts


def _rate(per_second: float) -> str:
    """Format a rate to two digits; it says no more."""
    if per_second < 10:  # noqa: PLR2004 - tenths are the second digit
        return f"{per_second:.1f}"
    rounded = float(f"{per_second:.2g}")
    return f"{rounded:.0f}" if rounded < _THOUSAND else f"{rounded / _THOUSAND:.3g}k"


def _coarse(seconds: float) -> str:
    """Format a time that is a guess, as coarse as one: 8 s, 40 s, 12 min, 1.5 h."""
    if seconds < _FEW:
        return f"{max(round(seconds), 1)} s"
    if round(seconds, -1) < _MINUTE:
        return f"{round(seconds, -1):.0f} s"
    if round(seconds / _MINUTE) < _MINUTES:
        return f"{round(seconds / _MINUTE)} min"
    hours = seconds / _MINUTE / _MINUTES
    return f"{hours:.1f} h" if hours < _FEW else f"{hours:.0f} h"


def _head(progress: ProgressState) -> str:
    """Say whose line it is: behavtest's, or of several modified models the one compared."""
    if progress.of == 1:
        return "behavtest: "
    return f"{one_line(progress.model, _MOST_MODEL)} ({progress.number} of {progress.of}): "


def _fitting(width: int, *lines: str) -> str:
    """Return the first line that fits, or what fits of the last."""
    return next((line for line in lines if len(line) <= width), lines[-1][:width])
