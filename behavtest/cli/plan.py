"""``behavtest plan``: what a run will take under supposed changes, before anything runs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.failing import CommandError
from behavtest.cli.places import check_outputs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from behavtest.cli.commands import Commands
    from behavtest.experiment.planning.subject import Subject
    from behavtest.experiment.selection import Selection
    from behavtest.store.history import History

_WIDEST = 2.0
"""Greatest change there is: that of a contrast, from target minus baseline of -1 to 1."""


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "plan",
        help="expected pairs, tokens and time to each verdict under supposed true changes",
        usage="plan SUITE... [--delta=D[,D...]]... [--json FILE] [pytest arguments]",
    )
    parser.add_argument(
        "--delta",
        metavar="D[,D...]",
        action="append",
        nargs="?",
        help=(
            "a true change B - A to suppose, as --delta=-0.1 or --delta=-0.1,0, also repeated; for "
            "at_least and at_most the mean's distance from the bound (default: no change and three "
            "tolerances for the worse; twice and none of an intended change; a measured mean and a "
            "tenth beyond the bound)"
        ),
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the plan as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Plan the behaviors that pytest selects and print what they take.

    Returns:
        0.

    Raises:
        CommandError: An argument cannot be used, or no behavior is selected.
        StoreError: There is a store, but it cannot be read.
    """
    changes = _changes(arguments.delta or [])
    check_outputs(arguments)

    from behavtest.cli.plan_text import plan_lines
    from behavtest.cli.selecting import select
    from behavtest.experiment.planning.levels import next_levels
    from behavtest.experiment.planning.plan import plan
    from behavtest.report.jsonfile import write_document

    selection = select(rest)
    subjects = _subjects(selection)
    history, remarks = _history(selection, subjects)
    left_out = len(selection.behaviors) - len(subjects)
    if left_out:
        remarks.append(f"{left_out} of the selection need --model-b and are left out.")
    settings = selection.settings
    levels = None
    if settings.procedure.stream:
        levels = next_levels(
            settings.store, subjects, procedure=settings.procedure, alpha=settings.alpha
        )
        remarks.append(
            f"violated: at what {settings.procedure} allows the next test in the ledger."
        )
    planned = plan(subjects, settings=settings, history=history, changes=changes, levels=levels)
    for line in plan_lines(planned, selection.settings.budget, remarks):
        print(line)
    if arguments.json is not None:
        write_document("plan", planned, arguments.json.expanduser())
        print(f"wrote {arguments.json}")
    return 0


def _changes(given: Sequence[str | None]) -> list[float]:
    """Read ``--delta``; nothing if it was not given.

    Raises:
        CommandError: It is not a list of numbers that a change can be.
    """
    changes: list[float] = []
    for text in given:
        if not text:
            raise CommandError("--delta has no value; write --delta=-0.1 or --delta=-0.1,0")
        changes += [_change(part) for part in text.split(",")]
    return list(dict.fromkeys(changes))


def _change(text: str) -> float:
    try:
        change = float(text)
    except ValueError:
        change = math.nan
    if not abs(change) <= _WIDEST:
        raise CommandError(
            f"--delta: {text!r} is not a change of a mean score, which lies between -1 and 1 "
            "(-2 and 2 in a contrast); write --delta=-0.1 or --delta=-0.1,0"
        )
    return change + 0.0  # -0.0 + 0.0 is 0.0


def _subjects(selection: Selection) -> list[Subject]:
    """Return the behaviors that pytest would run with these models, or with any if none is named.

    Raises:
        CommandError: All of them need a model B and there is A alone.
    """
    from behavtest.experiment.planning.subject import subject_of

    alone = selection.model_a is not None and selection.model_b is None
    subjects = [
        subject_of(name, behavior, alone=alone)
        for name, behavior in selection.behaviors.items()
        if not alone or behavior.expectation.absolute
    ]
    if not subjects:
        raise CommandError(
            "every behavior selected is about a change; name the modified model with --model-b, "
            "or no model at all"
        )
    return subjects


def _history(selection: Selection, subjects: Sequence[Subject]) -> tuple[History, list[str]]:
    """Read what the store knows; nothing if another process has it open, with a remark on that."""
    from behavtest.errors import StoreLockedError
    from behavtest.store.history import History, Wanted, read_history

    wanted = [
        Wanted(
            subject.name,
            subject.suite,
            subject.behavior,
            selection.behaviors[subject.name].scorer.name,
        )
        for subject in subjects
    ]
    try:
        history = read_history(
            selection.settings.store,
            wanted,
            model_a=selection.model_a,
            model_b=selection.model_b,
        )
    except StoreLockedError as error:
        return History(), [f"Planned without what was measured: {error}."]
    return history, []
