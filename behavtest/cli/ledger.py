"""``behavtest ledger``: every stream of tests over the releases, and the alarms in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.places import add_store, existing_store

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands

_WIDTH = 72


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "ledger",
        help="show the stream of tests over releases: alarms, and the evidence the next one needs",
        usage="ledger [TEXT] [--all] [--store FILE]",
    )
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", default="", help="only suite/behavior names with it"
    )
    parser.add_argument("--all", action="store_true", help="list every test of every stream")
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Print the ledger.

    Returns:
        0, whether there are alarms or not.

    Raises:
        CommandError: There is no store, or an argument is unknown.
        StoreError: The store cannot be read.
    """
    from behavtest.errors import StoreError
    from behavtest.report.hostile import one_line
    from behavtest.report.ledger_lines import ledger_lines
    from behavtest.store import LedgerStore, open_store

    no_more(rest)
    store = existing_store(arguments.store)
    with open_store(store, reading=True) as connection:
        entries = LedgerStore(connection).entries()
    shown = [entry for entry in entries if arguments.text in f"{entry.suite}/{entry.behavior}"]
    if not entries:
        print("The ledger is empty: a run on a model that is not the base itself enters it.")
    elif not shown:
        print(f"No behavior in the ledger has {arguments.text!r} in its name.")
    else:
        try:
            lines = list(ledger_lines(shown, every=arguments.all))
        except (ValueError, ZeroDivisionError) as error:
            raise StoreError(
                f"the ledger in {store} is damaged or was written by another version of "
                f"behavtest ({error})"
            ) from error
        print(*lines, sep="\n")
        print(f"store {one_line(str(store), _WIDTH)}")
    return 0
