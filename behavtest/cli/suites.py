"""``behavtest suites``: the suites that have a name, and what their cards say."""

from __future__ import annotations

import io
import shutil
import textwrap
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from behavtest.cli.commands import add_command, no_more
from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from behavtest.cli.commands import Commands
    from behavtest.experiment.selection import Selection
    from behavtest.suite import Behavior
    from behavtest.suite.shipped import NamedSuite

_WIDTH = 78
_QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = add_command(
        commands,
        "suites",
        help="list the suites that --behavtest-suite knows by name, or show a suite's card",
        usage="suites [NAME [--copy FOLDER]]",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="the suite whose card to show")
    parser.add_argument(
        "--copy",
        metavar="FOLDER",
        type=Path,
        help="copy the suite into a new folder, to change it there",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Print the list, or a card.

    Returns:
        0, or 1 if a suite in the list cannot be read.

    Raises:
        CommandError: An argument is unknown, or the copy cannot be made.
        SettingsError: There is no suite of that name.
        SuiteError: The card cannot be read as written.
    """
    no_more(rest)
    if arguments.copy is not None:
        _copy(arguments.name, arguments.copy.expanduser())
        return 0
    if arguments.name is not None:
        print(*_card_lines(arguments.name), sep="\n")
        return 0
    suites, problems = _found()
    collected = _collect([suite.name for suite in suites])
    for suite in suites:
        print(*_lines(suite, collected, problems), sep="\n")
    for name, problem in problems.items():
        print(*_wrapped(f"{name}: {problem}"), sep="\n")
    print("Run one: pytest --model-a BASE --model-b MODIFIED --behavtest-suite=NAME")
    print("Run all of behavtest's that expect no particular change: --behavtest-suite=all")
    return 1 if problems or collected.failed else 0


def _copy(name: str | None, target: Path) -> None:
    from behavtest.suite.shipped import named_suite

    if name is None:
        raise CommandError("--copy needs the suite's name: behavtest suites NAME --copy FOLDER")
    if target.exists():
        raise CommandError(f"--copy: {target} exists already; name a new folder")
    try:
        shutil.copytree(
            named_suite(name).folder, target, ignore=shutil.ignore_patterns("__pycache__", "*.py")
        )
    except OSError as error:
        raise CommandError(f"--copy: {target} cannot be written: {error.strerror}") from error
    shown = target if target.is_absolute() else f"./{target.as_posix()}"
    print(f"Copied to {target}. Run it: pytest --behavtest-suite={shown}")


def _found() -> tuple[list[NamedSuite], dict[str, str]]:
    """Return the suites, and what is wrong with those that cannot be found."""
    from behavtest.errors import SettingsError
    from behavtest.suite.shipped import named_suite, suite_names

    suites, problems = [], {}
    for name in suite_names():
        try:
            suites.append(named_suite(name))
        except SettingsError as error:
            problems[name] = str(error)
    return suites, problems


class _Collected(NamedTuple):
    """What pytest collected.

    Args:
        behaviors: Node id -> behavior.
        failed: Node id of a file that cannot be read -> why.
    """

    behaviors: Mapping[str, Behavior]
    failed: Mapping[str, str]


class _Listener:
    """A plugin that takes note of what was collected and what could not be."""

    def __init__(self) -> None:
        self.behaviors: Mapping[str, Behavior] | None = None
        self.failed: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext

    def pytest_behavtest_selected(self, selection: object) -> None:
        self.behaviors = cast("Selection", selection).behaviors


def _collect(names: Sequence[str]) -> _Collected:
    """Collect suites through pytest, so that every plugin's scorers are known.

    Raises:
        CommandError: pytest could not begin, and has said why.
    """
    listener = _Listener()
    options = ["--collect-only", "-q", "--continue-on-collection-errors", "-p", "no:cacheprovider"]
    asked = [f"--behavtest-suite={name}" for name in names]
    with redirect_stdout(io.StringIO()):
        pytest.main([*asked, *options, *_QUIET], plugins=[listener])
    if listener.behaviors is None:
        raise CommandError("the suites could not be collected; see what pytest says above")
    return _Collected(listener.behaviors, listener.failed)


def _lines(suite: NamedSuite, collected: _Collected, problems: dict[str, str]) -> Iterable[str]:
    from behavtest.errors import SuiteError
    from behavtest.report import format as fmt
    from behavtest.suite.counting import distinct_prompts

    below = f"suite:{suite.name}/"
    behaviors = [one for name, one in collected.behaviors.items() if name.startswith(below)]
    license_, summary = "no license stated", "It has no card."
    try:
        if suite.has_card:
            card = suite.card()
            license_, summary = card.license, card.summary
    except SuiteError as error:
        problems[suite.name] = str(error)
    prompts = fmt.plural(distinct_prompts(behaviors), "prompt")
    counts = f"{fmt.plural(len(behaviors), 'behavior')}, {prompts}"
    yield f"{suite.name}: {counts}".replace(fmt.NBSP, " ")
    yield from _wrapped(summary)
    yield from _wrapped(f"{license_}; {suite.origin}")
    for name, why in collected.failed.items():
        if name.startswith(below):
            yield from _wrapped(why)


def _card_lines(name: str) -> Iterable[str]:
    from behavtest.report.hostile import plain
    from behavtest.suite.shipped import named_suite

    suite = named_suite(name)
    card = suite.card()
    yield plain(f"{card.name} {card.version}, {card.license}, {card.language}; {suite.origin}")
    yield plain(str(suite.folder))
    yield f"scorers: {', '.join(card.scorers) or 'none'}"
    yield from ("", plain(card.summary), "", plain(card.text))


def _wrapped(text: str) -> Iterable[str]:
    from behavtest.report.hostile import plain

    for line in plain(text).splitlines():
        yield from textwrap.wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="  ")
