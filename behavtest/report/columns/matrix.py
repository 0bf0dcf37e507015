"""A row for each behavior, a cell for each model: what was found, and where it is told."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import words
from behavtest.report.anchors import anchors
from behavtest.report.budget import shares
from behavtest.report.columns.column import aligned
from behavtest.report.past import past, present
from behavtest.report.section import section
from behavtest.report.trend import trend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.report.chart import Scale
    from behavtest.report.columns.column import Column
    from behavtest.report.past import Step
    from behavtest.report.section import Section
    from behavtest.report.trend import Trend


class Cell(NamedTuple):
    """One behavior of one model.

    Args:
        column: The model.
        section: What was found; None if the behavior was not among those asked of this model.
        whole: Whether the page has room for all of it.
    """

    column: Column
    section: Section | None
    whole: bool


class Group(NamedTuple):
    """One behavior in all models.

    Args:
        name: Node id of the behavior.
        anchor: Its id in the page: that of the behavior in a report of one model.
        verdict: The gravest of its verdicts.
        title: The behavior's id.
        suite: The suite's name.
        tags: The behavior's tags.
        description: One sentence, possibly empty.
        statement: The expectation in words.
        cells: One for each model, in their order.
        trend: What became of it from run to run; None without earlier runs.
    """

    name: str
    anchor: str
    verdict: VerdictName
    title: str
    suite: str
    tags: tuple[str, ...]
    description: str
    statement: str
    cells: tuple[Cell, ...]
    trend: Trend | None

    @property
    def sections(self) -> tuple[Section, ...]:
        """What was found of each model that was asked."""
        return tuple(cell.section for cell in self.cells if cell.section is not None)


def groups(columns: Sequence[Column], *, scale: Scale) -> tuple[Group, ...]:
    """Put the behaviors of all models together, the most important first.

    Args:
        columns: The models.
        scale: The scale of all changes.
    """
    rows = aligned(columns)
    places = anchors(next(iter(row.values())) for row in rows)
    budgets = iter(shares([b.verdict for row in rows for _, b in sorted(row.items())]))
    names = [next(iter(row.values())).name for row in rows]
    earlier = past([column.run for column in columns], names)
    return tuple(
        _group(
            row,
            anchor,
            [_cell(row, column, anchor, scale, budgets) for column in columns],
            _trend(row, columns, before),
        )
        for row, anchor, before in zip(rows, places, earlier, strict=True)
    )


def _trend(
    row: dict[int, BehaviorResult],
    columns: Sequence[Column],
    earlier: Sequence[Step],
) -> Trend | None:
    first = next(iter(row.values()))
    now = [present(column.run, row[column.place]) for column in columns if column.place in row]
    return trend(first, earlier, [*chain(*now)])


def _cell(
    row: dict[int, BehaviorResult],
    column: Column,
    anchor: str,
    scale: Scale,
    budgets: Iterator[int],
) -> Cell:
    behavior = row.get(column.place)
    if behavior is None:
        return Cell(column, None, whole=False)
    budget = next(budgets)
    # "m-" keeps a model's name from being a pair, a twin's digest or the row.
    own = f"{anchor}__m-{column.slug}"
    told = section(behavior, column.run, anchor=own, scale=scale, budget=budget)
    return Cell(column, told, whole=budget > 0)


def _group(
    row: dict[int, BehaviorResult], anchor: str, cells: Sequence[Cell], over_runs: Trend | None
) -> Group:
    first = next(iter(row.values()))
    verdicts = list(words.VERDICTS)
    return Group(
        name=first.name,
        anchor=anchor,
        verdict=min((behavior.verdict for behavior in row.values()), key=verdicts.index),
        title=first.behavior,
        suite=first.suite,
        tags=first.tags,
        description=first.description,
        statement=first.statement,
        cells=tuple(cells),
        trend=over_runs,
    )
