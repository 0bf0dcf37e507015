"""Reads the records of a data file, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.errors import SuiteError
from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.hints import listed
from behavtest.suite.row_files import file_text, rows_of
from behavtest.suite.sources.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEXT_FILES: Final = (".jsonl", ".json", ".csv")


def read_data(path: Path, *, split: str) -> Iterator[Record]:
    """Yield the records of a file.

    Args:
        path: The file, as the user knows it.
        split: Which split of a folder with several; nothing for a file.

    Raises:
        ValueError: It is missing, or of a kind that cannot be read.
        SuiteError: It is not what its name says.
    """
    if path.suffix not in _TEXT_FILES:
        raise ArgumentsError(
            f"found {path.as_posix()!r}, expected the path of a {listed(_TEXT_FILES)} file"
        )
    if split:
        raise ArgumentsError(f"{path.as_posix()} is a file, which has no splits: leave split out")
    try:
        text = file_text(path)
    except SuiteError as error:
        if error.line is not None:
            raise
        raise ArgumentsError(f"{path.as_posix()}: {error.message}") from None
    yield from map(Record, rows_of(path, text))
