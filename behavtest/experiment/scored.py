"""Prompts, scored for both models: by their answers, or by how likely they find given texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import Completion
from behavtest.errors import ScoreError
from behavtest.experiment.examples import Side, Turn
from behavtest.experiment.gap import gap
from behavtest.experiment.likelihoods import TextTwin
from behavtest.scoring import ExactScorer, TextLikelihood, checked_scores, judged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        gap: How far apart the models are on model A's answer, see `gap`; None if that is not known.
    """

    side: Side
    key_a: str | None
    key_b: str | None
    changed: bool
    gap: float | None = None


class Asked(NamedTuple):
    """One prompt put to both models.

    Args:
        prompt: What was asked.
        twin: How.
    """

    prompt: Prompt
    twin: Twin | TextTwin


def scored(
    scorer: Scorer | ExactScorer, asked: Sequence[Asked], replies: Replies
) -> list[Scored | ScoreError]:
    """Score what the models said to a behavior's prompts, or of the texts behind them.

    A scorer that scores many completions in one call gets them in one call.

    Args:
        scorer: The behavior's.
        asked: What was asked, and how.
        replies: What came of it.

    Returns:
        For each prompt its scores, or the failure of the scorer.
    """
    if isinstance(scorer, ExactScorer):
        return [_scored_texts(scorer, one, replies) for one in asked]
    return _scored_answers(scorer, asked, replies)


class _Answers(NamedTuple):
    """Both models' answers to one prompt."""

    a: Completion | None
    b: Completion | None

    @property
    def changed(self) -> bool:
        """Whether the models differ; if not, no scorer can tell their answers apart, and D = 0."""
        return self.a is not None and self.b is not None and self.a != self.b


def _scored_answers(
    scorer: Scorer, asked: Sequence[Asked], replies: Replies
) -> list[Scored | ScoreError]:
    answers = [_answers(one, replies) for one in asked]
    wanted = [answer for pair in answers for answer in pair if answer is not None]
    outcomes = iter(checked_scores(scorer, wanted))
    found: list[Scored | ScoreError] = []
    for one, pair in zip(asked, answers, strict=True):
        score_a = None if pair.a is None else next(outcomes)
        score_b = None if pair.b is None else next(outcomes)
        if isinstance(score_a, ScoreError):
            found.append(score_a)
        elif isinstance(score_b, ScoreError):
            found.append(score_b)
        else:
            found.append(_scored(one, pair, (score_a, score_b), replies))
    return found


def _scored(
    one: Asked, pair: _Answers, scores: tuple[float | None, float | None], replies: Replies
) -> Scored:
    assert not isinstance(one.twin, TextTwin)
    score_a, score_b = scores
    side = Side(
        prompt=_turns(one.prompt),
        text_a=None if pair.a is None else pair.a.text,
        text_b=None if pair.b is None else pair.b.text,
        score_a=score_a,
        score_b=score_b,
    )
    key_a = None if one.twin.to_a is None else one.twin.to_a.key
    key_b = None if one.twin.to_b is None else one.twin.to_b.key
    return Scored(side, key_a, key_b, pair.changed, _gap(key_a, key_b, replies))


def _gap(key_a: str | None, key_b: str | None, replies: Replies) -> float | None:
    if key_a is None or key_b is None:
        return None
    if key_a == key_b:
        return 0.0
    replay = replies.replays.get(key_b)
    if replay is None or replay.reference_key != key_a:
        return None
    return gap(replies.from_a[key_a], replay.logprobs)


def _scored_texts(scorer: ExactScorer, one: Asked, replies: Replies) -> Scored | ScoreError:
    prompt, twin = one
    assert isinstance(twin, TextTwin)
    try:
        a = _judged(scorer, prompt, twin.to_a, replies.read_a)
        b = _judged(scorer, prompt, twin.to_b, replies.read_b)
    except ScoreError as error:
        return error
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


def _answers(one: Asked, replies: Replies) -> _Answers:
    assert not isinstance(one.twin, TextTwin)
    return _Answers(
        _answer(one.prompt, one.twin.to_a, replies.from_a),
        _answer(one.prompt, one.twin.to_b, replies.from_b),
    )


def _answer(
    prompt: Prompt, question: Question | None, answers: Mapping[str, Generation]
) -> Completion | None:
    if question is None:
        return None
    found = answers[question.key]
    return Completion(
        prompt=prompt,
        text=found.text,
        token_ids=found.token_ids,
        finish_reason=found.finish_reason,
    )


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
