"""What models said to a few prompts, and how it was scored, as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.labelled import labelled, rule
from behavtest.report.preview_lines import heading_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.experiment.examples import Side
    from behavtest.experiment.trial import Observation
    from behavtest.experiment.tryout import Tried
    from behavtest.suite import Relation

_COLUMN = 14


def tryout_lines(tried: Tried) -> Iterator[str]:
    """Show a behavior's answers and scores, and what they come to.

    Args:
        tried: What came of it; what would act on a terminal is made visible.
    """
    behavior, seen = tried.behavior, tried.observations
    shown = fmt.plural(len(seen), "draw")
    yield from heading_lines(
        behavior, f"{shown} from {fmt.plural(len(behavior.prompts), 'prompt')}"
    )
    if tried.error is not None:
        yield from labelled("error", tried.error)
        return
    for one in seen:
        yield ""
        yield from _observation_lines(one, behavior.relation)
    yield ""
    yield from labelled("mean", _summary(seen))


def _observation_lines(seen: Observation, relation: Relation) -> Iterator[str]:
    number = f"prompt {seen.case_index + 1:,}"
    if seen.baseline is None:
        yield rule(number)
        yield from _side_lines(seen.target)
        return
    yield rule(f"{number} target")
    yield from _side_lines(seen.target)
    yield rule(f"{number} baseline")
    yield from _side_lines(seen.baseline)
    yield from labelled(relation.value, _numbers(seen.score_a, seen.score_b), column=_COLUMN)


def _side_lines(side: Side) -> Iterator[str]:
    for turn in side.prompt:
        yield from labelled(turn.role, turn.content, column=_COLUMN)
    a, b = (side.text_a, side.score_a), (side.text_b, side.score_b)
    if a == b:
        yield from _answer_lines("A = B", *a)
        return
    for name, (text, score) in (("A", a), ("B", b)):
        if text is not None:
            yield from _answer_lines(name, text, score)


def _answer_lines(name: str, text: str | None, score: float | None) -> Iterator[str]:
    yield from labelled(f"{name} {fmt.score(score)}", text or "", column=_COLUMN)


def _numbers(a: float | None, b: float | None) -> str:
    parts = [
        f"{name} {fmt.score(value)}" for name, value in (("A", a), ("B", b)) if value is not None
    ]
    return ", ".join(parts)


def _summary(seen: tuple[Observation, ...]) -> str:
    """Say the mean scores and how many answers differ; a few draws decide nothing."""
    sides = [[one.score_a for one in seen], [one.score_b for one in seen]]
    means = [
        sum(known) / len(known)
        if (known := [score for score in side if score is not None])
        else None
        for side in sides
    ]
    said = _numbers(*means)
    if means[1] is not None:
        said += f"; {sum(one.changed for one in seen)} of {fmt.plural(len(seen), 'draw')} differ"
    return said.replace(fmt.NBSP, " ")
