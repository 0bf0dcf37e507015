"""The summary of several modified models: the decision over all, and a column for each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.columns import Column, aligned, columns, decision
from behavtest.report.files import write_whole
from behavtest.report.markdown.layout import LIMIT, NOTE, Contents, Folded, laid_out
from behavtest.report.markdown.summary import summary
from behavtest.report.markdown.text import MOST_NAME, code, named, numbers, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult

Row = dict[int, "BehaviorResult"]


def write_markdown(results: Sequence[RunResult], path: Path) -> None:
    """Write the summary of one run, or of several of one model A.

    Args:
        results: The runs, at least one, in the order their modified models were given.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    write_whole(path, summary_of(results).encode())


def summary_of(runs: Sequence[RunResult], *, limit: int = LIMIT) -> str:
    """Sum one run up, or several side by side, as GitHub-flavored Markdown.

    Args:
        runs: The runs, at least one.
        limit: Most bytes in UTF-8, at least 10,000 and 1,000 for each run.

    Returns:
        The decision first, then a table of what does not hold in some model with a column for
        each, the pairs folded, and what holds everywhere.
    """
    if len(runs) == 1:
        return summary(runs[0], limit=limit)
    models = columns(runs)
    rows = aligned(models)
    grave = [row for row in rows if any(b.verdict != "holds" for b in row.values())]
    contents = Contents(
        header=_header(models),
        row=partial(_row, models=models),
        grave=grave,
        folded=_folded(grave, models),
        held=rows[len(grave) :],
        where=" in every model",
    )
    return laid_out(_head(models), contents, _foot(runs), limit=limit)


def _head(models: Sequence[Column]) -> str:
    top = decision(models)
    lines = [f"### {words.ICONS[top.verdict]} {top.title}", ""]
    for column, reason in top.reasons:
        name = named(reason.behavior)
        lines.append(f"- {code(column.label)}: {name} {sentence(reason.sentence)}")
    if top.more:
        lines.append(f"- and {fmt.count(top.more)} more")
    lines += ["", sentence(top.guarantee), ""]
    base = models[0].run.model_a
    lines.append(
        f"- model A: {code(base.name, MOST_NAME)} ({code(fmt.fingerprint(base.fingerprint))})"
    )
    for column, own in zip(models, top.own, strict=True):
        record = column.run.model_b or column.run.model_a
        lines.append(
            f"- {words.ICONS[own.verdict]} {code(column.label)}: {sentence(own.title)}; "
            f"{code(record.name, MOST_NAME)} ({code(fmt.fingerprint(record.fingerprint))})"
        )
    return "\n".join([*lines, ""])


def _foot(runs: Sequence[RunResult]) -> str:
    first = runs[0]
    pairs = sum(behavior.pairs for run in runs for behavior in run.behaviors)
    by = f"{fmt.ALPHA} {first.alpha:g} for each model, {words.procedure(first.procedure)}"
    return (
        f"{fmt.plural(pairs, 'pair')} in {fmt.duration(sum(run.seconds for run in runs))}; "
        f"{sentence(by[:NOTE])}; runs {', '.join(code(run.run_id[:8]) for run in runs)}. "
        f"Intervals: {fmt.percent(1 - 2 * first.alpha)}, valid whenever sampling stops.\n"
    )


def _header(models: Sequence[Column]) -> str:
    names = " | ".join(code(column.label) for column in models)
    return f"| behavior | {names} |\n| --- |{' --- |' * len(models)}\n"


def _row(row: Row, *, models: Sequence[Column]) -> str:
    name = named(next(iter(row.values())))
    cells = " | ".join(_cell(row.get(column.place)) for column in models)
    return f"| {name} | {cells} |\n"


def _cell(behavior: BehaviorResult | None) -> str:
    if behavior is None:
        return "not asked"
    estimate, interval = numbers(behavior)
    ends = f" ({interval})" if interval else ""
    return f"{words.ICONS[behavior.verdict]} {behavior.verdict} {estimate}{ends}"


def _folded(rows: Sequence[Row], models: Sequence[Column]) -> list[Folded]:
    """List what does not hold, behavior by behavior."""
    return [
        Folded(row[column.place], column.label)
        for row in rows
        for column in models
        if column.place in row and row[column.place].verdict != "holds"
    ]
