"""Reads the rows of ``.jsonl``, ``.json``, ``.csv`` and ``.txt`` files."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

from behavtest.core import Row, Source
from behavtest.errors import SuiteError
from behavtest.scoring.hints import describe, listed
from behavtest.suite.files import read_text
from behavtest.suite.node import check_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_LARGEST_FILE: Final = 64 * 1024 * 1024
_SPACE: Final = re.compile(r"\s*")
_SEPARATOR: Final = re.compile(r"\s*(?:,\s*(?=[^\s\]])|(?=\]))")


def file_text(path: Path) -> str:
    """Return the text of a file of rows.

    Args:
        path: As the user knows it.

    Raises:
        SuiteError: It cannot be read; without a line if that is true of the whole file.
    """
    return read_text(path, limit=_LARGEST_FILE)


def rows_of(path: Path, text: str) -> tuple[Row, ...]:
    """Return the rows that a file's text has.

    Args:
        path: As the user knows it; its suffix is one of `SUFFIXES`.
        text: Its text.

    Raises:
        SuiteError: The text is not what the suffix says, or has no rows.
    """
    rows = tuple(_READERS[path.suffix](text, path.as_posix()))
    if not rows:
        raise SuiteError("the file has no prompts", file=path.as_posix())
    return rows


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, counted from 1; only line feeds end a line."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _txt(text: str, file: str) -> Iterator[Row]:
    for number, line in lines_of(text):
        yield Row({"prompt": line}, Source(file, number))


def _jsonl(text: str, file: str) -> Iterator[Row]:
    for number, line in lines_of(text):
        place = Source(file, number)
        with _told(place, what="this line", first=number):
            value = _DECODER.decode(line)
        yield _json_row(value, place)


def _json(text: str, file: str) -> Iterator[Row]:
    """Read a list of mappings, or one mapping per line, which some call JSON, too."""
    if not text.lstrip().startswith("["):
        yield from _jsonl(text, file)
        return
    begin = _after(_SPACE, text, text.index("[") + 1)
    line, counted = 1, 0
    while not text.startswith("]", begin):
        line, counted = line + text.count("\n", counted, begin), begin
        place = Source(file, line)
        with _told(place, what="this", first=1):
            value, end = _DECODER.raw_decode(text, begin)
            begin = _after(_SEPARATOR, text, end)
        yield _json_row(value, place)


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where what follows a separator begins.

    Raises:
        JSONDecodeError: Something else is there.
    """
    found = pattern.match(text, at)
    if found is None:
        raise json.JSONDecodeError("expected , or ]", text, at)
    return found.end()


def _json_row(value: object, place: Source) -> Row:
    if not isinstance(value, dict):
        raise place.error(f'found {describe(value)}, expected a mapping: {{"prompt": "…"}}')
    check_plain(value, place)  # bounds its depth
    return Row(value, place)


@contextmanager
def _told(place: Source, *, what: str, first: int) -> Iterator[None]:
    """Tell what is wrong with JSON.

    Args:
        place: Where the value begins.
        what: What is read, for messages.
        first: Line of the file that the text's first line is.
    """
    try:
        yield
    except json.JSONDecodeError as error:
        at = Source(place.file, first + error.lineno - 1)
        raise at.error(f"{what} is not JSON: {error.msg} (column {error.colno})") from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise place.error(f"{what} cannot be read: {why}") from None


def _csv(text: str, file: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice:
            raise Source(file, 1).error(f"the header has the column {twice[0]!r} twice")
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _csv_row(header, cells, Source(file, line))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Source(file, max(reader.line_num, 1)).error(f"this is not CSV: {error}") from None


def _csv_row(header: list[str], cells: list[str], place: Source) -> Row:
    if len(cells) != len(header):
        raise place.error(
            f"the row has {len(cells)} cells and the header {len(header)} ({listed(header)}); a "
            "cell with a comma in it is written in double quotes"
        )
    return Row(dict(zip(header, cells, strict=True)), place)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!r} is written twice")
    return row


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_json)
_READERS: Final[Mapping[str, Callable[[str, str], Iterator[Row]]]] = {
    ".jsonl": _jsonl,
    ".json": _json,
    ".csv": _csv,
    ".txt": _txt,
}
SUFFIXES: Final = tuple(_READERS)
