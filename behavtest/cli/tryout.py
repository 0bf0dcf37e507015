"""``behavtest try``: what a model says to a few prompts of a suite, and how that is scored."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.failing import CommandError
from behavtest.cli.looking import add_count, check_count, separated

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.experiment.selection import Selection
    from behavtest.experiment.tryout import Tried


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "try",
        help="show what a model answers to a few prompts of each behavior and how that is scored; "
        "decides nothing, stores nothing",
        usage="try SUITE... --model-a MODEL [--model-b MODEL] [-n N] [pytest arguments]",
    )
    add_count(parser, "draws of each behavior (default: 5)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Ask, score and show.

    Returns:
        0, or 1 if a behavior could not be scored.

    Raises:
        CommandError: An argument cannot be used, or no behavior is selected.
        ModelError: A model cannot be found, read or run.
        KeyboardInterrupt: The user stopped it.
    """
    check_count(arguments)

    from behavtest.cli.selecting import select
    from behavtest.report.tryout_lines import tryout_lines

    selection = select(rest)
    found = _ask(selection, count=arguments.n)
    for place, tried in enumerate(found):
        separated(tryout_lines(tried), first=place == 0)
    return int(any(tried.error is not None for tried in found))


def _ask(selection: Selection, *, count: int) -> list[Tried]:
    from behavtest.experiment.tryout import tryout, tryout_seed

    if selection.model_a is None:
        raise CommandError(
            "no model to try; name it with --model-a=MODEL, a folder or org/name on the hub "
            "(without one, `behavtest preview` shows the prompts)"
        )
    model_a = selection.open_model(selection.model_a, base=None)
    model_b = None
    if selection.model_b is not None:
        model_b = selection.open_model(selection.model_b, base=model_a)
    try:
        return tryout(
            selection.behaviors,
            model_a=model_a,
            model_b=model_b,
            count=count,
            seed=tryout_seed(selection.settings.seed or 0),
            tick=_tell,
        )
    finally:
        _clear()


def _tell(answers: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{answers:,} answers")
        sys.stderr.flush()


def _clear() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
