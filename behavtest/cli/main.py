"""The ``behavtest`` command: one subcommand a module."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Protocol

from behavtest.cli import (
    accept,
    calibrate,
    compare,
    contrast,
    decide,
    export,
    gate,
    ledger,
    lint,
    measure,
    new,
    plan,
    preview,
    rescore,
    runs,
    schema,
    show,
    suites,
    tryout,
    verify,
)
from behavtest.cli.commands import Parser
from behavtest.cli.failing import USAGE, CommandError
from behavtest.errors import BehavtestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from behavtest.cli.commands import Commands

_COMMANDS = (
    new,
    lint,
    preview,
    tryout,
    contrast,
    plan,
    calibrate,
    runs,
    show,
    compare,
    decide,
    rescore,
    measure,
    gate,
    accept,
    verify,
    ledger,
    export,
    suites,
    schema,
)
"""In the order of `behavtest --help`."""

_INTERRUPTED = 2
_UNREAD = 1
"""Exit code where the output could not be written: a verdict nobody read is no go-ahead."""


class _Run(Protocol):
    def __call__(self, arguments: argparse.Namespace, rest: list[str]) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: Its arguments; the process's if None.

    Returns:
        pytest's exit codes: 0 done, 1 some behavior does not hold (`decide`), a release does not
        pass (`gate`), a record is wrong (`verify`), more false alarms than alpha allows
        (`calibrate`), a suite has errors (`lint`) or a completion cannot be scored (`measure`),
        2 after Ctrl-C, 4 if an argument, a report, a model or the store cannot be used.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that cannot show a sign shows a question mark in its place.
        sys.stdout.reconfigure(errors="replace")
    try:
        arguments, rest = _parser().parse_known_args(argv)
        run: _Run = arguments.run
        status = run(arguments, rest)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough, as in `behavtest ledger | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNREAD
    except BehavtestError as error:
        _complain(str(error))
        return error.status if isinstance(error, CommandError) else USAGE
    except KeyboardInterrupt:
        sys.stderr.write("behavtest: stopped\n")
        return _INTERRUPTED
    else:
        return status


def _complain(text: str) -> None:
    """Say what is wrong; names from a store or a suite may be in it."""
    from behavtest.report.hostile import plain

    sys.stderr.write(f"behavtest: {plain(text)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="behavtest",
        description="Commands beside `pytest --model-a BASE --model-b MODIFIED suites/`.",
    )
    commands: Commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
