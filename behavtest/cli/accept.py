"""``behavtest accept``: a change that somebody looked at and lets pass, until a day."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError
from behavtest.cli.signing import signer

if TYPE_CHECKING:
    import argparse

    from behavtest.cli.commands import Commands
    from behavtest.release.acceptance import Acceptance

_WIDTH = 80
_DAYS = re.compile(r"(?P<number>[1-9][0-9]{0,3})d")


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "accept",
        help="accept a behavior's change of the size a report shows, until a day",
        usage="accept BEHAVIOR --reason TEXT --until DATE [--report FILE] [options]",
    )
    parser.add_argument("behavior", metavar="BEHAVIOR", help="suite/behavior, or its node id")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why it may change")
    parser.add_argument(
        "--until",
        metavar="DATE",
        required=True,
        help="the last day on which it counts: 2027-01-31, or 180d from today",
    )
    parser.add_argument("--by", metavar="NAME", help="who accepts it (default: git's user.name)")
    parser.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        default=Path("report.json"),
        help="the JSON of the run that shows the change (default: report.json)",
    )
    parser.add_argument(
        "--file",
        metavar="FILE",
        type=Path,
        default=Path("acceptances.yaml"),
        help="where to write it (default: acceptances.yaml)",
    )
    parser.add_argument(
        "--worst",
        metavar="X",
        type=float,
        help="the estimate up to which it counts (default: the tolerance beyond the report's, at "
        "most 0.05)",
    )
    parser.add_argument(
        "--model",
        metavar="MODEL",
        default="",
        help="for the modified model of this name or label alone; needed if the report has several",
    )
    parser.add_argument("--any-base", action="store_true", help="against any base model")
    parser.add_argument(
        "--this-model", action="store_true", help="for the report's modified model alone"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Write an acceptance.

    Returns:
        0.

    Raises:
        CommandError: An argument cannot be used.
        SettingsError: There is nothing to accept, or the file cannot be written.
        SuiteError: The file is not one of acceptances.
    """
    from behavtest.release.acceptance_file import add_acceptance
    from behavtest.release.accepting import Wish, accept, report_of
    from behavtest.release.evidence import read_reports

    no_more(rest)
    today = datetime.now(UTC).date()
    wish = Wish(
        behavior=arguments.behavior,
        reason=arguments.reason,
        by=signer(arguments.by),
        until=_day(arguments.until, today=today),
        worst=arguments.worst,
        any_base=arguments.any_base,
        this_model=arguments.this_model,
        model=arguments.model,
    )
    reports = read_reports([arguments.report.expanduser()])
    made = accept(wish, report_of(wish.model, reports), today=today)
    added = add_acceptance(made, arguments.file.expanduser())
    for line in _lines(added):
        print(line)
    return 0


def _day(text: str, *, today: date) -> date:
    days = _DAYS.fullmatch(text)
    if days is not None:
        return today + timedelta(days=int(days["number"]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--until is {text!r}; write the day as 2027-01-31, or 180d from today"
        ) from None


def _lines(added: Acceptance) -> list[str]:
    from behavtest.release.acceptance import ANY
    from behavtest.report import format as fmt
    from behavtest.report.hostile import one_line

    end = added.lowest if added.lowest is not None else added.highest
    way = "down to" if added.lowest is not None else "up to"
    models = [
        f"any {role} model" if bound == ANY else f"{role} model {fmt.fingerprint(bound)}"
        for role, bound in (("base", added.base), ("modified", added.modified))
    ]
    what = f"accepted {added.behavior}, {added.verdict} at {fmt.score(added.estimate)}"
    models += [f"named {added.model}"] if added.model else []
    said = [
        f"{what}: {way} {fmt.score(end)}, until {added.until}, {', '.join(models)}",
        f"wrote {added.place}; commit it, so that it is reviewed",
    ]
    return [
        line
        for text in said
        for line in textwrap.wrap(one_line(text), _WIDTH, break_on_hyphens=False)
    ]
