"""What a session shows besides its progress: the header, and the summary of verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.pytest_plugin.rootdir import rootdir_hint
from behavtest.report import format as fmt
from behavtest.report.annotations import commands
from behavtest.report.headline import headline
from behavtest.report.hostile import one_line
from behavtest.report.lines import result_lines
from behavtest.report.several_lines import several_lines
from behavtest.report.words import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from behavtest.experiment import ProgressState
    from behavtest.pytest_plugin.options import Options
    from behavtest.pytest_plugin.state import State
    from behavtest.report.lines import Line

_COLORS = {"violated": "red", "error": "red", "inconclusive": "yellow", "holds": "green"}


def header_lines(config: pytest.Config, options: Options) -> list[str]:
    """Name the models."""
    lines = [f"behavtest: model A {options.model_a}"]
    for model in options.modified:
        label = "" if len(options.modified) == 1 else f"[{model.label}] "
        lines.append(f"behavtest: model B {label}{model.reference}")
    return [*lines, *rootdir_hint(config, options)]


def summarize(reporter: pytest.TerminalReporter, state: State) -> None:
    """Write the summary section, if there was a run."""
    if state.results:
        _write_results(reporter, state)
    elif state.interrupted:
        reporter.write_sep("=", "behavtest", yellow=True)
    if state.interrupted:
        _write_interrupted(reporter, state)


def _write_interrupted(reporter: pytest.TerminalReporter, state: State) -> None:
    progress = state.progress
    pairs = fmt.plural(0 if progress is None else progress.pairs, "pair")
    which = "" if progress is None or progress.of == 1 else f" on {one_line(progress.model)}"
    _line(reporter, f"Stopped before a verdict{which}, after {pairs}.")
    kept = "" if progress is None else kept_words(progress)
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


def _write_results(reporter: pytest.TerminalReporter, state: State) -> None:
    verdicts = {headline(run).verdict for run in state.runs}
    gravest = next(verdict for verdict in VERDICTS if verdict in verdicts)
    reporter.write_sep("=", "behavtest", **{_COLORS[gravest]: True})
    for line in _lines(state):
        markup = {} if line.verdict is None else {_COLORS[line.verdict]: True, "bold": line.bold}
        reporter.write(line.text[: line.colored], **markup)
        reporter.write_line(line.text[line.colored :])
    for place in state.failures:
        label = one_line(state.options.modified[place].label)
        _line(reporter, f"{label}: not compared, see its errors", red=True)
    for what, file in state.options.outputs.items():
        if what in state.unwritten:
            _line(reporter, f"{what}: {state.unwritten[what]}", red=True)
        else:
            _line(reporter, f"{what}: {_shown(reporter, file)}")
    if state.options.annotations:
        fails = state.options.inconclusive == "fail"
        for command in commands(state.runs, inconclusive_fails=fails):
            _line(reporter, command)


def _lines(state: State) -> Iterator[Line]:
    """Return the lines about what was found; a model that is not the only one given is named."""
    modified = state.options.modified
    if len(modified) > 1:
        return several_lines(state.runs, [modified[place].label for place in sorted(state.results)])
    return result_lines(state.runs[0])


def _line(reporter: pytest.TerminalReporter, text: str, **markup: bool) -> None:
    """Write a line with ordinary spaces, so that a log can be searched for them."""
    reporter.write_line(text.replace(fmt.NBSP, " "), **markup)
