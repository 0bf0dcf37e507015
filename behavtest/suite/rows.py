"""Rows of prompts: from a list in the suite, or from a .jsonl, .csv or .txt file next to it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from behavtest.errors import SuiteError
from behavtest.scoring.hints import describe, listed
from behavtest.suite import fields as read
from behavtest.suite.behavior import Source
from behavtest.suite.files import read_text
from behavtest.suite.node import Node, from_python

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_FILE: Final = 64 * 1024 * 1024


class Row(NamedTuple):
    """One row, not yet a prompt.

    Args:
        fields: Its fields, by name.
        place: Where it is written.
    """

    fields: Mapping[str, object]
    place: Source


def rows_from(node: Node, *, folder: Path) -> tuple[Row, ...]:
    """Return the rows of a list, or of the file whose path is given.

    Args:
        node: A list of texts and mappings, or a path relative to ``folder``.
        folder: Folder of the suite, as the user knows it.

    Raises:
        SuiteError: There is no such file, a row is wrong, or there are none.
    """
    if isinstance(node.value, str):
        return _file_rows(node, node.value, folder=folder)
    if not isinstance(node.value, tuple):
        raise node.error(
            f"found {describe(node.plain())}, expected a list of prompts or the path of a "
            f"{listed(_READERS)} file"
        )
    if not node.value:
        raise node.error("the list has no prompts")
    return tuple(_inline_row(item) for item in node.value)


def texts_from_file(node: Node, *, folder: Path) -> tuple[str, ...]:
    """Return the lines of a ``.txt`` file that are not blank.

    Args:
        node: The path, relative to ``folder``.
        folder: Folder of the suite, as the user knows it.

    Raises:
        SuiteError: It is no such file, or it has no lines.
    """
    name = read.text(node)
    if not name.endswith(".txt"):
        raise node.error(f"found {describe(name)}, expected a list or the path of a .txt file")
    path = folder / name
    lines = tuple(line for _, line in _lines(_text(path, node)))
    if not lines:
        raise SuiteError("the file has no lines", file=path.as_posix())
    return lines


def _inline_row(node: Node) -> Row:
    if isinstance(node.value, Mapping):
        row = node.plain()
        assert isinstance(row, Mapping)
        return Row(row, node.place)
    return Row({"prompt": read.text(node)}, node.place)


def _file_rows(node: Node, name: str, *, folder: Path) -> tuple[Row, ...]:
    path = folder / name
    reader = _READERS.get(path.suffix)
    if reader is None:
        raise node.error(
            f"found {describe(name)}, expected the path of a {listed(_READERS)} file; a single "
            'prompt is a list too: ["…"]'
        )
    rows = tuple(reader(_text(path, node), path.as_posix()))
    if not rows:
        raise SuiteError("the file has no prompts", file=path.as_posix())
    return rows


def _text(path: Path, node: Node) -> str:
    try:
        return read_text(path, limit=_LARGEST_FILE)
    except SuiteError as error:
        if error.line is not None:
            raise
        # what is wrong is where the path is written: the file itself has no line to show
        raise node.error(f"{path.as_posix()}: {error.message}") from None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, counted from 1; only line feeds end a line."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _txt(text: str, file: str) -> Iterator[Row]:
    for number, line in _lines(text):
        yield Row({"prompt": line}, Source(file, number))


def _jsonl(text: str, file: str) -> Iterator[Row]:
    for number, line in _lines(text):
        place = Source(file, number)
        try:
            value = json.loads(line, object_pairs_hook=_unique, parse_constant=_not_json)
        except json.JSONDecodeError as error:
            message = f"this line is not JSON: {error.msg} (column {error.colno})"
            raise place.error(message) from None
        except (ValueError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise place.error(f"this line cannot be read: {why}") from None
        if not isinstance(value, dict):
            raise place.error(f'found {describe(value)}, expected a mapping: {{"prompt": "…"}}')
        from_python(value, place)  # bounds its depth
        yield Row(value, place)


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


_READERS: Final[Mapping[str, Callable[[str, str], Iterator[Row]]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".txt": _txt,
}
