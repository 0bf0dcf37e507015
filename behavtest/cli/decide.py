"""``behavtest decide``: a stored run's verdicts at another alpha, tolerance or procedure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError
from behavtest.cli.places import add_store, check_outputs, existing_store

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
    parser.add_argument("--alpha", type=float, help="error rate (default: the run's)")
    parser.add_argument(
        "--tolerance",
        type=float,
        help="tolerance of not_worse, not_higher and unchanged (default: each behavior's own)",
    )
    parser.add_argument("--fdr", metavar="PROCEDURE", help="as --behavtest-fdr")
    parser.add_argument("--report", metavar="FILE", type=Path, help="write an HTML report")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the verdicts as JSON")
    add_store(parser)
    parser.set_defaults(run=run)


_MOST_TIME = 30
_MOST_MODEL = 72


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Decide again and print the verdicts.

    Returns:
        0 if every behavior holds, else 1.

    Raises:
        CommandError: An argument cannot be used.
        StoreError: There is no such run, or the store cannot be read.
    """
    from behavtest.experiment.redecide import Changes, redecide
    from behavtest.report import format as fmt
    from behavtest.report import write_html, write_json
    from behavtest.report.hostile import one_line
    from behavtest.report.lines import result_lines
    from behavtest.stats import Procedure

    no_more(rest)
    if arguments.fdr is not None and arguments.fdr not in list(Procedure):
        raise CommandError(f"--fdr is {arguments.fdr!r}; use one of {', '.join(Procedure)}")
    changes = Changes(
        alpha=arguments.alpha,
        tolerance=arguments.tolerance,
        procedure=None if arguments.fdr is None else Procedure(arguments.fdr),
    )
    check_outputs(arguments)
    store = existing_store(arguments.store)
    result = redecide(store, arguments.run_id, changes)
    when = one_line(fmt.moment(result.started), _MOST_TIME)
    print(f"run {one_line(result.run_id)[:8]} of {when}, decided from the store")
    print(f"store {one_line(str(store), _MOST_MODEL)}")
    for name, model in (("A", result.model_a), ("B", result.model_b)):
        if model is not None:
            print(f"model {name} {one_line(model.name, _MOST_MODEL)}")
    if arguments.tolerance is not None:
        print(f"tolerance {arguments.tolerance:g}")
    for line in result_lines(result):
        print(line.text)
    for write, file in ((write_html, arguments.report), (write_json, arguments.json)):
        if file is not None:
            write(result, file.expanduser())
            print(f"wrote {file}")
    return int(any(found.verdict != "holds" for found in result.behaviors))
