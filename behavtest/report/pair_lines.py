"""A pair as lines of text, for a terminal or a log: both answers side by side in 80 columns."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.alternatives import line, next_tokens
from behavtest.report.hostile import obeyed_by_none, plain
from behavtest.report.words import gap, quantity
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.examples import PairExample, Side

_WIDTH = 78
_COLUMN = 35
_MOST_CHARACTERS = 300


def pair_lines(example: PairExample, number: int, found: BehaviorResult) -> list[str]:
    """Lay a pair out.

    Args:
        example: The pair.
        number: Its place among those shown, from 1.
        found: The behavior it belongs to.

    Returns:
        Lines free of terminal escapes, and of what GitHub's runner would take for a command.
    """
    absolute = is_absolute(found)
    what = quantity(found.relation) if absolute else "change"
    value = fmt.score(example.value) if absolute else fmt.change(example.value)
    lines = [f"  pair {number} (number {example.index + 1} of the schedule), {what} {value}"]
    lines += [f"    {apart}"] if (apart := gap(example.gap)) else []
    lines += _side_lines(example.target, "")
    if example.baseline is not None:
        lines += _side_lines(example.baseline, "baseline ")
    return lines


def _side_lines(side: Side, prefix: str) -> list[str]:
    asked = "\n".join(
        turn.content if turn.role == "user" else f"[{turn.role}] {turn.content}"
        for turn in side.prompt
    )
    prompt = _wrapped(asked, _WIDTH - len(prefix) - 12)
    indent = " " * (len(prefix) + 6)
    lines = [f"    {prefix}prompt  {prompt[0]}", *(f"    {indent}  {each}" for each in prompt[1:])]
    answers = [
        [f"{name} ({fmt.score(score)})", *_wrapped(text, _COLUMN)]
        for name, text, score in (
            ("A", side.text_a, side.score_a),
            ("B", side.text_b, side.score_b),
        )
        if text is not None
    ]
    rows = zip_longest(*answers, fillvalue="")
    lines += [("    " + " | ".join(f"{part:<{_COLUMN}}" for part in row)).rstrip() for row in rows]
    following = next_tokens(side.fork)
    if following is not None:
        told = _wrapped(f"first token that differs: {line(following.chosen)}", _WIDTH - 4)
        lines += [f"    {one}" for one in told]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """Cut a text to what a terminal should show, and break it into lines."""
    cut = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
    paragraphs = plain(cut).splitlines() or ["(empty)"]
    lines = [each for paragraph in paragraphs for each in textwrap.wrap(paragraph, width) or [""]]
    return [obeyed_by_none(each) for each in lines]
