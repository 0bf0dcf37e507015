"""The report of several modified models, put in order and in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.audit import Audit, audit
from behavtest.report.chart import Tick, shared_scale
from behavtest.report.columns.column import Column, columns
from behavtest.report.columns.decision import Decision, decision, each_alone
from behavtest.report.columns.matrix import Group, groups
from behavtest.report.extras import Extra, extras
from behavtest.report.page import Count, axis, counts, interval_level
from behavtest.report.provenance import Model, libraries, model_card, provenance
from behavtest.report.rest import MOST_ROWS, Crowd, crowd
from behavtest.report.section import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.result import ModelRecord, RunResult
    from behavtest.report.chart import Scale

_MOST_PLOTS = 1_500
"""Cells with a drawing; more of them would fill the page."""


class ColumnReport(NamedTuple):
    """What the page says of one modified model apart from its behaviors.

    Args:
        column: The model.
        card: What it is.
        pairs: How many were observed.
        audit: What became of completions generated again; None if none were.
        extras: Sections that plugins have added.
        provenance: Everything needed to repeat its run.
    """

    column: Column
    card: Model
    pairs: str
    audit: Audit | None
    extras: tuple[Extra, ...]
    provenance: tuple[Fact, ...]


class GroupRest(NamedTuple):
    """The behaviors that hold in every model, behind one row.

    Args:
        groups: The behaviors.
        title: How many there are.
        crowds: Where their estimates lie, for each model.
    """

    groups: tuple[Group, ...]
    title: str
    crowds: tuple[Crowd, ...]


class ColumnsPage(NamedTuple):
    """Everything the report says, in order; see `behavtest.report.page.Page` for the rest.

    Args:
        decision: The decision over all models.
        reasons: Its reasons: anchor, behavior, label of the model and sentence.
        counts: Behaviors of models by verdict.
        columns: The modified models.
        models: Model A and all modified ones.
        started: When the first run began, for people.
        started_iso: The same for programs.
        glance: All runs in a few facts.
        level: Coverage of the intervals; empty if there is none.
        axis: The axis of all changes; empty if no behavior is about a change.
        plots: Whether the cells are drawn too.
        suites: Names of the suites, to filter by.
        tags: All tags, to filter by.
        groups: The behaviors, the most important first.
        rest: Those that hold everywhere, if there are too many to have a row each at once.
        together: What error rates are held for which models.
        versions: Libraries.
    """

    decision: Decision
    reasons: tuple[tuple[str, str, str, str], ...]
    counts: tuple[Count, ...]
    columns: tuple[ColumnReport, ...]
    models: tuple[Model, ...]
    started: str
    started_iso: str
    glance: tuple[Fact, ...]
    level: str
    axis: tuple[Tick, ...]
    plots: bool
    suites: tuple[str, ...]
    tags: tuple[str, ...]
    groups: tuple[Group, ...]
    rest: GroupRest | None
    together: tuple[Fact, ...]
    versions: tuple[Fact, ...]


def columns_page(runs: Sequence[RunResult]) -> ColumnsPage:
    """Prepare the report of several modified models.

    Args:
        runs: Two runs or more of one model A, in the order their modified models were given.
    """
    found = columns(runs)
    behaviors = [behavior for run in runs for behavior in run.behaviors]
    scale = shared_scale(behaviors)
    rows = groups(found, scale=scale)
    decided = decision(found)
    reports = tuple(_report(column) for column in found)
    return ColumnsPage(
        decision=decided,
        reasons=_reasons(decided, rows),
        counts=counts(chain.from_iterable(row.sections for row in rows)),
        columns=reports,
        models=(model_card("A", _base(runs)), *(report.card for report in reports)),
        started=fmt.moment(runs[0].started),
        started_iso=runs[0].started,
        glance=_glance(runs),
        level=interval_level(behaviors),
        axis=axis(behaviors, scale=scale),
        plots=len(behaviors) <= _MOST_PLOTS,
        suites=tuple(sorted({row.suite for row in rows})),
        tags=tuple(sorted({tag for row in rows for tag in row.tags})),
        groups=rows,
        rest=_rest(rows, found, scale=scale),
        together=(Fact("Error rates", each_alone(runs)),),
        versions=libraries(runs[0]),
    )


def _base(runs: Sequence[RunResult]) -> ModelRecord:
    """Describe model A, with what was generated and reused of it in all runs."""
    records = [run.model_a for run in runs]
    work = {
        name: sum(getattr(record, name) for record in records)
        for name in ("generated_tokens", "generated", "reused", "texts_read", "texts_reused")
    }
    return replace(records[0], **work)


def _report(column: Column) -> ColumnReport:
    run = column.run
    return ColumnReport(
        column=column,
        card=model_card(column.label, run.model_b or run.model_a),
        pairs=fmt.count(sum(behavior.pairs for behavior in run.behaviors)),
        audit=audit(run),
        extras=tuple(
            extra._replace(anchor=f"{extra.anchor}__m-{column.slug}") for extra in extras(run)
        ),
        provenance=provenance(run),
    )


def _reasons(decided: Decision, rows: Sequence[Group]) -> tuple[tuple[str, str, str, str], ...]:
    anchors = {
        (cell.column.place, name): cell.section.anchor
        for row in rows
        for cell in row.cells
        for name in [row.name]
        if cell.section is not None
    }
    return tuple(
        (
            anchors[column.place, reason.behavior.name],
            reason.behavior.behavior,
            column.label,
            reason.sentence,
        )
        for column, reason in decided.reasons
    )


def _glance(runs: Sequence[RunResult]) -> tuple[Fact, ...]:
    observed = sum(behavior.pairs for run in runs for behavior in run.behaviors)
    pairings = dict.fromkeys(run.pairing for run in runs)
    return (
        Fact("Pairs", ", ".join([fmt.count(observed), *pairings])),
        Fact(f"Error rate {fmt.ALPHA}", f"{fmt.percent(runs[0].alpha)} for each modified model"),
        Fact("Took", fmt.duration(sum(run.seconds for run in runs))),
    )


def _rest(rows: Sequence[Group], found: Sequence[Column], *, scale: Scale) -> GroupRest | None:
    """Put the behaviors that hold everywhere together, if there are too many rows to read."""
    held = tuple(row for row in rows if row.verdict == "holds")
    if len(rows) <= MOST_ROWS or not held:
        return None
    names = {row.name for row in held}
    number = len(held)
    return GroupRest(
        groups=held,
        title=f"{fmt.plural(number, 'behavior')} {'holds' if number == 1 else 'hold'} "
        "in every model",
        crowds=tuple(
            crowd([b for b in column.run.behaviors if b.name in names], scale=scale)
            for column in found
        ),
    )
