"""``behavtest compare``: two stored runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.places import add_store, existing_store

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "compare",
        help="lay two stored runs side by side: verdicts that changed, estimates, intervals",
        usage="compare RUN1 RUN2 [--all] [--store FILE]",
    )
    parser.add_argument("first", metavar="RUN1", help="the beginning of its id, or last")
    parser.add_argument("second", metavar="RUN2", help="the same")
    parser.add_argument("--all", action="store_true", help="list behaviors without a change too")
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Print the comparison.

    Returns:
        0, whatever changed.

    Raises:
        CommandError: There is no store, or an argument is unknown.
        StoreError: There is no such run, or the store cannot be read.
    """
    from behavtest.experiment.comparison import compare
    from behavtest.experiment.stored import stored_result
    from behavtest.report.comparison_lines import comparison_lines

    no_more(rest)
    store = existing_store(arguments.store)
    first, second = (stored_result(store, each) for each in (arguments.first, arguments.second))
    print(*comparison_lines(compare(first, second), every=arguments.all), sep="\n")
    return 0
