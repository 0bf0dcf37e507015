"""``behavtest decide``: a stored run's verdicts at another alpha, tolerance or procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.places import add_outputs, add_store, check_outputs, existing_store
from behavtest.cli.stored_run import add_rule, print_run, print_verdicts, procedure_named

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "decide",
        help="decide a stored run again at another alpha, tolerance or procedure; loads no model",
        usage="decide [RUN] [--alpha A] [--tolerance T] [--fdr PROCEDURE] [options]",
    )
    parser.add_argument(
        "run_id", metavar="RUN", nargs="?", default="last", help="the beginning of its id, or last"
    )
    add_rule(parser)
    parser.add_argument(
        "--tolerance",
        type=float,
        help="tolerance of not_worse, not_higher and unchanged (default: each behavior's own)",
    )
    add_outputs(parser)
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Decide again and print the verdicts.

    Returns:
        0 if every behavior holds, else 1.

    Raises:
        CommandError: An argument cannot be used.
        StoreError: There is no such run, or the store cannot be read.
    """
    from behavtest.experiment.redecide import Changes, redecide

    no_more(rest)
    changes = Changes(
        alpha=arguments.alpha,
        tolerance=arguments.tolerance,
        procedure=procedure_named(arguments.fdr),
    )
    check_outputs(arguments)
    store = existing_store(arguments.store)
    result = redecide(store, arguments.run_id, changes)
    print_run(result, store, done="decided")
    if arguments.tolerance is not None:
        print(f"tolerance {arguments.tolerance:g}")
    return print_verdicts(result, arguments)
