"""How a subcommand is declared."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction["Parser"]  # noqa: SLF001 -- argparse gives it no public name


class Parser(argparse.ArgumentParser):
    """Reads a command line; its subcommands' parsers are of its class."""

    def error(self, message: str) -> NoReturn:
        """Fail as everything here does: argparse itself exits with 2, which is Ctrl-C's.

        Raises:
            CommandError: Always.
        """
        self.print_usage(sys.stderr)
        raise CommandError(message)


def add_command(commands: Commands, name: str, *, help: str, usage: str) -> argparse.ArgumentParser:  # noqa: A002 -- argparse's own word
    """Declare a subcommand; its unknown arguments are left for pytest.

    Args:
        commands: Where.
        name: Its name.
        help: One line about it.
        usage: Its command line, after ``behavtest``.
    """
    return commands.add_parser(
        name, help=help, description=help, usage=f"behavtest {usage}", allow_abbrev=False
    )


def no_more(rest: list[str]) -> None:
    """Refuse arguments that a command does not know.

    Raises:
        CommandError: There are some.
    """
    if rest:
        raise CommandError(f"unknown argument {rest[0]!r}; see --help")
