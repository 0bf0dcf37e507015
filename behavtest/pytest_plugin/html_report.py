"""The pairs in the report of pytest-html, where that plugin writes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.pytest_plugin.modified import SUBJECT
from behavtest.pytest_plugin.state import STATE

if TYPE_CHECKING:
    import pytest


def add_pairs(report: pytest.TestReport, item: pytest.Item) -> None:
    """Add a behavior's pairs to what pytest-html shows of its item.

    pytest-html takes what it is to show from ``report.extras``, and xdist carries it along.

    Args:
        report: Of one phase; the verdict is that of the call.
        item: A behavior.
    """
    # With workers, only the controller's pytest-html writes, but the option reaches them all.
    if report.when != "call" or not item.config.getoption("htmlpath", None):
        return
    found = item.config.stash[STATE].found(item.stash[SUBJECT])
    if found is None:
        return
    from behavtest.report.html_extra import html_extra

    # As `pytest_html.extras.html` makes it: a dictionary, so that nothing need be imported.
    extra = {
        "name": None,
        "format_type": "html",
        "content": html_extra(found),
        "mime_type": None,
        "extension": None,
    }
    extras = [*getattr(report, "extras", []), extra]
    report.extras = extras  # type: ignore[attr-defined]  # reports take what plugins give them
