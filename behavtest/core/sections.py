"""What a plugin adds to the report: text and tables, nothing that could run."""

from __future__ import annotations

import math
from dataclasses import dataclass

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a report's section.

    Args:
        columns: Its column titles, at least one.
        rows: Its rows, each with a text or a number for every column.
        caption: What it shows; may be empty.

    Raises:
        ValueError: A row has another number of cells, or a cell is not a number (NaN).
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("a table needs at least one column")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"a row has {len(row)} cells, the table has {len(self.columns)} columns"
                )
            if any(isinstance(cell, float) and math.isnan(cell) for cell in row):
                raise ValueError("a cell is NaN; write a text that says what is missing")


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section that a plugin adds to the report, after the behaviors.

    All of it is shown as text: markup in it is not obeyed, and characters that would hide or
    reorder text are made visible.

    Args:
        title: Its title.
        paragraphs: Text above the tables.
        tables: Tables.
        brief: One sentence for the terminal; empty if there is none worth it.

    Raises:
        ValueError: The title is empty.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    brief: str = ""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("a section of the report needs a title")
