"""Pairs from a file whose rows have a target and a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.core import Row
from behavtest.scoring.hints import did_you_mean, listed
from behavtest.suite.chat import row_prompt
from behavtest.suite.matching.pairs import Pairs, TextPair, said
from behavtest.suite.row_files import file_text, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.core import Prompt

SIDES: Final = ("target", "baseline")


def pairs_from_file(path: Path) -> Pairs:
    """Read pairs: rows with a ``target`` and a ``baseline``, each a text or a list of messages.

    Args:
        path: A ``.jsonl`` or ``.csv`` file, as the user knows it.

    Raises:
        SuiteError: It cannot be read, or a row has no such field.
    """
    rows = rows_of(path, file_text(path))
    return Pairs(tuple(map(_pair, rows)), len(rows))


def _pair(row: Row) -> TextPair:
    target, baseline = (_prompt(row, side) for side in SIDES)
    return TextPair(f"{row.place.file}:{row.place.line}", *said(target, baseline))


def _prompt(row: Row, side: str) -> Prompt:
    if side not in row.fields:
        hint = did_you_mean(side, row.fields)
        raise row.place.error(f"the row has no {side!r}{hint} (fields: {listed(row.fields)})")
    value = row.fields[side]
    kind = "messages" if isinstance(value, list) else "prompt"
    return row_prompt(Row({kind: value}, row.place))
