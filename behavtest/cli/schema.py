"""``behavtest schema``: the JSON Schema of suite files, or of what behavtest writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands


_WRITTEN = {
    "result": "--behavtest-json writes",
    "decision": "gate --json writes",
    "sign-off": "gate --sign-off writes",
    "acceptances": "accept adds to",
}


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "schema",
        help="print the JSON Schema of suite files, with the scorers of installed plugins, or "
        "of what behavtest writes",
        usage="schema [--result | --decision | --sign-off | --acceptances | pytest arguments]",
    )
    written = parser.add_mutually_exclusive_group()
    for what, text in _WRITTEN.items():
        written.add_argument(
            f"--{what}",
            dest="written",
            action="store_const",
            const=what,
            help=f"the schema of what {text}",
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
    if arguments.written is None:
        print(schema_text(rest), end="")
        return 0
    no_more(rest)
    from behavtest.release.schemas import acceptances_schema, decision_schema, sign_off_schema
    from behavtest.report.result_schema import result_schema
    from behavtest.report.schema_text import as_text

    schemas = {
        "result": result_schema,
        "decision": decision_schema,
        "sign-off": sign_off_schema,
        "acceptances": acceptances_schema,
    }
    print(as_text(schemas[arguments.written]()), end="")
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
