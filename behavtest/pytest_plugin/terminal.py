"""What a session shows: the header, progress, and the summary of verdicts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from behavtest.pytest_plugin.rootdir import rootdir_hint
from behavtest.report import format as fmt
from behavtest.report.annotations import commands
from behavtest.report.headline import headline
from behavtest.report.lines import result_lines

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from behavtest.experiment import ProgressState, RunResult
    from behavtest.pytest_plugin.options import Options
    from behavtest.pytest_plugin.state import State

_LINE_EVERY = 10.0
_REDRAW_EVERY = 0.1
_WIDTH = 79
_COLORS = {"violated": "red", "error": "red", "inconclusive": "yellow", "holds": "green"}


def header_lines(config: pytest.Config, options: Options) -> list[str]:
    """Name the models."""
    lines = [f"behavtest: model A {options.model_a}"]
    if options.model_b is not None:
        lines.append(f"behavtest: model B {options.model_b}")
    return [*lines, *rootdir_hint(config, options)]


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


def summarize(reporter: pytest.TerminalReporter, state: State) -> None:
    """Write the summary section, if there was a run."""
    if state.interrupted:
        _write_interrupted(reporter, state)
    elif state.result is not None:
        _write_result(reporter, state.result, state)


def _write_interrupted(reporter: pytest.TerminalReporter, state: State) -> None:
    reporter.write_sep("=", "behavtest", yellow=True)
    pairs = state.progress.pairs if state.progress is not None else 0
    _line(reporter, f"Stopped before a verdict, after {fmt.plural(pairs, 'pair')}.")
    kept = "" if state.progress is None else kept_words(state.progress)
    if kept:
        _line(reporter, f"{kept} kept in {_shown(reporter, state.options.store)}:")
        _line(reporter, "run the same command again to go on from here.")


def kept_words(progress: ProgressState) -> str:
    """Say what a run that was stopped has put into the store; empty if nothing."""
    counts = ((progress.generated, "new completion"), (progress.texts_read, "likelihood"))
    kept = " and ".join(fmt.plural(count, noun) for count, noun in counts if count)
    alone = sum(count for count, _ in counts) == 1
    return f"{kept} {'is' if alone else 'are'}" if kept else ""


def _shown(reporter: pytest.TerminalReporter, file: Path) -> str:
    """Return a path relative to where the user is, if it lies below."""
    here = reporter.config.invocation_params.dir
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def _write_result(reporter: pytest.TerminalReporter, result: RunResult, state: State) -> None:
    reporter.write_sep("=", "behavtest", **{_COLORS[headline(result).verdict]: True})
    for line in result_lines(result):
        markup = {} if line.verdict is None else {_COLORS[line.verdict]: True, "bold": line.bold}
        reporter.write(line.text[: line.colored], **markup)
        reporter.write_line(line.text[line.colored :])
    for what, file in state.options.outputs.items():
        if what in state.unwritten:
            _line(reporter, f"{what}: {state.unwritten[what]}", red=True)
        else:
            _line(reporter, f"{what}: {_shown(reporter, file)}")
    if state.options.annotations:
        fails = state.options.inconclusive == "fail"
        for command in commands(result, inconclusive_fails=fails):
            _line(reporter, command)


def _line(reporter: pytest.TerminalReporter, text: str, **markup: bool) -> None:
    """Write a line with ordinary spaces, so that a log can be searched for them."""
    reporter.write_line(text.replace(fmt.NBSP, " "), **markup)
