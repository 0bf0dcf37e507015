"""What a browser makes of the page; skipped where there is none."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from html_outline import outline

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--enable-logging=stderr",
    "--dump-dom",
]


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("fixture", ["sample_page", "hostile_page"])
def test_the_policy_lets_the_style_in_and_nothing_else_is_tried(
    tmp_path: Path, request: pytest.FixtureRequest, fixture: str
) -> None:
    content = request.getfixturevalue(fixture)
    page = tmp_path / "report.html"
    page.write_text(content, "utf-8")
    command = [str(CHROMIUM), *OPTIONS, f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "Content Security Policy" not in done.stderr
    assert "CONSOLE" not in done.stderr
    # The browser's tree is the template's: nothing was repaired, nothing executed.
    assert [e.tag for e in outline(done.stdout).all()] == [e.tag for e in outline(content).all()]
