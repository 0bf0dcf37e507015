"""Pages that are followed from top to bottom: run each step in an empty folder, show what it said.

A page's steps are its blocks in order: ``console`` is a command and what a terminal shows of it,
``yaml append=FILE`` is added to a file, ``diff file=FILE`` changes lines of one. Run by ``make
docs``; alone: ``python docs/pages.py``.
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("first-suite.md", "gate.md", "several-models.md")
FENCE = re.compile(
    r"^```(?P<kind>console|yaml|diff)(?: (?P<how>append|file)=(?P<file>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ERASE = "\x1b[K"
COLUMNS = 80
PLUGINS = ("behavtest_embeddings", "behavtest_judge")
"""Left out, so that a page shows what behavtest says alone."""


class Step(NamedTuple):
    """One block of a page that does something.

    Args:
        kind: ``console``, ``yaml`` or ``diff``.
        file: The file it changes, for the last two.
        text: Its content.
    """

    kind: str
    file: str
    text: str

    @property
    def command(self) -> str:
        """The command of a ``console`` step."""
        return self.text.partition("\n")[0].removeprefix("$ ")


def main() -> None:
    """Follow every page and write down what its commands say."""
    for name in PAGES:
        page = ROOT / "docs" / name
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "examples").symlink_to(ROOT / "examples")
            page.write_text(followed(page.read_text("utf-8"), Path(folder)), encoding="utf-8")


def steps(page: str) -> Iterator[Step]:
    """Yield the steps of a page."""
    for found in FENCE.finditer(page):
        step = _step(found)
        if step is not None:
            yield step


def _step(found: re.Match[str]) -> Step | None:
    if found["kind"] != "console" and found["how"] is None:
        return None
    return Step(found["kind"], found["file"] or "", found["text"])


def followed(page: str, folder: Path) -> str:
    """Return a page with the output of its commands, run one after the other."""

    def block(found: re.Match[str]) -> str:
        step = _step(found)
        if step is None:
            return found[0]
        if step.kind != "console":
            change(step, folder)
            return found[0]
        return f"```console\n$ {step.command}\n{said(step.command, folder)}\n```"

    return FENCE.sub(block, page)


def change(step: Step, folder: Path) -> None:
    """Change a file as a step says."""
    path = folder / step.file
    text = path.read_text("utf-8") if path.exists() else ""
    if step.kind == "yaml":
        text += step.text
    else:
        lines = step.text.splitlines()
        old, new = (
            "".join(f"{line[1:]}\n" for line in lines if line[0] in f" {sign}") for sign in "-+"
        )
        if text.count(old) != 1:
            raise SystemExit(f"{step.file} has {text.count(old)} times:\n{old}")
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def said(command: str, folder: Path) -> str:
    """Return what a terminal shows after a command, without the paths of this machine."""
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "COLUMNS": str(COLUMNS),
        "TERM": "xterm",
        "PYTEST_ADDOPTS": " ".join(f"-p no:{name}" for name in PLUGINS),
    }
    with subprocess.Popen(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        output = b"".join(iter(lambda: _read(ours), b""))
        process.wait()
    os.close(ours)
    text = output.decode().replace("\r\n", "\n").strip("\n")
    shown = "\n".join(on_screen(line) for line in text.split("\n"))
    return shown.replace(f"{folder}/", "").replace(str(folder), ".").replace(f"{ROOT}/", "")


def on_screen(line: str) -> str:
    """Return what is left of a line after what was written over it."""
    shown = ""
    for part in line.split("\r"):
        if part.startswith(ERASE):
            shown = ""
        written = part.removeprefix(ERASE)
        shown = written + shown[len(written) :]
    return shown.rstrip()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 2**16)
    except OSError:  # Linux says so where the other end has been closed
        return b""


if __name__ == "__main__":
    main()
