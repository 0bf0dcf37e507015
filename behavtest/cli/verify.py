"""``behavtest verify``: whether a sign-off record is what its files and models say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands

_LABELS = {True: "right", False: "WRONG", None: "unchecked"}


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "verify",
        help="check a sign-off record: its files' hashes, the decision from them, the models",
        usage="verify FILE [--model-a MODEL] [--model-b MODEL]",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="what gate --sign-off wrote")
    parser.add_argument("--model-a", metavar="MODEL", help="the base model, to check it too")
    parser.add_argument(
        "--model-b",
        metavar="MODEL",
        action="append",
        default=[],
        help="a modified model, to check it too; may be given again",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Check a record and say what was checked.

    Returns:
        0 if nothing is wrong, else 1.

    Raises:
        CommandError: An argument is unknown.
        SettingsError: The record cannot be read.
    """
    from behavtest.release.signoff import read_sign_off
    from behavtest.release.verify import verify
    from behavtest.report import format as fmt
    from behavtest.report.hostile import one_line

    no_more(rest)
    file = arguments.file.expanduser()
    record = read_sign_off(file)
    checks = list(verify(record, file, model_a=arguments.model_a, models_b=arguments.model_b))
    wrong = sum(check.right is False for check in checks)
    verdict = f"{fmt.plural(wrong, 'thing')} wrong with" if wrong else "nothing wrong with"
    said = [
        f"{verdict} {file}: signed by {record.by} at {fmt.moment(record.at)}",
        record.summary,
    ]
    print(*(one_line(text).replace(fmt.NBSP, " ") for text in said), sep="\n")
    for check in checks:
        print(f"  {_LABELS[check.right]:<9}  {one_line(check.text)}")
    return int(bool(wrong))
