"""``behavtest show``: a stored run again, in any form, or one behavior of it with its pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError
from behavtest.cli.places import add_outputs, add_store, check_outputs, existing_store
from behavtest.cli.stored_run import print_run, print_verdicts

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.experiment import BehaviorResult, RunResult

_WIDTH = 80
_MOST_PAIRS = 10


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "show",
        help="show a stored run again, or one behavior of it with its pairs; write it in any form",
        usage="show [RUN] [BEHAVIOR] [--pairs N] [--report FILE] [--json FILE] "
        "[--markdown FILE] [--sarif FILE] [--store FILE]",
    )
    parser.add_argument(
        "run_id", metavar="RUN", nargs="?", default="last", help="the beginning of its id, or last"
    )
    parser.add_argument(
        "behavior", metavar="BEHAVIOR", nargs="?", help="its id, or part of its suite/id"
    )
    parser.add_argument(
        "--pairs",
        metavar="N",
        type=int,
        default=_MOST_PAIRS,
        help=f"most pairs of a behavior (default: {_MOST_PAIRS})",
    )
    add_outputs(parser)
    add_store(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Print the run or the behavior, and write what was asked for.

    Returns:
        0, whatever the verdicts are.

    Raises:
        CommandError: An argument cannot be used, or no behavior has that name.
        StoreError: There is no such run, or the store cannot be read.
    """
    from behavtest.experiment.stored import stored_result

    no_more(rest)
    check_outputs(arguments)
    store = existing_store(arguments.store)
    result = stored_result(store, arguments.run_id)
    print_run(result, store, done="read")
    if arguments.behavior is None:
        print_verdicts(result, arguments)
        return 0
    from behavtest.cli.stored_run import write_outputs

    for found in _named(result, arguments.behavior):
        print()
        _print_behavior(found, result, arguments.pairs)
    write_outputs(result, arguments)
    return 0


def _named(result: RunResult, text: str) -> list[BehaviorResult]:
    """Find the behaviors meant: the one of that name, or all with it in their names.

    Raises:
        CommandError: There is none.
    """
    names = [
        (found, {found.behavior, f"{found.suite}/{found.behavior}", found.name})
        for found in result.behaviors
    ]
    exact = [found for found, known in names if text in known]
    if exact:
        return exact
    part = [found for found, known in names if any(text in name for name in known)]
    if not part:
        raise CommandError(
            f"no behavior of the run has {text!r} in its name; `behavtest show "
            f"{result.run_id[:8]}` lists them"
        )
    return part


def _print_behavior(found: BehaviorResult, result: RunResult, most_pairs: int) -> None:
    from behavtest.report.behavior_text import behavior_text
    from behavtest.report.hostile import obeyed_by_none, one_line, plain

    print(one_line(f"{found.suite}/{found.behavior}", _WIDTH))
    print(one_line(f"{found.file}:{found.line}", _WIDTH))
    if found.verdict == "error":
        print(obeyed_by_none(f"error: {plain(found.error or '(no message)')}"))
    else:
        print(behavior_text(found, result, most_pairs=most_pairs))
