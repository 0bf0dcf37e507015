"""Rows of prompts: from a list in the suite, from a file next to it, or from a prompt source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from behavtest.core import Row
from behavtest.errors import SuiteError
from behavtest.scoring.hints import describe, listed
from behavtest.scoring.offered import SpecError
from behavtest.suite import fields as read
from behavtest.suite.row_files import SUFFIXES, file_text, lines_of, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings


def rows_from(node: Node, *, around: Surroundings) -> tuple[Row, ...]:
    """Return the rows of a list, of the file whose path is given, or of a prompt source.

    Args:
        node: A list of texts and mappings, a path relative to the suite's folder, or
            ``{source: arguments}``.
        around: Where the suite stands, and what it can name.

    Raises:
        SuiteError: There is no such file, a row is wrong, or there are none.
    """
    if isinstance(node.value, str):
        return _file_rows(node, node.value, around=around)
    if isinstance(node.value, Mapping):
        return _source_rows(node, around=around)
    if not isinstance(node.value, tuple):
        raise node.error(
            f"found {describe(node.plain())}, expected a list of prompts, the path of a "
            f"{listed(SUFFIXES)} file, or a prompt source: {{name: arguments}}"
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
    lines = tuple(line for _, line in lines_of(_text(path, node)))
    if not lines:
        raise SuiteError("the file has no lines", file=path.as_posix())
    return lines


def _inline_row(node: Node) -> Row:
    if isinstance(node.value, Mapping):
        row = node.plain()
        assert isinstance(row, Mapping)
        return Row(row, node.place)
    return Row({"prompt": read.text(node)}, node.place)


def _file_rows(node: Node, name: str, *, around: Surroundings) -> tuple[Row, ...]:
    path = around.folder / name
    if path.suffix not in SUFFIXES:
        way_out = 'a single prompt is a list too: ["…"]'
        if name in around.sources.names:
            way_out = f"a prompt source takes arguments: {{{name}: …}}"
        raise node.error(
            f"found {describe(name)}, expected the path of a {listed(SUFFIXES)} file; {way_out}"
        )
    return rows_of(path, _text(path, node))


def _source_rows(node: Node, *, around: Surroundings) -> tuple[Row, ...]:
    try:
        return around.sources.rows(node.plain(), folder=around.folder, place=node.place)
    except SpecError as error:
        raise node.at(error.path).error(str(error)) from None


def _text(path: Path, node: Node) -> str:
    try:
        return file_text(path)
    except SuiteError as error:
        if error.line is not None:
            raise
        # what is wrong is where the path is written: the file itself has no line to show
        raise node.error(f"{path.as_posix()}: {error.message}") from None
