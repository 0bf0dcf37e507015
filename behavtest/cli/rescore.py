"""``behavtest rescore``: a stored run's completions by the scorers of today."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.places import add_outputs, add_store, check_outputs, existing_store
from behavtest.cli.stored_run import add_rule, print_run, print_verdicts, procedure_named

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands

_WIDTH = 80


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "rescore",
        help="score a stored run's completions with the suites as they are now; loads no model",
        usage="rescore SUITE... [--run RUN] [--alpha A] [--fdr PROCEDURE] [options] "
        "[pytest arguments]",
    )
    parser.add_argument(
        "--run",
        dest="run_id",
        metavar="RUN",
        default="last",
        help="the beginning of its id, or last (default)",
    )
    add_rule(parser)
    add_outputs(parser)
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Score the behaviors that pytest selects again and print the verdicts.

    Returns:
        0 if every behavior holds, else 1.

    Raises:
        CommandError: An argument cannot be used, or no behavior is selected.
        SettingsError: Nothing of the run can be scored again.
        StoreError: There is no such run, or the store cannot be read.
    """
    procedure = procedure_named(arguments.fdr)
    check_outputs(arguments)
    store = existing_store(arguments.store)

    from behavtest.cli.selecting import select
    from behavtest.experiment.rescore import rescore
    from behavtest.report.hostile import one_line

    found = rescore(
        store,
        arguments.run_id,
        select(rest).behaviors,
        alpha=arguments.alpha,
        procedure=procedure,
    )
    print_run(found.result, store, done="scored again")
    for name, reason in found.left_out:
        print(one_line(f"left out: {name.rpartition('::')[2]}", _WIDTH))
        for line in textwrap.wrap(one_line(reason), _WIDTH - 2):
            print(f"  {line}")
    return print_verdicts(found.result, arguments)
