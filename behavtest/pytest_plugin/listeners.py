"""What plugins do when a run has ended; whatever they do, the run is not lost."""

from __future__ import annotations

import numbers
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from behavtest.core import ReportSection
from behavtest.errors import BehavtestWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.experiment import RunResult


class _Answer(NamedTuple):
    """What one plugin returned.

    Args:
        plugin: Its name.
        returned: What it returned.
    """

    plugin: str
    returned: object


def with_sections(config: pytest.Config, result: RunResult) -> RunResult:
    """Add the plugins' sections to a result.

    Args:
        config: The session's.
        result: The verdicts.
    """
    sections: list[ReportSection] = []
    for plugin, returned in _ask(config, "pytest_behavtest_report_sections", result):
        try:
            sections += _checked(returned)
        except (TypeError, ValueError, msgspec.ValidationError) as error:
            _warn(config, f"plugin {plugin!r}: its report sections are left out: {error}")
    return replace(result, sections=tuple(sections))


def tell_finished(config: pytest.Config, result: RunResult) -> None:
    """Tell the plugins that a run has ended.

    Args:
        config: The session's.
        result: What it found.
    """
    for _ in _ask(config, "pytest_behavtest_finished", result):
        pass


def _ask(config: pytest.Config, hook: str, result: RunResult) -> Iterator[_Answer]:
    """Call each plugin's implementation by itself, so that none keeps another from its turn."""
    known = {"result": result, "config": config}
    for implementation in getattr(config.hook, hook).get_hookimpls():
        given = [known[name] for name in implementation.argnames]
        try:
            returned: object = implementation.function(*given)
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:  # noqa: BLE001 -- a plugin's code may raise anything, and the run must survive it
            _warn(
                config,
                f"plugin {implementation.plugin_name!r}: {hook} raised "
                f"{type(error).__name__}: {error}",
            )
        else:
            yield _Answer(implementation.plugin_name, returned)


def _checked(returned: object) -> list[ReportSection]:
    if returned is None:
        return []
    if not isinstance(returned, list | tuple):
        raise TypeError(f"expected a list of ReportSection, found a {type(returned).__name__}")
    for one in returned:
        if not isinstance(one, ReportSection):
            raise TypeError(f"expected a ReportSection, found a {type(one).__name__}")
    # their parts are held to their types too: what is no text could not be shown as text
    plain = msgspec.to_builtins(returned, enc_hook=_plain)
    return msgspec.convert(plain, type=list[ReportSection])


def _plain(value: object) -> object:
    """Take text that claims to be markup for the text it is, and NumPy's numbers for numbers."""
    match value:
        case str():
            return "".join(value)
        case numbers.Integral():
            return int(value)
        case numbers.Real():
            return float(value)
    raise TypeError(f"expected text or a number, found a {type(value).__name__}")


def _warn(config: pytest.Config, text: str) -> None:
    """Show a warning at the end of the session, where no filter can make it an error."""
    message = warnings.WarningMessage(BehavtestWarning(text), BehavtestWarning, "behavtest", 0)
    config.hook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": message, "when": "runtest", "nodeid": "", "location": None}
    )
