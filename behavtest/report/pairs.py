"""Pairs laid side by side: what each model was asked and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.examples import TokenMark
from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.alternatives import next_tokens
from behavtest.report.budget import MOST, size
from behavtest.report.diff import Span, diff
from behavtest.report.excerpt import LIMIT, Fragment, clipped, excerpt
from behavtest.report.zone import is_absolute
from behavtest.suite import Relation

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.examples import PairExample, Side
    from behavtest.report.alternatives import NextTokens

_PROMPT_LIMIT = 2_000
_LEAST_LIMIT = 400
"""Characters shown of a completion in the fullest page."""

_TEXTS = 8
"""Texts of a pair, with room to spare: a contrast has two prompts and four completions."""


class Message(NamedTuple):
    """One message of a prompt.

    Args:
        role: Who speaks.
        content: What is said.
    """

    role: str
    content: tuple[Fragment, ...]


class Answer(NamedTuple):
    """A completion.

    Args:
        who: ``A``, ``B``, or ``A and B`` for one text from both.
        score: Its score, or both scores.
        text: What is shown of it; empty for an empty completion.
    """

    who: str
    score: str
    text: tuple[Fragment, ...]


class Exchange(NamedTuple):
    """One prompt with its answers.

    Args:
        label: ``target`` or ``baseline`` in a contrast, else empty.
        prompt: The messages.
        answers: One or two, model A's first.
        differ: Whether there are two texts that differ.
        following: What was likely where they part, if that is known.
    """

    label: str
    prompt: tuple[Message, ...]
    answers: tuple[Answer, ...]
    differ: bool
    following: NextTokens | None = None


class Pair(NamedTuple):
    """One observation.

    Args:
        place: Its place in the schedule, counted from 1: what a link to it says.
        number: The same, for people.
        value: The observation in words.
        gap: How far apart the models are on model A's answer, in words; empty if that is not known.
        exchanges: One, or target and baseline.
    """

    place: int
    number: str
    value: str
    gap: str
    exchanges: tuple[Exchange, ...]


class Pairs(NamedTuple):
    """The pairs shown for a behavior.

    Args:
        shown: The pairs.
        left_out: How many examples were too much to show.
    """

    shown: tuple[Pair, ...]
    left_out: int


def pairs(behavior: BehaviorResult, *, budget: int = MOST, limit: int = LIMIT) -> Pairs:
    """Lay out a behavior's examples, as many as a page can hold and at least one.

    Args:
        behavior: The behavior.
        budget: Bytes to show, markup included; none at all at 0.
        limit: Characters to show of one completion.

    Returns:
        The pairs in the order given.
    """
    if not budget:
        return Pairs((), len(behavior.examples))
    shown: list[Pair] = []
    spent = 0
    # One pair is shown whatever the budget, so that the texts of a pair must fit it too.
    limit = min(limit, max(_LEAST_LIMIT, budget // _TEXTS))
    for example in behavior.examples:
        pair = _pair(example, _value(example, behavior), limit)
        if not shown and size(pair) > budget:  # texts of many bytes a character, say
            limit = max(_LEAST_LIMIT, limit * budget // size(pair))
            pair = _pair(example, _value(example, behavior), limit)
        spent += size(pair)
        if shown and spent > budget:
            break
        shown.append(pair)
    return Pairs(tuple(shown), len(behavior.examples) - len(shown))


def _value(example: PairExample, behavior: BehaviorResult) -> str:
    relation = behavior.relation
    if is_absolute(behavior):
        value = fmt.score(example.value)
        return words.breaks(relation, value) or f"score {value}"
    change = f"D = {fmt.change(example.value)}"
    if relation is None or example.baseline is None or not words.breaks(relation, ""):
        return change
    target, baseline = example.target, example.baseline
    a = _amount(relation, target.score_a, baseline.score_a)
    b = _amount(relation, target.score_b, baseline.score_b)
    return f"{change}: A {words.breaks(relation, a)}, B {b}"


def _amount(relation: str, target: float | None, baseline: float | None) -> str:
    if target is None or baseline is None:
        return fmt.NONE
    return fmt.score(Relation(relation).number(target=target, baseline=baseline))


def _pair(example: PairExample, value: str, limit: int) -> Pair:
    if example.baseline is None:
        exchanges: tuple[Exchange, ...] = (_exchange(example.target, limit, label=""),)
    else:
        exchanges = (
            _exchange(example.target, limit, label="target"),
            _exchange(example.baseline, limit, label="baseline"),
        )
    place = example.index + 1
    return Pair(place, fmt.count(place), value, words.gap(example.gap), exchanges)


def _exchange(side: Side, limit: int, *, label: str) -> Exchange:
    prompt = tuple(
        Message(turn.role, clipped(turn.content, limit=min(_PROMPT_LIMIT, limit)))
        for turn in side.prompt
    )
    answers = _answers(side, limit)
    return Exchange(label, prompt, answers, len(answers) > 1, next_tokens(side.fork))


def _answers(side: Side, limit: int) -> tuple[Answer, ...]:
    score_a, score_b = fmt.score(side.score_a), fmt.score(side.score_b)
    match side.text_a, side.text_b:
        case str(text), None:
            return (Answer("A", score_a, clipped(text, limit=limit)),)
        case None, str(text):
            return (Answer("B", score_b, clipped(text, limit=limit)),)
        case str(text_a), str(text_b) if text_a == text_b:
            both = score_a if score_a == score_b else f"{score_a} and {score_b}"
            return (Answer("A and B", both, clipped(text_a, limit=limit)),)
        case str(text_a), str(text_b):
            spans = diff(text_a, text_b)
            mark_a, mark_b = (None, None) if side.fork is None else (side.fork.a, side.fork.b)
            return (
                Answer("A", score_a, _excerpt(spans, limit, mark_a, leaving_out="added")),
                Answer("B", score_b, _excerpt(spans, limit, mark_b, leaving_out="removed")),
            )
    return ()


def _excerpt(
    spans: tuple[Span, ...], limit: int, mark: TokenMark | None, *, leaving_out: str
) -> tuple[Fragment, ...]:
    if mark is None and spans[0].kind == "same":
        # Their tokens are not known, but they part behind what they begin with.
        mark = TokenMark(len(spans[0].text), len(spans[0].text))
    return excerpt((span for span in spans if span.kind != leaving_out), limit=limit, mark=mark)
