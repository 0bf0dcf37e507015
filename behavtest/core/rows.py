"""Rows that become prompts, and where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from behavtest.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is written.

    Args:
        file: Path of the file as the user knows it.
        line: Line in the file, counted from 1; of a table that has no lines, the row.
        field: The field there, as a dotted path (``behaviors[2].score``), or nothing.
    """

    file: str
    line: int
    field: str = ""

    def error(self, message: str) -> SuiteError:
        """Return the error that something at this place is wrong."""
        return SuiteError(message, file=self.file, line=self.line, field=self.field)


class Row(NamedTuple):
    """One row, not yet a prompt.

    Args:
        fields: Its fields, by name; ``prompt`` or ``messages`` is what is asked.
        place: Where it is written.
    """

    fields: Mapping[str, object]
    place: Source
