"""The whole summary: the decision, what does not hold, pairs folded, and what holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.files import write_whole
from behavtest.report.headline import headline, ranked
from behavtest.report.markdown.details import details
from behavtest.report.markdown.text import code, sentence
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from behavtest.experiment.result import BehaviorResult, RunResult

LIMIT = 65_000
"""Bytes of a summary: GitHub takes 65,536 characters in a comment, and 1 MiB from a job."""

_LEAST = 10_000
"""Bytes of one run's."""

_TABLE_SHARE = 0.4
"""How much of them the table of what does not hold may take."""

_NOTE = 200
"""Bytes for saying what is left out, at each place where something may be."""

_MOST_NAME = 60
_MOST_PAIRS = (3, 1, 0)
"""Pairs of a behavior, fewer where they do not fit."""

_HEADER = "| verdict | behavior | change | interval | pairs |\n| --- | --- | ---: | --- | ---: |\n"


def write_markdown(results: Sequence[RunResult], path: Path) -> None:
    """Write the summary of one run, or of several one after the other.

    Args:
        results: The runs.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    limit = max(LIMIT // max(len(results), 1), _LEAST)
    text = "\n".join(summary(result, limit=limit) for result in results)
    write_whole(path, text.encode())


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
    room = limit - _size(head) - _size(foot) - 3 * _NOTE
    table = _Fitted(grave, _row, round(_TABLE_SHARE * room))
    room -= _size(_HEADER) + table.size
    shown = _Fitted(grave, partial(_details, room=room), room)
    room -= shown.size
    rest = _Fitted(held, _row, room - _size(_HEADER))
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


class _Fitted:
    """As many behaviors as there is room for.

    Args:
        behaviors: The most important first.
        render: Makes a block of one.
        room: Bytes.
    """

    def __init__(
        self,
        behaviors: Sequence[BehaviorResult],
        render: Callable[[BehaviorResult], str],
        room: int,
    ) -> None:
        self._omitted = 0
        self.size = 0
        blocks: list[str] = []
        for place, behavior in enumerate(behaviors):
            block = render(behavior)
            if self.size + _size(block) > room:
                self._omitted = len(behaviors) - place
                break
            blocks.append(block)
            self.size += _size(block)
        self.text = "".join(blocks)

    def left_out(self, what: str = "") -> str:
        """Say how many behaviors are not there."""
        if not self._omitted:
            return ""
        said = f"{fmt.plural(self._omitted, 'more behavior')}{what}"
        return f"\n… {said}, left out here: see the report.\n"


def _head(run: RunResult) -> str:
    top = headline(run)
    lines = [f"### {words.ICONS[top.verdict]} {top.title}", ""]
    for reason in top.reasons:
        name = code(f"{reason.behavior.suite}/{reason.behavior.behavior}", _MOST_NAME)
        lines.append(f"- {name} {sentence(reason.sentence)}")
    if top.more:
        lines.append(f"- and {fmt.count(top.more)} more")
    lines += ["", sentence(top.guarantee), ""]
    models = [("A", run.model_a)] + ([] if run.model_b is None else [("B", run.model_b)])
    lines += [
        f"- model {who}: {code(model.name, _MOST_NAME)} "
        f"({code(fmt.fingerprint(model.fingerprint))})"
        for who, model in models
    ]
    return "\n".join([*lines, ""])


def _foot(run: RunResult) -> str:
    pairs = sum(behavior.pairs for behavior in run.behaviors)
    by = f"{fmt.ALPHA} {run.alpha:g}, {words.procedure(run.procedure)}, seed {run.seed}"
    return (
        f"{fmt.plural(pairs, 'pair')} ({run.pairing}) in {fmt.duration(run.seconds)}; "
        f"{sentence(by[:_NOTE])}; run {code(run.run_id, _MOST_NAME)}. "
        f"Intervals: {fmt.percent(1 - 2 * run.alpha)}, valid whenever sampling stops.\n"
    )


def _row(behavior: BehaviorResult) -> str:
    number = fmt.score if is_absolute(behavior) else fmt.change
    at = "at " if is_absolute(behavior) else ""
    estimate = fmt.NONE if behavior.estimate is None else at + number(behavior.estimate)
    interval = ""
    if behavior.exact:
        interval = "exact"
    elif behavior.interval is not None:
        ends = behavior.interval
        interval = fmt.span(ends.lower, ends.upper, signed=not is_absolute(behavior))
    name = code(f"{behavior.suite}/{behavior.behavior}", _MOST_NAME)
    return (
        f"| {words.ICONS[behavior.verdict]} {behavior.verdict} | {name} | {estimate} "
        f"| {interval} | {fmt.count(behavior.pairs)} |\n"
    )


def _details(behavior: BehaviorResult, *, room: int) -> str:
    """Fold a behavior up with as many pairs as leave room for others."""
    for most in _MOST_PAIRS:
        block = details(behavior, most_pairs=most)
        if _size(block) <= room // 3:
            break
    return block


def _size(text: str) -> int:
    return len(text.encode())
