"""Reads text files that people wrote, perhaps with an editor of another mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.errors import SuiteError
from behavtest.scoring.hints import did_you_mean, listed

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path, *, limit: int, way_out: str = "") -> str:
    """Return a file's text, without a byte order mark.

    Args:
        path: The file, as the user knows it; errors name it so.
        limit: Most bytes to read.
        way_out: What to do about a larger file.

    Raises:
        SuiteError: It is missing, not a file, too large, or not UTF-8 text.
    """
    file = path.as_posix()
    try:
        if not path.is_file():
            raise SuiteError(_missing(path), file=file)
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise SuiteError(f"the file cannot be read: {error.strerror}", file=file) from None
    if len(content) > limit:
        raise SuiteError(f"the file has more than {limit:,} bytes{way_out}", file=file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8 text ({error.reason}); save it as UTF-8"
        raise SuiteError(message, file=file, line=line) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        message = "the file has a NUL character in it; is it UTF-16? Save it as UTF-8"
        raise SuiteError(message, file=file, line=line)
    return text


def _bare(name: str) -> str:
    """Return a file's name without its endings, which would make any two alike."""
    return name.partition(".")[0]


def _missing(path: Path) -> str:
    if path.is_dir():
        return "this is a folder, expected a file"
    if not path.parent.is_dir():
        return f"there is no such file, nor a folder {path.parent.as_posix()!r}"
    siblings = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    close = [name for name in siblings if did_you_mean(_bare(path.name), [_bare(name)])]
    hint = did_you_mean(path.name, close)
    if hint or not siblings:
        return f"there is no such file{hint}"
    return f"there is no such file (files in that folder: {listed(siblings, limit=8)})"
