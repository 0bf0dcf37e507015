"""Where the store is and where outputs go, for commands that read the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.failing import CommandError
from behavtest.core import unwritable

if TYPE_CHECKING:
    import argparse

FORMS = {
    "report": "write an HTML report",
    "json": "write the result as JSON",
    "markdown": "write a summary as Markdown",
    "sarif": "write what does not hold as SARIF 2.1.0",
}
"""Options that name a file for a form of the result; `behavtest.report.forms` writes them."""

_DEFAULT = Path(".behavtest") / "store.duckdb"


def add_store(parser: argparse.ArgumentParser) -> None:
    """Declare ``--store``."""
    parser.add_argument(
        "--store",
        "--behavtest-store",  # as for pytest, and as errors about the store name it
        metavar="FILE",
        type=Path,
        help=f"the store (default: the nearest {_DEFAULT}, from here upwards)",
    )


def existing_store(given: Path | None) -> Path:
    """Find the store: the one given, or the nearest from the current folder upwards.

    Raises:
        CommandError: There is none.
    """
    if given is not None:
        if not given.expanduser().is_file():
            raise CommandError(f"there is no store {given}")
        return given.expanduser()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _DEFAULT).is_file():
            return folder / _DEFAULT
    raise CommandError(
        f"there is no store {_DEFAULT} here or above; name it with --store FILE, or run pytest "
        "with two models first"
    )


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Declare an option for each form of the result."""
    for form, text in FORMS.items():
        parser.add_argument(f"--{form}", metavar="FILE", type=Path, help=text)


def check_outputs(arguments: argparse.Namespace) -> None:
    """Fail before the work rather than after it.

    Args:
        arguments: With some of `FORMS`, files or None.

    Raises:
        CommandError: One of them cannot be written where it is wanted.
    """
    given = {f"--{flag}": getattr(arguments, flag, None) for flag in FORMS}
    files = {option: file.expanduser() for option, file in given.items() if file is not None}
    if wrong := unwritable(files):
        raise CommandError(wrong)
