"""Rebuild what the README shows from a real run of the demo: its output and its screenshot.

Run by ``make docs``; needs Chromium for the screenshot and leaves the old one without it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SCREENSHOT = ROOT / "docs" / "images" / "report.png"
BEGIN, END = "<!-- demo output: written by `make docs` -->\n", "<!-- end of demo output -->"
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--hide-scrollbars",
    "--window-size=1280,1180",
)


def main() -> None:
    """Run the demo from an empty store, then rewrite the README's block and the screenshot."""
    shutil.rmtree(ROOT / ".behavtest", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "examples/demo.py"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    output = done.stdout.replace(f"{ROOT}/", "").replace(str(ROOT), "behavtest").rstrip()
    readme = README.read_text(encoding="utf-8")
    block = f"{BEGIN}```console\n{output}\n```\n{END}"
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    README.write_text(pattern.sub(lambda _: block, readme), encoding="utf-8")
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium: the screenshot was left as it is")
        return
    SCREENSHOT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium,
                *CHROMIUM_FLAGS,
                f"--user-data-dir={profile}",
                f"--screenshot={SCREENSHOT}",
                (ROOT / "report.html").as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
