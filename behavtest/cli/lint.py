"""``behavtest lint``: all that is wrong with suites, and what is odd, before a model runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command
from behavtest.cli.failing import CommandError
from behavtest.cli.places import check_outputs

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.cli.selecting import Collected
    from behavtest.suite.advice import Advice


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "lint",
        help="show every mistake in suites at once, each with file, line and field, and warn of "
        "what is odd; loads no model",
        usage="lint PATH... [--json FILE] [pytest arguments]",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Check the suites, and the marks in test modules, that pytest finds under the paths.

    Returns:
        0 if there are no errors, whether there are warnings or not; else 1.

    Raises:
        CommandError: A path or an argument cannot be used, or no behavior is there.
    """
    check_outputs(arguments)
    _check_names(rest)

    from behavtest.cli.selecting import collect
    from behavtest.report.jsonfile import write_document
    from behavtest.report.lint_lines import Findings, lint_lines

    collected = collect(rest)
    findings = Findings(
        errors=collected.errors,
        advice=tuple(_advice(collected)),
        behaviors=len(collected.behaviors),
    )
    if not findings.behaviors and not findings.errors:
        raise collected.nothing()
    for line in lint_lines(findings):
        print(line)
    if arguments.json is not None:
        write_document("lint", findings.document(), arguments.json.expanduser())
        print(f"wrote {arguments.json}")
    return int(bool(findings.errors))


def _advice(collected: Collected) -> list[Advice]:
    from behavtest.suite.advice import advice

    selection = collected.selection
    if selection is None:
        return []
    settings = selection.settings
    return [
        found
        for behavior in selection.behaviors.values()
        for found in advice(behavior, alpha=settings.alpha, max_pairs=settings.budget.max_pairs)
    ]


def _check_names(paths: list[str]) -> None:
    """Tell of YAML files that pytest would not take for suites.

    Raises:
        CommandError: There is one.
    """
    for path in paths:
        name = path.partition("::")[0]
        if (
            name.endswith((".yaml", ".yml"))
            and not name.endswith((".behav.yaml", ".behav.yml"))
            and Path(name).is_file()
        ):
            raise CommandError(
                f"{path} is not named as a suite is, *.behav.yaml; a file that suites include is "
                "checked with them"
            )
