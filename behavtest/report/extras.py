"""Sections of the report that plugins add, in words; the templates show all of it as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report.hostile import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.core.sections import Cell, ReportSection, Table
    from behavtest.experiment.result import RunResult


_MOST_SHOWN = 4000
"""Characters of one text; a section is no place for whole transcripts."""


class ExtraTable(NamedTuple):
    """A table as it is shown.

    Args:
        caption: What it shows; may be empty.
        columns: Each column's title, and whether it holds numbers alone.
        rows: Its cells as text, with the same mark.
    """

    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]


class Extra(NamedTuple):
    """A plugin's section.

    Args:
        anchor: Its place in the page.
        title: Its title.
        paragraphs: Text above the tables.
        tables: Tables.
    """

    anchor: str
    title: str
    paragraphs: tuple[str, ...]
    tables: tuple[ExtraTable, ...]


def extras(run: RunResult) -> tuple[Extra, ...]:
    """Prepare the sections that plugins have added to a run."""
    return tuple(_extra(place, section) for place, section in enumerate(run.sections, start=1))


def briefs(run: RunResult) -> Iterator[str]:
    """Say in a sentence each what the sections say, as far as they have one."""
    for section in run.sections:
        if section.brief:
            yield one_line(f"{section.title}: {section.brief}")


def _extra(place: int, section: ReportSection) -> Extra:
    return Extra(
        f"section-{place}",
        _cut(section.title),
        tuple(_cut(text) for text in section.paragraphs),
        tuple(_table(table) for table in section.tables),
    )


def _table(table: Table) -> ExtraTable:
    numeric = [
        bool(table.rows) and all(not isinstance(row[place], str) for row in table.rows)
        for place in range(len(table.columns))
    ]
    return ExtraTable(
        _cut(table.caption),
        tuple(zip(map(_cut, table.columns), numeric, strict=True)),
        tuple(tuple(zip(map(_text, row), numeric, strict=True)) for row in table.rows),
    )


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return _cut(cell)
        case int():
            return f"{cell:,}"
        case _:
            return f"{cell:.4g}"


def _cut(text: str) -> str:
    more = len(text) - _MOST_SHOWN
    return text if more <= 0 else f"{text[:_MOST_SHOWN]}… ({more:,} more characters not shown)"
