"""``behavtest schema``: the JSON Schema of suite files, or of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "schema",
        help="print the JSON Schema of suite files, with the scorers of installed plugins, or "
        "of what --behavtest-json writes",
        usage="schema [--result | pytest arguments]",
    )
    parser.add_argument(
        "--result", action="store_true", help="the schema of what --behavtest-json writes"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Print the schema.

    Returns:
        0.

    Raises:
        CommandError: pytest cannot use an argument.
        SettingsError: Two plugins offer one name.
    """
    if arguments.result:
        no_more(rest)
        from behavtest.report.result_schema import result_schema
        from behavtest.report.schema_text import as_text

        print(as_text(result_schema()), end="")
    else:
        print(schema_text(rest), end="")
    return 0


def schema_text(arguments: list[str]) -> str:
    """Return the schema as it is written to files.

    Args:
        arguments: pytest's: the ``conftest.py`` of a path may offer scorers, ``-p`` plugins.

    Raises:
        CommandError: pytest cannot use an argument.
        SettingsError: Two plugins offer one name.
    """
    from behavtest.cli.offered import offered
    from behavtest.report.schema_text import as_text
    from behavtest.suite.schema.document import suite_schema

    return as_text(suite_schema(offered(arguments)))
