"""The results of several modified models as lines of text: at most 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.headline import headline, ranked
from behavtest.report.hostile import one_line
from behavtest.report.lines import (
    Line,
    behavior_line,
    estimated,
    named,
    remarks,
    result_lines,
    ruled,
    taken,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult

_WIDTH = 80
_GAP = "  "
_CELL = len("x at 0.00")
_LABELS = (20, 16, 12, _CELL)
"""Most letters of a label, fewer where the columns would not fit."""

_EACH = (
    "Each modified model is a comparison by itself: alpha is the error rate of each one's "
    "verdicts, not of all together."
)


class _Columns(NamedTuple):
    """A table that fits.

    Args:
        labels: What stands over the models' columns.
        widths: Their widths.
        name: Width of the behaviors' names.
    """

    labels: tuple[str, ...]
    widths: tuple[int, ...]
    name: int


def several_lines(runs: Sequence[RunResult], labels: Sequence[str]) -> Iterator[Line]:
    """Tabulate the verdicts, a column for each model, and say what did not hold for which.

    Args:
        runs: One of each model, at least one, of one model A.
        labels: The models' names, likewise; no two alike.
    """
    order = ranked(found for run in runs for found in run.behaviors)
    gravest: dict[str, BehaviorResult] = {}
    for found in order:
        gravest.setdefault(found.name, found)
    rows = list(gravest.values())
    columns = _fitting(rows, labels)
    if columns is None:
        for run, label in zip(runs, labels, strict=True):
            yield Line(f"model B {one_line(label, _WIDTH - 8)}")
            yield from result_lines(run, ruled_by=False)
            yield Line("")
    else:
        yield from _table(rows, runs, columns)
        for run, label in zip(runs, labels, strict=True):
            yield from _about(run, label)
        yield Line("")
    yield from ruled(runs[0])
    if len(runs) > 1:
        yield from wrapped(_EACH)


def _fitting(rows: Sequence[BehaviorResult], labels: Sequence[str]) -> _Columns | None:
    """Choose the columns' widths; None if there are too many of them."""
    name = max([len("behavior"), *(len(named(found)) for found in rows)])
    for most in _LABELS:
        shown = tuple(_ending(one_line(label), most) for label in labels)
        widths = tuple(max(_CELL, len(label)) for label in shown)
        if name + sum(len(_GAP) + width for width in widths) <= _WIDTH:
            return _Columns(shown, widths, name) if len(set(shown)) == len(shown) else None
    return None


def _ending(label: str, most: int) -> str:
    """Cut a label at its beginning: checkpoints of one training differ at the end."""
    return label if len(label) <= most else f"…{label[1 - most :]}"


def _table(
    rows: Sequence[BehaviorResult], runs: Sequence[RunResult], columns: _Columns
) -> Iterator[Line]:
    head = zip(columns.labels, columns.widths, strict=True)
    yield Line(_joined(f"{'behavior':<{columns.name}}", [f"{one:<{width}}" for one, width in head]))
    by_name = [{found.name: found for found in run.behaviors} for run in runs]
    for gravest in rows:
        cells = [
            f"{_cell(found.get(gravest.name)):<{width}}"
            for found, width in zip(by_name, columns.widths, strict=True)
        ]
        name = f"{named(gravest):<{columns.name}}"
        yield Line(_joined(name, cells), gravest.verdict, len(name))
    yield Line("")
    yield Line(_GAP.join(f"{icon} {verdict}" for verdict, icon in words.ICONS.items()))


def _joined(name: str, cells: Sequence[str]) -> str:
    return _GAP.join([name, *cells]).rstrip()


def _cell(found: BehaviorResult | None) -> str:
    """Write a verdict's icon and the estimate; nothing where the behavior was not selected."""
    return "" if found is None else f"{words.ICONS[found.verdict]} {estimated(found)}"


def _about(run: RunResult, label: str) -> Iterator[Line]:
    """Say what did not hold for one model, and what its run took."""
    yield Line("")
    top = headline(run)
    name, title = f"{_ending(one_line(label), _WIDTH - 1)}:", f"{top.title}."
    titles = [f"{name} {title}"] if len(name) + len(title) < _WIDTH else [name, title]
    for text in titles:
        yield Line(text.replace(fmt.NBSP, " "), top.verdict, len(text), bold=True)
    grave = [found for found in ranked(run.behaviors) if found.verdict != "holds"]
    width = max([0, *(len(named(found)) for found in grave)])
    for found in grave:
        yield behavior_line(found, width)
    yield from taken(run)
    yield from remarks(run)
