"""From draws to observations: ask both models, score what both say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.errors import PromptError, ScoreError, SuiteError, UnmeasurableError
from behavtest.experiment.scored import Asked, scored
from behavtest.experiment.trial import Observation
from behavtest.scoring import ExactScorer, checked_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.likelihoods import TextTwin
    from behavtest.experiment.pairing import ModelPair, Replies, Twin
    from behavtest.experiment.schedule import Draw
    from behavtest.experiment.scored import Scored
    from behavtest.experiment.trial import Trial
    from behavtest.suite import Behavior, Relation


class Planned(NamedTuple):
    """One draw and the questions it takes."""

    draw: Draw
    target: Twin | TextTwin
    baseline: Twin | TextTwin | None


class Batch(NamedTuple):
    """What one behavior contributes to a round."""

    trial: Trial
    planned: list[Planned]


def plan(trial: Trial, count: int, models: ModelPair) -> Batch:
    """Draw a behavior's next observations and word them as questions.

    A failure is recorded in the trial, which then asks nothing more.

    Args:
        trial: The behavior.
        count: How many observations.
        models: Who will be asked.
    """
    try:
        draws = trial.schedule.take(count)
        prompts = [prompt for draw in draws for prompt in draw.case if prompt is not None]
        models.encode_ahead(prompts, absolute=trial.behavior.expectation.absolute)
        planned = _planned(draws, trial, models)
    except (SuiteError, PromptError, ScoreError, UnmeasurableError) as error:
        trial.error = str(error)
        planned = []
    return Batch(trial, planned)


def _planned(draws: Sequence[Draw], trial: Trial, models: ModelPair) -> list[Planned]:
    scorer, absolute = trial.behavior.scorer, trial.behavior.expectation.absolute
    if isinstance(scorer, ExactScorer):
        return [_planned_texts(draw, scorer, models, absolute=absolute) for draw in draws]
    return [_planned_answers(draw, trial.behavior, models, absolute=absolute) for draw in draws]


def _planned_answers(
    draw: Draw, behavior: Behavior, models: ModelPair, *, absolute: bool
) -> Planned:
    """Word one draw as questions.

    Where a relation can break, target and baseline are answered with the same noise: chance
    alone would else break it, twice p (1 - p) of the time for an answer given with probability p.
    """
    settings = behavior.settings
    target = models.twin(draw.case.target, draw.place, settings, absolute=absolute)
    if draw.case.baseline is None:
        return Planned(draw, target, None)
    # No other draw has this place, so none has this noise.
    noise = target.noise if behavior.relation.can_break else None
    baseline = models.twin(draw.case.baseline, draw.place, settings, absolute=absolute, noise=noise)
    return Planned(draw, target, baseline)


def _planned_texts(
    draw: Draw, scorer: ExactScorer, models: ModelPair, *, absolute: bool
) -> Planned:
    """Word one draw as texts to read; there is no noise."""
    target, baseline = (
        None
        if prompt is None
        else models.text_twin(prompt, checked_texts(scorer, prompt), absolute=absolute)
        for prompt in draw.case
    )
    assert target is not None
    return Planned(draw, target, baseline)


def observe(batches: Sequence[Batch], models: ModelPair) -> list[list[Observation]]:
    """Ask everything at once and score it.

    A scorer's failure is recorded in its trial, which then yields nothing.

    Returns:
        One list of observations per batch, in schedule order.

    Raises:
        ModelError: A model cannot answer.
    """
    twins = [
        twin
        for batch in batches
        for planned in batch.planned
        for twin in (planned.target, planned.baseline)
        if twin is not None
    ]
    replies = models.ask(twins)
    return [observations(batch, replies) for batch in batches]


def observations(batch: Batch, replies: Replies) -> list[Observation]:
    """Score one behavior's draws.

    Args:
        batch: The draws.
        replies: What the models said to them.

    Returns:
        The observations in schedule order; none if the scorer fails on any of them, which is then
        recorded in the trial.
    """
    asked = [one for planned in batch.planned for one in _asked(planned)]
    found: list[Scored] = []
    for one in scored(batch.trial.behavior.scorer, asked, replies):
        if isinstance(one, ScoreError):
            # A pair without a score cannot be left out: why it has none may be what changed.
            batch.trial.error = str(one)
            return []
        found.append(one)
    sides = iter(found)
    relation = batch.trial.behavior.relation
    return [
        _observation(planned.draw, relation, next(sides), next(sides) if planned.baseline else None)
        for planned in batch.planned
    ]


def _asked(planned: Planned) -> list[Asked]:
    case = planned.draw.case
    asked = [Asked(case.target, planned.target)]
    if planned.baseline is not None:
        assert case.baseline is not None
        asked.append(Asked(case.baseline, planned.baseline))
    return asked


def _observation(
    draw: Draw, relation: Relation, target: Scored, baseline: Scored | None
) -> Observation:
    twin = None if baseline is None else baseline.side
    score_a = _number(relation, target.side.score_a, None if twin is None else twin.score_a)
    score_b = _number(relation, target.side.score_b, None if twin is None else twin.score_b)
    return Observation(
        place=draw.place,
        case_index=draw.case_index,
        value=_value(score_a, score_b),
        score_a=score_a,
        score_b=score_b,
        changed=target.changed or (baseline is not None and baseline.changed),
        keys=(
            target.key_a,
            target.key_b,
            None if baseline is None else baseline.key_a,
            None if baseline is None else baseline.key_b,
        ),
        target=target.side,
        baseline=None if baseline is None else baseline.side,
        weight=draw.weight,
        greatest_weight=draw.greatest_weight,
        gap=_gap(target, baseline),
    )


def _number(relation: Relation, target: float | None, baseline: float | None) -> float | None:
    if target is None or baseline is None:
        return target
    return relation.number(target=target, baseline=baseline)


def _gap(target: Scored, baseline: Scored | None) -> float | None:
    if baseline is None or target.gap is None or baseline.gap is None:
        return target.gap if baseline is None else None
    return target.gap + baseline.gap


def _value(score_a: float | None, score_b: float | None) -> float:
    """Return D = B - A, or the one score there is under an absolute expectation."""
    if score_a is None or score_b is None:
        value = score_b if score_a is None else score_a
        assert value is not None
        return value
    return score_b - score_a
