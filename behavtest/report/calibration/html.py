"""The page of a calibration: one HTML file, as the report of a run is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import words
from behavtest.report.calibration.page import calibration_page
from behavtest.report.files import write_whole
from behavtest.report.html import fill

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.experiment.calibration.result import Calibration

_STYLES = ("report.css", "calibration.css")
_SIGNS = {"violated": words.ICONS["violated"], "calibration": "="}


def write_calibration(found: Calibration, path: Path) -> None:
    """Write the page of a calibration.

    Args:
        found: The calibration.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    write_whole(path, render_calibration(found).encode())


def render_calibration(found: Calibration) -> str:
    """Render the page of a calibration.

    Args:
        found: The calibration.

    Returns:
        An HTML document.
    """
    return fill("calibration.html.j2", styles=_STYLES, page=calibration_page(found), signs=_SIGNS)
