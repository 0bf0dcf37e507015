"""Which behaviors a command is about: asked of pytest, so that every way to select works."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from behavtest.cli.failing import CommandError
from behavtest.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from behavtest.experiment.selection import Selection
    from behavtest.suite.behavior import Behavior

_QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")


class Collected(NamedTuple):
    """What pytest found.

    Args:
        selection: What it selected; None if it did not get so far.
        errors: What could not be collected: mistakes in suites and marks, each by itself, and
            modules that cannot be imported.
        left_out: How many tests, behaviors or others, were found and not selected.
    """

    selection: Selection | None
    errors: tuple[SuiteError, ...]
    left_out: int = 0

    @property
    def behaviors(self) -> Mapping[str, Behavior]:
        """The selected behaviors by node id."""
        return {} if self.selection is None else self.selection.behaviors

    def nothing(self) -> CommandError:
        """Return the error that no behavior was selected."""
        if self.left_out:
            return CommandError(
                f"no behavior was selected: -k, -m or --deselect leaves out all that was found "
                f"({self.left_out:,})"
            )
        return CommandError(
            "no behavior was found; name a suite file or folder, as you would for pytest"
        )


class _Listener:
    """A plugin that takes note of what was selected and of what was wrong."""

    def __init__(self) -> None:
        self.selection: Selection | None = None
        self.errors: list[SuiteError] = []
        self.interrupted = False
        self.left_out = 0

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what ``-k``, ``-m`` and their like leave out."""
        self.left_out += len(items)

    def pytest_exception_interact(
        self, node: pytest.Collector, call: pytest.CallInfo[object]
    ) -> None:
        """Keep the error that a collector failed with."""
        assert call.excinfo is not None
        error = call.excinfo.value
        if isinstance(error.__cause__, SuiteError):
            self.errors += error.__cause__.parts
            return
        said = str(error).strip() or type(error).__name__
        self.errors.append(
            SuiteError(said.splitlines()[-1].removeprefix("E").strip(), file=node.nodeid)
        )

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell Ctrl-C from pytest's own way of stopping at a collection error."""
        self.interrupted = excinfo.type is KeyboardInterrupt

    def pytest_behavtest_selected(self, selection: object) -> None:
        self.selection = cast("Selection", selection)


class _NoWorkers:
    """A plugin that keeps pytest-xdist, where it is loaded, from what an ini file may ask of it."""

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, object, object]:
        """Ask for no workers before xdist looks how many there are to be."""
        if hasattr(config.option, "numprocesses"):
            config.option.numprocesses = 0
        return (yield)


def select(arguments: Sequence[str]) -> Selection:
    """Collect behaviors as pytest would with these arguments, and run none.

    Args:
        arguments: pytest's: paths, ``-k``, ``-m``, ``--model-a``, any ``--behavtest-*``.

    Raises:
        CommandError: Collection failed, with what pytest said of it, or found no behavior.
    """
    collected, said = _ask(arguments)
    if collected.errors:
        sys.stdout.write(said)
        raise CommandError("the behaviors could not be collected")
    if collected.selection is None or not collected.selection.behaviors:
        raise collected.nothing()
    return collected.selection


def collect(arguments: Sequence[str]) -> Collected:
    """Collect behaviors as pytest would with these arguments, with what is wrong, and run none.

    Args:
        arguments: As for `select`.

    Raises:
        CommandError: pytest cannot use an argument; what it said is shown.
    """
    return _ask(arguments)[0]


def _ask(arguments: Sequence[str]) -> tuple[Collected, str]:
    """Return what pytest found, and what it said."""
    listener = _Listener()
    said = io.StringIO()
    with redirect_stdout(said):
        status = pytest.main(
            [*arguments, "--collect-only", "-q", *_QUIET], plugins=[listener, _NoWorkers()]
        )
    if listener.interrupted:
        raise KeyboardInterrupt
    usable = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    if status not in usable and not listener.errors:
        sys.stdout.write(said.getvalue())
        raise CommandError("the behaviors could not be collected")
    errors = {str(error): error for error in listener.errors}  # an included file's come repeatedly
    return Collected(listener.selection, tuple(errors.values()), listener.left_out), said.getvalue()
