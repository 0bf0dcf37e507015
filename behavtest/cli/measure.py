"""``behavtest measure``: how often a scorer is right, on completions that people labelled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.failing import CommandError
from behavtest.cli.places import check_outputs

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "measure",
        help="score labelled completions, and show how often the scorer is right and where it is "
        "not",
        usage="measure FILE... [--score SCORER] [--threshold X] [--json FILE] [pytest arguments]",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a .jsonl file")
    parser.add_argument(
        "--score",
        metavar="SCORER",
        help="the scorer, as a suite has it: refusal, '{contains: yes}'; instead of the rows' own",
    )
    parser.add_argument(
        "--threshold",
        metavar="X",
        type=float,
        default=0.5,
        help="the score from which on a completion counts as scored 1 (default: 0.5)",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Score the completions, and print how that agrees with their labels.

    Returns:
        0, or 1 if a completion could not be scored.

    Raises:
        CommandError: An argument cannot be used.
        SuiteError: A file cannot be read, or a row is wrong.
    """
    if not 0 < arguments.threshold <= 1:
        raise CommandError(
            f"--threshold is {arguments.threshold:g}; it must be above 0 and at most 1"
        )
    check_outputs(arguments)

    from behavtest.cli.offered import offered
    from behavtest.report.jsonfile import write_document
    from behavtest.report.measure_lines import measure_lines
    from behavtest.scoring.measuring import measure
    from behavtest.suite.labels import labelled_set

    scorers = offered(rest).scorers
    score = _spec(arguments.score)
    labelled = [
        row
        for file in arguments.files
        for row in labelled_set(file.expanduser(), scorers=scorers, score=score)
    ]
    found = measure(labelled, threshold=arguments.threshold)
    for line in measure_lines(found):
        print(line)
    if arguments.json is not None:
        write_document("measurement", found, arguments.json.expanduser())
        print(f"wrote {arguments.json}")
    return int(bool(found.failed))


def _spec(text: str | None) -> object:
    """Read a scorer as it is written in a suite; None if none is given."""
    if text is None:
        return None
    from behavtest.suite.yaml_reader import parse_yaml

    return parse_yaml(text, file="--score").plain()
