"""What commands that show some of each behavior have in common."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

_COUNT = 5
_WIDTH = 80


def add_count(parser: argparse.ArgumentParser, text: str) -> None:
    """Declare ``-n``."""
    parser.add_argument("-n", metavar="N", type=int, default=_COUNT, help=text)


def check_count(arguments: argparse.Namespace) -> None:
    """Refuse a number of things to show that shows nothing.

    Raises:
        CommandError: It is below 1.
    """
    if arguments.n < 1:
        raise CommandError(f"-n is {arguments.n}; it must be at least 1")


def separated(lines: Iterable[str], *, first: bool) -> None:
    """Print lines with an empty one before them, unless they are the first."""
    if not first:
        print()
    for line in lines:
        print(line if len(line) <= _WIDTH else textwrap.fill(line, _WIDTH))
