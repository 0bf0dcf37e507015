"""What installed plugins offer to suites: asked of pytest, which loads them."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import pytest

from behavtest.cli.failing import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.suite.schema.document import Offered

_QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")


class _Listener:
    """A plugin that asks the others, once all of them are there."""

    def __init__(self) -> None:
        self.manager: pytest.PytestPluginManager | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        self.manager = config.pluginmanager


def offered(arguments: Sequence[str]) -> Offered:
    """Load the plugins that pytest would load with these arguments, and ask them.

    Args:
        arguments: pytest's: the ``conftest.py`` of a path may offer scorers, ``-p`` plugins.

    Raises:
        CommandError: pytest cannot use an argument; what it said is shown.
        SettingsError: Two plugins offer one name.
    """
    from behavtest.scoring import ScorerRegistry
    from behavtest.suite.perturbations import PerturbationRegistry
    from behavtest.suite.schema.document import Offered
    from behavtest.suite.sources import PromptSourceRegistry

    listener = _Listener()
    said = io.StringIO()
    with redirect_stdout(said):
        # of what pytest can do, listing markers needs plugins and collects nothing
        status = pytest.main([*arguments, "--markers", *_QUIET], plugins=[listener])
    if status != pytest.ExitCode.OK or listener.manager is None:
        sys.stdout.write(said.getvalue())
        raise CommandError("the plugins could not be loaded")
    return Offered(
        ScorerRegistry.from_plugins(listener.manager),
        PromptSourceRegistry.from_plugins(listener.manager),
        PerturbationRegistry.from_plugins(listener.manager),
    )
