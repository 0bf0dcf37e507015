"""``behavtest calibrate``: model A against itself, for the false-alarm rate and the power."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.failing import CommandError
from behavtest.cli.places import check_outputs
from behavtest.cli.selecting import select

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.experiment.calibration.calibrate import CalibratedFamily
    from behavtest.experiment.calibration.result import Calibration
    from behavtest.experiment.progress import ProgressState
    from behavtest.experiment.selection import Selection

_RUNS = 20
_LINE_EVERY = 30.0
_REDRAW_EVERY = 0.1
_WIDTH = 79


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "calibrate",
        help="measure how often model A against itself raises a false alarm, and what change "
        "would be noticed",
        usage="calibrate SUITE... --model-a BASE [--runs N] [--report FILE] [--json FILE] "
        "[pytest arguments]",
    )
    parser.add_argument(
        "--runs", metavar="N", type=int, default=_RUNS, help="runs to measure (default: 20)"
    )
    parser.add_argument("--report", metavar="FILE", type=Path, help="write an HTML report, plotted")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the numbers as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Calibrate, and print what was found.

    Returns:
        0, or 1 if more false alarms were measured than alpha allows or a behavior failed.

    Raises:
        CommandError: An argument cannot be used.
        BehavtestError: Nothing can be calibrated, or the model or the store cannot be used.
        KeyboardInterrupt: The user stopped it.
    """
    from behavtest.experiment.calibration.calibrate import calibrate, calibrated_family
    from behavtest.report.calibration.lines import calibration_lines

    _check(arguments)
    selection = select(rest)
    if selection.model_a is None:
        raise CommandError("no model to calibrate; name it with --model-a=BASE")
    if selection.models_b:
        raise CommandError("calibrate compares model A with itself; leave --model-b out")
    if selection.settings.active:
        raise CommandError(
            "calibrate draws prompts uniformly; leave --behavtest-active out, or set "
            "behavtest_active = false for it with -o behavtest_active=false"
        )
    family = calibrated_family(selection.behaviors, selection.settings)
    print(_announcement(family, selection, runs=arguments.runs))
    progress = _Progress(arguments.runs)
    finished = False
    try:
        found = calibrate(
            selection.behaviors,
            selection.open_model(selection.model_a, base=None),
            selection.settings,
            runs=arguments.runs,
            progress=progress,
        )
        finished = True
    finally:
        progress.close(finished=finished, store=selection.settings.store)
    for line in calibration_lines(found):
        print(line)
    _write(found, arguments)
    failed = any(behavior.error is not None for behavior in found.behaviors)
    return int(failed or found.runs.lower > found.alpha)


def _check(arguments: argparse.Namespace) -> None:
    """Fail before hours of work rather than after."""
    if arguments.runs < 1:
        raise CommandError(f"--runs is {arguments.runs}; it must be at least 1")
    check_outputs(arguments)


def _announcement(family: CalibratedFamily, selection: Selection, *, runs: int) -> str:
    """Say how much work it may be, before any of it is done."""
    from behavtest.report import format as fmt

    budget = selection.settings.budget
    prompts = sum(2 if one.prompts.contrast else 1 for one in family.behaviors.values())
    most = prompts * budget.max_pairs
    if budget.total_pairs is not None:
        most = min(most, 2 * budget.total_pairs)
    size = f"{fmt.plural(runs, 'run')} of {fmt.plural(len(family.behaviors), 'behavior')}"
    return (
        f"behavtest: A against A, {size}: at most {2 * most * runs:,} completions,\n"
        "mostly far fewer. Ctrl-C stops it; what was generated is kept."
    ).replace(fmt.NBSP, " ")


def _write(found: Calibration, arguments: argparse.Namespace) -> None:
    from behavtest.report.calibration.html import write_calibration
    from behavtest.report.jsonfile import write_document

    if arguments.report is not None:
        write_calibration(found, arguments.report.expanduser())
        print(f"report: {arguments.report}")
    if arguments.json is not None:
        write_document("calibration", found, arguments.json.expanduser())
        print(f"json: {arguments.json}")


class _Progress:
    """Shows how far it is: one line redrawn on a terminal, a line now and then in a log."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._started = self._shown = time.monotonic()
        self._run_started = self._started
        self._run = 0
        self._generated = 0
        self._of_this_run = 0

    def __call__(self, run: int, state: ProgressState | None) -> None:
        """Take note of where it is."""
        now = time.monotonic()
        if run != self._run:
            self._run, self._run_started = run, now
            self._generated += self._of_this_run
        self._of_this_run = 0 if state is None else state.generated
        every = _REDRAW_EVERY if sys.stderr.isatty() else _LINE_EVERY
        if now - self._shown < every and state is not None:
            return
        self._shown = now
        self._write(self._line(run, state))

    def close(self, *, finished: bool, store: Path) -> None:
        """Take the redrawn line away; after Ctrl-C say what is kept."""
        self._write("")
        kept = self._generated + self._of_this_run
        if not finished and kept:
            sys.stderr.write(
                f"behavtest: {kept:,} new completions are kept in {store}:\n"
                "run the same command again to go on from here.\n"
            )

    def _line(self, run: int, state: ProgressState | None) -> str:
        if state is None:
            return "simulating from the measured scores"
        line = (
            f"run {run + 1} of {self._runs}, "
            f"{state.decided} of {state.behaviors} decided, "
            f"{self._generated + state.generated:,} generated"
        )
        if run:
            each = (self._run_started - self._started) / run
            left = (self._runs - run) * each - (time.monotonic() - self._run_started)
            line += f", about {_duration(max(left, 0.0))} left"
        return line

    @staticmethod
    def _write(line: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line[:_WIDTH]}")
        elif line:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    from behavtest.report import format as fmt

    return fmt.duration(seconds).replace(fmt.NBSP, " ")
