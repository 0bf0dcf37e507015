"""Rebuild what the README and docs/commands.md show, from real runs.

Run by ``make docs``; needs Chromium for the screenshots and leaves the old ones without it.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
COMMANDS = ROOT / "docs" / "commands.md"
IMAGES = ROOT / "docs" / "images"
BLOCK = re.compile(r"```console\n\$ ([^\n]*)\n.*?```", re.DOTALL)
SCRIPTS = (
    "pages.py",
    "tables.py",
    "schema.py",
    "suites.py",
    "scorer_errors.py",
    "outputs.py",
)
"""What writes the other pages, some of it from the store that the demo leaves."""

BEGIN, END = "<!-- demo output: written by `make docs` -->\n", "<!-- end of demo output -->"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
SCREENSHOTS = {"light": "report.png", "dark": "report-dark.png"}
"""Theme -> picture of the demo's report in it."""

WINDOW = ViewportSize(width=1280, height=1180)


def main() -> None:
    """Run the demo from an empty store and the commands before and after it; write it all down."""
    shutil.rmtree(ROOT / ".behavtest", ignore_errors=True)
    planned = run_commands(first=0, last=1)
    rebuild_readme()
    write_commands(planned | run_commands(first=1, last=None))
    take_screenshots()
    for script in SCRIPTS:
        subprocess.run([sys.executable, f"docs/{script}"], cwd=ROOT, check=True)


def run_commands(*, first: int, last: int | None) -> dict[str, str]:
    """Run the commands of some of the blocks of docs/commands.md; return each one's output."""
    text = COMMANDS.read_text(encoding="utf-8")
    outputs = {}
    for command in BLOCK.findall(text)[first:last]:
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(command)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        outputs[command] = shown(done.stdout)
    return outputs


def write_commands(outputs: dict[str, str]) -> None:
    """Put the outputs under their commands."""
    text = COMMANDS.read_text(encoding="utf-8")
    COMMANDS.write_text(
        BLOCK.sub(lambda found: f"```console\n$ {found[1]}\n{outputs[found[1]]}\n```", text),
        encoding="utf-8",
    )


def shown(output: str) -> str:
    """Return an output without the paths of this machine."""
    return output.replace(f"{ROOT}/", "").replace(str(ROOT), "behavtest").rstrip()


def rebuild_readme() -> None:
    """Run the demo and rewrite the README's block."""
    done = subprocess.run(
        [sys.executable, "examples/demo.py"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    output = shown(done.stdout)
    readme = README.read_text(encoding="utf-8")
    block = f"{BEGIN}```console\n{output}\n```\n{END}"
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    README.write_text(pattern.sub(lambda _: block, readme), encoding="utf-8")


def take_screenshots() -> None:
    """Photograph the demo's report in both themes."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium: the screenshots were left as they are")
        return
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport=WINDOW)
        page.goto((ROOT / "report.html").as_uri())
        for theme, name in SCREENSHOTS.items():
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=IMAGES / name)
        browser.close()


if __name__ == "__main__":
    main()
