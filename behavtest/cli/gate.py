"""``behavtest gate``: whether a model may be released, by a policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError
from behavtest.cli.places import check_outputs
from behavtest.cli.signing import signer

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.release.inputs import Inputs


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "gate",
        help="decide from reports whether a model may be released, by a policy",
        usage="gate REPORT.json... [--policy FILE] [--acceptances FILE] [options]",
    )
    parser.add_argument(
        "reports", metavar="REPORT.json", nargs="+", type=Path, help="what --behavtest-json wrote"
    )
    parser.add_argument(
        "--policy", metavar="FILE", type=Path, help="without one, every behavior must hold"
    )
    parser.add_argument(
        "--acceptances",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="accepted changes, beside those that the policy names; may be given again",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the decision as JSON")
    parser.add_argument(
        "--markdown", metavar="FILE", type=Path, help="also write it for a pull request or a job"
    )
    parser.add_argument(
        "--sign-off", metavar="FILE", type=Path, help="also write a record of who decided on what"
    )
    parser.add_argument("--by", metavar="NAME", help="who signs (default: git's user.name)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Decide and say why.

    Returns:
        0 if the model may be released, else 1.

    Raises:
        CommandError: An argument cannot be used.
        SettingsError: A report is missing, damaged or of a newer behavtest.
        SuiteError: The policy or a file of acceptances is not as it must be.
    """
    from datetime import UTC, datetime

    from behavtest.release.document import document
    from behavtest.release.inputs import read_inputs
    from behavtest.release.lines import decision_lines
    from behavtest.release.markdown import write_decision
    from behavtest.release.signoff import check_record, sign_off
    from behavtest.report.jsonfile import write_document

    no_more(rest)
    check_outputs(arguments)
    record = None if arguments.sign_off is None else arguments.sign_off.expanduser()
    by = "" if record is None else signer(arguments.by)
    if record is not None:
        check_record(record, by=by)
    inputs = read_inputs(
        [path.expanduser() for path in arguments.reports],
        policy=None if arguments.policy is None else arguments.policy.expanduser(),
        acceptances=[path.expanduser() for path in arguments.acceptances],
    )
    _keep(inputs, arguments)
    now = datetime.now(UTC).replace(microsecond=0)
    decision = inputs.decide(now=now)
    for line in decision_lines(decision):
        print(line)
    if arguments.json is not None:
        write_document("gate", document(decision), arguments.json.expanduser())
        print(f"wrote {arguments.json}")
    if arguments.markdown is not None:
        write_decision(decision, arguments.markdown.expanduser())
        print(f"wrote {arguments.markdown}")
    if record is not None:
        sign_off(inputs, decision, by=by, now=now, file=record)
        print(f"wrote {arguments.sign_off}")
    return int(not decision.passes)


def _keep(inputs: Inputs, arguments: argparse.Namespace) -> None:
    """Refuse to write over what is read.

    Raises:
        CommandError: A file is both.
    """
    read = [*(report.path for report in inputs.reports), *inputs.acceptance_files]
    read += [] if inputs.policy_file is None else [inputs.policy_file]
    given = {path.resolve() for path in read}
    for flag, file in (("json", arguments.json), ("markdown", arguments.markdown)):
        if file is not None and file.expanduser().resolve() in given:
            raise CommandError(f"--{flag}: {file} is read; choose another file to write")
