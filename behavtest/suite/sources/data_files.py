"""Reads the records of a data file or folder, whatever its kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.errors import SuiteError
from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.hints import listed
from behavtest.suite.row_files import file_text, rows_of
from behavtest.suite.sources.record import Record
from behavtest.suite.sources.tables import is_saved, saved_rows, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from behavtest.core import Row

_TEXTS: Final = (".jsonl", ".json", ".csv")
_TABLES: Final = (".parquet", ".arrow")
_NOT_DATA: Final = re.compile(r"(?:dataset_infos?|state|config)\.json")
_MOST_FILES: Final = 10_000


def read_data(path: Path, *, split: str) -> Iterator[Record]:
    """Yield the records of a file, or of the files of a folder.

    Args:
        path: As the user knows it: a file, a folder that ``datasets`` saved, or one of files.
        split: Which split of a folder with several; nothing for a file.

    Raises:
        ValueError: It is missing, or of a kind that cannot be read.
        SuiteError: It is not what its name says.
    """
    yield from map(Record, _all_rows(path, split))


def _all_rows(path: Path, split: str) -> Iterable[Row]:
    if path.is_dir():
        return saved_rows(path, split=split) if is_saved(path) else _folder_rows(path, split)
    if split:
        raise ArgumentsError(f"{path.as_posix()} is a file, which has no splits: leave split out")
    return _file_rows(path)


def _file_rows(path: Path) -> Iterable[Row]:
    if path.suffix in _TABLES and path.is_file():
        return table_rows(path)
    if path.suffix not in (*_TEXTS, *_TABLES):
        raise ArgumentsError(
            f"found {path.as_posix()!r}, expected the path of a "
            f"{listed((*_TEXTS, *_TABLES))} file, or of a folder of them"
        )
    try:
        text = file_text(path)
    except SuiteError as error:
        if error.line is not None:
            raise
        raise ArgumentsError(f"{path.as_posix()}: {error.message}") from None
    return rows_of(path, text)


def _folder_rows(folder: Path, split: str) -> Iterator[Row]:
    """Yield the rows of a folder's files, those of one split if their names tell of splits.

    A file is of a split if the split's name stands in its path as a word, as in
    ``data/test-00000-of-00001.parquet`` (Hugging Face's convention for data files).
    """
    suffixes = (*_TEXTS, *_TABLES)
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix in suffixes and file.is_file() and not _NOT_DATA.fullmatch(file.name)
    )[:_MOST_FILES]
    if not files:
        raise ArgumentsError(f"{folder.as_posix()} has no {listed(suffixes)} files in it")
    names = [file.relative_to(folder).as_posix() for file in files]
    if split:
        word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(split)}(?![A-Za-z0-9])")
        chosen = [file for file, name in zip(files, names, strict=True) if word.search(name)]
    else:
        chosen = files if len({_kind(name) for name in names}) == 1 else []
    if not chosen:
        problem = f"no file of split {split!r}" if split else "files of several kinds"
        raise ArgumentsError(
            f"{folder.as_posix()} has {problem} (files: {listed(names, limit=8)}); write split: "
            "a word of their names, or the path of one file"
        )
    for file in chosen:
        yield from _file_rows(file)


def _kind(name: str) -> str:
    """Return a file's name without its numbers: the parts of one table have one."""
    return re.sub(r"\d+", "", name)
