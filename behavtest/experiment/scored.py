"""One prompt, scored for both models: by their answers, or by how likely they find given texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import Completion
from behavtest.experiment.likelihoods import TextTwin
from behavtest.experiment.result import Side, Turn
from behavtest.scoring import ExactScorer, TextLikelihood, checked_score, judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.core import Generation, Prompt
    from behavtest.experiment.answers import Question
    from behavtest.experiment.likelihoods import Reading
    from behavtest.experiment.pairing import Replies, Twin
    from behavtest.scoring import Judged, Scorer

ROUNDING = 1e-6
"""Exact scores this close are one score: a batch of other size or order moves them as much."""


class Scored(NamedTuple):
    """One prompt's answers and scores.

    Args:
        side: For people to read.
        key_a: Where model A's completion is stored, or its likelihoods, joined by spaces; None if
            it was not asked.
        key_b: The same for model B.
        changed: Whether the two models differ in what is scored.
    """

    side: Side
    key_a: str | None
    key_b: str | None
    changed: bool


def scored(
    scorer: Scorer | ExactScorer, prompt: Prompt, twin: Twin | TextTwin, replies: Replies
) -> Scored:
    """Score what the models said to one prompt, or of the texts behind it.

    Args:
        scorer: The behavior's.
        prompt: What was asked.
        twin: How it was asked.
        replies: What came of it.

    Raises:
        ScoreError: The scorer failed.
    """
    if isinstance(scorer, ExactScorer):
        assert isinstance(twin, TextTwin)
        return _scored_texts(scorer, prompt, twin, replies)
    assert not isinstance(twin, TextTwin)
    return _scored_answers(scorer, prompt, twin, replies)


def _scored_answers(scorer: Scorer, prompt: Prompt, twin: Twin, replies: Replies) -> Scored:
    a, b = _find(twin.to_a, replies.from_a), _find(twin.to_b, replies.from_b)
    score_a = None if a is None else checked_score(scorer, _completion(prompt, a))
    same = a is not None and b is not None and _same(a, b)
    if same:
        score_b = score_a
    else:
        score_b = None if b is None else checked_score(scorer, _completion(prompt, b))
    side = Side(
        prompt=_turns(prompt),
        text_a=None if a is None else a.text,
        text_b=None if b is None else b.text,
        score_a=score_a,
        score_b=score_b,
    )
    return Scored(
        side,
        None if twin.to_a is None else twin.to_a.key,
        None if twin.to_b is None else twin.to_b.key,
        changed=a is not None and b is not None and not same,
    )


def _scored_texts(scorer: ExactScorer, prompt: Prompt, twin: TextTwin, replies: Replies) -> Scored:
    a = _judged(scorer, prompt, twin.to_a, replies.read_a)
    b = _judged(scorer, prompt, twin.to_b, replies.read_b)
    score_a = None if a is None else a.score
    score_b = None if b is None else b.score
    changed = False
    if score_a is not None and score_b is not None:
        changed = abs(score_b - score_a) > ROUNDING
        score_b = score_b if changed else score_a
    side = Side(
        prompt=_turns(prompt),
        text_a=None if a is None else a.text,
        text_b=None if b is None else b.text,
        score_a=score_a,
        score_b=score_b,
    )
    return Scored(side, _keys(twin.to_a), _keys(twin.to_b), changed)


def _find(question: Question | None, answers: Mapping[str, Generation]) -> Generation | None:
    return None if question is None else answers[question.key]


def _completion(prompt: Prompt, generation: Generation) -> Completion:
    return Completion(
        prompt=prompt,
        text=generation.text,
        token_ids=generation.token_ids,
        finish_reason=generation.finish_reason,
    )


def _same(a: Generation, b: Generation) -> bool:
    """Whether no scorer of texts can tell two answers apart, so that D = 0."""
    return a.text == b.text and a.token_ids == b.token_ids and a.finish_reason == b.finish_reason


def _judged(
    scorer: ExactScorer,
    prompt: Prompt,
    readings: tuple[Reading, ...],
    found: Mapping[str, tuple[float, ...]],
) -> Judged | None:
    if not readings:
        return None
    likelihoods = [TextLikelihood(reading.text, found[reading.key]) for reading in readings]
    return judged(scorer, prompt, likelihoods)


def _keys(readings: tuple[Reading, ...]) -> str | None:
    return " ".join(reading.key for reading in readings) or None


def _turns(prompt: Prompt) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, turn.content) for turn in prompt.messages)
