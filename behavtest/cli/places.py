"""Where the store is, for commands that read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    import argparse

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


def check_outputs(arguments: argparse.Namespace) -> None:
    """Fail before the work rather than after it.

    Args:
        arguments: With ``report`` or ``json`` or both, files or None.

    Raises:
        CommandError: One of them cannot be written where it is wanted.
    """
    for flag in ("report", "json"):
        given: Path | None = getattr(arguments, flag, None)
        if given is None:
            continue
        file = given.expanduser()
        if not file.parent.is_dir():
            raise CommandError(
                f"--{flag}: the folder {file.parent} does not exist; create it first"
            )
        if file.is_dir():
            raise CommandError(f"--{flag}: {file} is a folder; name a file in it")
