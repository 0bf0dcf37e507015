"""``behavtest new``: the beginning of a suite, which runs as it is."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands

_ABOUT = {
    ".yaml": "two behaviors to start from",
    ".jsonl": "the prompts of the first",
    ".md": "what it measures, its limits",
    ".json": "for completion in editors",
}


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "new",
        help="write the beginning of a suite, in a folder of its own; overwrites nothing",
        usage="new NAME [--dir FOLDER]",
    )
    parser.add_argument("name", metavar="NAME", help="the suite's name, refusals say")
    parser.add_argument(
        "--dir",
        metavar="FOLDER",
        type=Path,
        default=Path(),
        help="where its folder goes (default: here)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Write the files and say what to do next.

    Returns:
        0.

    Raises:
        CommandError: The name cannot be used, or an argument is unknown.
        SettingsError: Something is there already, or the files cannot be written.
    """
    from behavtest.cli.schema import schema_text
    from behavtest.errors import SuiteError
    from behavtest.suite.scaffolding import write_scaffold

    no_more(rest)
    # the plugins that are installed, not those of the folder it happens to be called in
    schema = schema_text(["--noconftest"])
    try:
        written = write_scaffold(arguments.name, arguments.dir.expanduser(), schema=schema)
    except SuiteError as error:
        raise CommandError(f"the name: {error.message}") from None
    width = max(len(path.as_posix()) for path in written)
    for path in written:
        print(f"wrote {path.as_posix():<{width}}  {_ABOUT[path.suffix]}")
    folder = shlex.quote(written[0].parent.as_posix())
    print()
    print("It runs as it is. Change it, and then:")
    print(f"  behavtest lint {folder}")
    print(f"  behavtest try {folder} --model-a MODEL")
    return 0
