"""Which behaviors a command is about: asked of pytest, so that every way to select works."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import pytest

from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.selection import Selection

_QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")


class _Listener:
    """A plugin that takes note of what was selected."""

    def __init__(self) -> None:
        self.selection: Selection | None = None
        self.interrupted = False

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell Ctrl-C from pytest's own way of stopping at a collection error."""
        self.interrupted = excinfo.type is KeyboardInterrupt

    def pytest_behavtest_selected(self, selection: object) -> None:
        self.selection = cast("Selection", selection)


def select(arguments: Sequence[str]) -> Selection:
    """Collect behaviors as pytest would with these arguments, and run none.

    Args:
        arguments: pytest's: paths, ``-k``, ``-m``, ``--model-a``, any ``--behavtest-*``.

    Raises:
        CommandError: Collection failed, with what pytest said of it, or found no behavior.
    """
    listener = _Listener()
    said = io.StringIO()
    options = ["--collect-only", "-q", *_QUIET]
    if find_spec("xdist") and "no:xdist" not in arguments:
        options.append("-n0")  # an ini file may ask for workers
    with redirect_stdout(said):
        status = pytest.main([*arguments, *options], plugins=[listener])
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        if listener.interrupted:
            raise KeyboardInterrupt
        sys.stdout.write(said.getvalue())
        raise CommandError("the behaviors could not be collected")
    if listener.selection is None or not listener.selection.behaviors:
        raise CommandError(
            "no behavior was found; name a suite file or folder, as you would for pytest"
        )
    return listener.selection
