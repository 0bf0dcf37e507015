"""The whole summary: the decision, what does not hold, pairs folded, and what holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.headline import headline, ranked
from behavtest.report.markdown.details import fitting_details
from behavtest.report.markdown.fitted import Fitted, size_of
from behavtest.report.markdown.text import code, numbers, sentence

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult

LIMIT = 65_000
"""Bytes of a summary: GitHub takes 65,536 characters in a comment, and 1 MiB from a job."""

TABLE_SHARE = 0.4
"""How much of them the table of what does not hold may take."""

NOTE = 200
"""Bytes for saying what is left out, at each place where something may be."""

MOST_NAME = 60
"""Characters of a name; of a longer one its end."""

_HEADER = "| verdict | behavior | change | interval | pairs |\n| --- | --- | ---: | --- | ---: |\n"


def summary(run: RunResult, *, limit: int = LIMIT) -> str:
    """Sum a run up as GitHub-flavored Markdown.

    Texts of models, suites and users are shown as they are: they make no markup, load no image,
    link nowhere and notify nobody.

    Args:
        run: The run.
        limit: Most bytes of it in UTF-8, at least 10,000.

    Returns:
        The decision first, then a table of what does not hold, its pairs folded, and what holds.
    """
    order = ranked(run.behaviors)
    grave = [behavior for behavior in order if behavior.verdict != "holds"]
    held = [behavior for behavior in order if behavior.verdict == "holds"]
    head, foot = _head(run), _foot(run)
    room = limit - size_of(head) - size_of(foot) - 3 * NOTE
    table = Fitted(grave, _row, round(TABLE_SHARE * room))
    room -= size_of(_HEADER) + table.size
    shown = Fitted(grave, partial(fitting_details, room=room), room)
    room -= shown.size
    rest = Fitted(held, _row, room - size_of(_HEADER))
    parts = [head]
    if grave:
        parts.append(_HEADER + table.text + table.left_out())
        parts.append(shown.text + shown.left_out(" with pairs to read"))
    if held:
        count = fmt.plural(len(held), "behavior holds", "behaviors hold")
        fold = f"<details>\n<summary>{words.ICONS['holds']} {count}</summary>\n\n"
        body = _HEADER + rest.text if rest.text else ""
        parts.append(f"{fold}{body}{rest.left_out()}\n</details>\n")
    return "\n".join([*parts, foot])


def _head(run: RunResult) -> str:
    top = headline(run)
    lines = [f"### {words.ICONS[top.verdict]} {top.title}", ""]
    for reason in top.reasons:
        name = code(f"{reason.behavior.suite}/{reason.behavior.behavior}", MOST_NAME)
        lines.append(f"- {name} {sentence(reason.sentence)}")
    if top.more:
        lines.append(f"- and {fmt.count(top.more)} more")
    lines += ["", sentence(top.guarantee), ""]
    models = [("A", run.model_a)] + ([] if run.model_b is None else [("B", run.model_b)])
    lines += [
        f"- model {who}: {code(model.name, MOST_NAME)} ({code(fmt.fingerprint(model.fingerprint))})"
        for who, model in models
    ]
    return "\n".join([*lines, ""])


def _foot(run: RunResult) -> str:
    pairs = sum(behavior.pairs for behavior in run.behaviors)
    by = f"{fmt.ALPHA} {run.alpha:g}, {words.procedure(run.procedure)}, seed {run.seed}"
    return (
        f"{fmt.plural(pairs, 'pair')} ({run.pairing}) in {fmt.duration(run.seconds)}; "
        f"{sentence(by[:NOTE])}; run {code(run.run_id, MOST_NAME)}. "
        f"Intervals: {fmt.percent(1 - 2 * run.alpha)}, valid whenever sampling stops.\n"
    )


def _row(behavior: BehaviorResult) -> str:
    estimate, interval = numbers(behavior)
    name = code(f"{behavior.suite}/{behavior.behavior}", MOST_NAME)
    return (
        f"| {words.ICONS[behavior.verdict]} {behavior.verdict} | {name} | {estimate} "
        f"| {interval} | {fmt.count(behavior.pairs)} |\n"
    )
