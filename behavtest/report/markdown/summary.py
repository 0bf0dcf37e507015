"""The whole summary: the decision, what does not hold, pairs folded, and what holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.headline import headline, ranked
from behavtest.report.markdown.layout import LIMIT, NOTE, Contents, Folded, laid_out
from behavtest.report.markdown.text import MOST_NAME, code, named, numbers, sentence

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult

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
    contents = Contents(
        header=_HEADER,
        row=_row,
        grave=grave,
        folded=[Folded(behavior) for behavior in grave],
        held=held,
    )
    return laid_out(_head(run), contents, _foot(run), limit=limit)


def _head(run: RunResult) -> str:
    top = headline(run)
    lines = [f"### {words.ICONS[top.verdict]} {top.title}", ""]
    lines += [f"- {named(reason.behavior)} {sentence(reason.sentence)}" for reason in top.reasons]
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
    return (
        f"| {words.ICONS[behavior.verdict]} {behavior.verdict} | {named(behavior)} | {estimate} "
        f"| {interval} | {fmt.count(behavior.pairs)} |\n"
    )
