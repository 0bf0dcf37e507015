"""``behavtest runs``: the runs of a store, or a behavior's way through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.places import add_store, existing_store

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.store import ListedRun, Trend

_LATEST = 20
_WIDTH = 72


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "runs",
        help="list the runs of a store, or follow a behavior through them",
        usage="runs [--behavior TEXT] [--all] [--store FILE]",
    )
    parser.add_argument(
        "--behavior",
        metavar="TEXT",
        help="follow the behaviors with it in their suite/node-id from run to run",
    )
    parser.add_argument("--all", action="store_true", help=f"not only the latest {_LATEST} runs")
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Print the list or the trends.

    Returns:
        0.

    Raises:
        CommandError: There is no store, or an argument is unknown.
        StoreError: The store cannot be read.
    """
    from behavtest.report.hostile import one_line
    from behavtest.store import listed_runs, open_store, trends

    no_more(rest)
    store = existing_store(arguments.store)
    most = None if arguments.all else _LATEST
    with open_store(store, reading=True) as connection:
        if arguments.behavior is None:
            _print_runs(listed_runs(connection), most)
        else:
            _print_trends(trends(connection, arguments.behavior), most, arguments.behavior)
    print(f"store {one_line(str(store), _WIDTH)}")
    return 0


def _print_runs(runs: list[ListedRun], most: int | None) -> None:
    from behavtest.report.run_lines import run_lines

    if not runs:
        print("The store has no run.")
        return
    print(*run_lines(runs[:most]), sep="\n")
    if most is not None and len(runs) > most:
        print(f"… and {len(runs) - most:,} earlier runs: --all lists them")


def _print_trends(found: list[Trend], most: int | None, text: str) -> None:
    from behavtest.report.hostile import one_line
    from behavtest.report.run_lines import trend_lines

    if not found:
        print(one_line(f"No behavior of a finished run has {text!r} in its name.", 80))
    for trend in found:
        kept = trend if most is None else trend._replace(points=trend.points[-most:])
        print(*trend_lines(kept), "", sep="\n")
