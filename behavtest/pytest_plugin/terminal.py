"""What a session shows besides its progress: the header, and the summary of verdicts."""

from __future__ import annotations

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

_COLORS = {"violated": "red", "error": "red", "inconclusive": "yellow", "holds": "green"}


def header_lines(config: pytest.Config, options: Options) -> list[str]:
    """Name the models."""
    lines = [f"behavtest: model A {options.model_a}"]
    if options.model_b is not None:
        lines.append(f"behavtest: model B {options.model_b}")
    return [*lines, *rootdir_hint(config, options)]


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
        for command in commands([result], inconclusive_fails=fails):
            _line(reporter, command)


def _line(reporter: pytest.TerminalReporter, text: str, **markup: bool) -> None:
    """Write a line with ordinary spaces, so that a log can be searched for them."""
    reporter.write_line(text.replace(fmt.NBSP, " "), **markup)
