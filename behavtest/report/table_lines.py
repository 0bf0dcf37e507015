"""Any table as lines of at most 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report.hostile import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH = 80
_GAP = "  "
_LEAST = 12
"""Characters below which a column says nothing; one that is narrower by itself stays so."""

_MOST_CELL = 200


def table_lines(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    more: bool,  # noqa: FBT001 -- the third of `behavtest.store.views.Rows`
) -> Iterator[str]:
    """Lay a table out; what does not fit is cut, first in the widest columns.

    Args:
        columns: Titles.
        rows: Cells; texts among them may be hostile.
        more: Whether there are rows that are not given.
    """
    cells = [[_text(cell) for cell in row] for row in rows]
    titles = [one_line(title)[:_MOST_CELL] for title in columns]
    natural = [max(len(line[place]) for line in (titles, *cells)) for place in range(len(titles))]
    widths = _widths(natural[: _fitting(natural)])
    shown = len(widths)
    numeric = [
        all(isinstance(row[place], int | float) or row[place] is None for row in rows)
        for place in range(shown)
    ]
    for line in (titles, *cells):
        parts = (
            f"{_cut(cell, width):>{width}}" if right else f"{_cut(cell, width):<{width}}"
            for cell, width, right in zip(line, widths, numeric, strict=False)
        )
        yield _GAP.join(parts).rstrip()
    if shown < len(titles):
        yield f"{len(titles) - shown} more columns, and the whole of each: --out FILE"
    if more:
        yield f"the first {len(rows)} rows: --out FILE writes all"


def _fitting(natural: list[int]) -> int:
    """Count the columns that fit when each is cut as far as it may be; at least one."""
    used, count = -len(_GAP), 0
    for width in natural:
        used += min(width, _LEAST) + len(_GAP)
        if count and used > _WIDTH:
            break
        count += 1
    return count


def _widths(wanted: list[int]) -> list[int]:
    """Share the line: narrow columns whole, the widest cut alike."""
    room = _WIDTH - len(_GAP) * (len(wanted) - 1)
    limit = max(wanted, default=_LEAST)
    while sum(min(width, limit) for width in wanted) > room and limit > _LEAST:
        limit -= 1
    return [max(1, min(width, limit)) for width in wanted]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.4g}"
    return one_line(str(cell)[:_MOST_CELL])
