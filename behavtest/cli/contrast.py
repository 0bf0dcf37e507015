"""``behavtest contrast check``: whether pairs match on everything but what they are about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import Parser, add_command, no_more
from behavtest.cli.failing import CommandError
from behavtest.cli.places import check_outputs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from behavtest.cli.commands import Commands
    from behavtest.suite.matching import Matching, Measures

_ROWS = (".jsonl", ".json", ".csv")


def add_to(commands: Commands) -> None:
    """Declare the command."""
    group = add_command(
        commands,
        "contrast",
        help="verify that the pairs of contrasts match on everything but what they are about",
        usage="contrast check FILE [-k NAME]",
    )
    below: Commands = group.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    parser = add_command(
        below,
        "check",
        help=(
            "compare target and baseline of each pair (length, words, marks, capitals, politeness, "
            "numbers), and warn where they differ, in one direction above all; exits with 1 then"
        ),
        usage="contrast check FILE [--model-a MODEL] [--embedding FOLDER] [pytest arguments]",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a suite, or rows with a target and a baseline each (.jsonl, .csv)",
    )
    parser.add_argument(
        "--model-a", metavar="MODEL", help="also count, and compare, the tokens of this model"
    )
    parser.add_argument(
        "--embedding",
        metavar="FOLDER",
        type=Path,
        help="also compare meanings, by the sentence-embedding model in this folder",
    )
    parser.add_argument(
        "--ignore",
        metavar="MEASURE",
        action="append",
        default=[],
        help="leave a measure out that the contrast is about: words, politeness, ...; repeatable",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write all of it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Compare the pairs and print what differs.

    Returns:
        0 if everything matches, else 1.

    Raises:
        CommandError: An argument cannot be used, or there is no contrast.
        SuiteError: The file cannot be read as rows.
        ModelError: A model cannot be used.
    """
    check_outputs(arguments)
    measures = _measures(arguments)

    from behavtest.report.jsonfile import write_document
    from behavtest.report.matching_lines import matching_document, matching_lines

    found = _found(arguments.file, rest, measures)
    for one in found:
        print(*matching_lines(one), sep="\n")
        print()
    clean = sum(one.clean for one in found)
    print(f"{clean} of {len(found)} contrast{'s' if len(found) > 1 else ''} matched")
    if arguments.json is not None:
        write_document("contrasts", matching_document(found), arguments.json.expanduser())
        print(f"wrote {arguments.json}")
    return int(clean < len(found))


def _found(file: Path, rest: list[str], measures: Measures) -> Sequence[Matching]:
    from behavtest.suite.matching import check_matching, pairs_from_file, pairs_of

    if file.suffix in _ROWS:
        no_more(rest)
        return [check_matching(file.as_posix(), pairs_from_file(file), measures)]

    from behavtest.cli.selecting import select

    behaviors = select([str(file), *rest]).behaviors
    found = [
        check_matching(name, pairs_of(behavior.prompts), measures, remark=behavior.prompts.remark)
        for name, behavior in behaviors.items()
        if behavior.prompts.contrast
    ]
    if not found:
        raise CommandError("no behavior selected is a contrast; there are no pairs to compare")
    return found


def _measures(arguments: argparse.Namespace) -> Measures:
    """Choose the measures.

    Raises:
        CommandError: One to leave out is not there.
        ModelError: A model cannot be used.
    """
    from behavtest.scoring.hints import did_you_mean, listed
    from behavtest.suite.matching import Measures

    measures = Measures()
    if arguments.model_a is not None:
        measures = measures.with_tokens(arguments.model_a)
    if arguments.embedding is not None:
        measures = measures.with_meaning(arguments.embedding.expanduser())
    for name in arguments.ignore:
        if name not in measures.names:
            raise CommandError(
                f"--ignore: there is no measure {name!r}{did_you_mean(name, measures.names)} "
                f"(measures: {listed(measures.names)})"
            )
        measures = measures.without(name)
    return measures
