"""``behavtest export``: the store's views, or a query of them, as a table or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError
from behavtest.cli.places import add_store, existing_store

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands

_SHOWN = 40
_NAMES = ("runs", "verdicts", "pairs", "completions", "ledger")


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "export",
        help="write a view of the store, or what an SQL query of the views finds, to a file: "
        "behavtest_runs, behavtest_verdicts, behavtest_pairs, behavtest_completions, "
        "behavtest_ledger",
        usage="export [RUN | all] [--view NAME] [--out FILE] [--store FILE]\n"
        "       behavtest export --sql QUERY [--out FILE] [--store FILE]",
    )
    parser.add_argument(
        "run_id", metavar="RUN", nargs="?", help="the beginning of its id, last (default) or all"
    )
    parser.add_argument(
        "--view", choices=_NAMES, help="what is written of the run (default: pairs)"
    )
    parser.add_argument("--sql", metavar="QUERY", help="one SELECT from the views; only reads")
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help=f"a .csv, .parquet or .jsonl file (default: show the first {_SHOWN} rows)",
    )
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Write the file or show the rows.

    Returns:
        0.

    Raises:
        CommandError: An argument cannot be used.
        StoreError: There is no such run, the query cannot be run, or the store not be read.
    """
    from behavtest.report.table_lines import table_lines
    from behavtest.store import find_run, open_store
    from behavtest.store.views import BY_RUN, add_views, read_query, view_query, write_query

    no_more(rest)
    _check(arguments)
    store = existing_store(arguments.store)
    with open_store(store, reading=True) as connection:
        add_views(connection)
        query = arguments.sql
        if query is None:
            view = arguments.view or "pairs"
            reference = arguments.run_id or ("last" if view in BY_RUN else "all")
            run_id = None if reference == "all" else find_run(connection, reference).run_id
            query = view_query(view, run_id)
        if arguments.out is None:
            print(*table_lines(*read_query(connection, query, _SHOWN)), sep="\n")
        else:
            count = write_query(connection, query, arguments.out.expanduser())
            print(f"wrote {arguments.out}: {count:,} rows")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot go together before anything is opened."""
    from behavtest.store.views import FORMATS

    if arguments.sql is not None and (arguments.run_id or arguments.view):
        raise CommandError("--sql stands alone: name the run and the view in the query")
    if arguments.view == "completions" and arguments.run_id not in {None, "all"}:
        raise CommandError(
            "completions belong to no run, they are reused; those of a run are in --view pairs"
        )
    file: Path | None = arguments.out
    if file is None:
        return
    if file.suffix not in FORMATS:
        raise CommandError(f"--out: {file} must end in {', '.join(FORMATS)}")
    if not file.expanduser().parent.is_dir():
        raise CommandError(
            f"--out: the folder {file.expanduser().parent} does not exist; create it first"
        )
