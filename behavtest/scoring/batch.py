"""Scorers that score many completions in one call, and how any scorer scores many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from behavtest.errors import ScoreError
from behavtest.scoring.base import check_prompt, checked_score, checked_value, own_code
from behavtest.scoring.hints import describe

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer

Outcome = float | ScoreError
"""A score in [0, 1], or why there is none; a missing score makes its behavior an error."""


@runtime_checkable
class BatchScorer(Protocol):
    """Scores many completions in one call: with a network, or by asking a server.

    A round's completions of a behavior come in one call, none of them twice. What one of them
    scores may not depend on the others: where the calls are cut changes no result. As
    `behavtest.scoring.Scorer` it is made by a factory that a plugin offers, and may have a method
    ``check(prompt)``.
    """

    @property
    def name(self) -> str:
        """A short description of the scorer and its arguments, stable across runs."""
        ...

    def score_many(self, completions: Sequence[Completion], /) -> Sequence[Outcome]:
        """Score completions.

        Args:
            completions: What models answered, at least one.

        Returns:
            For each completion, in their order, a score in [0, 1], or the error that kept it from
            being scored.

        Raises:
            ScoreError: None of them can be scored.
        """
        ...


class Batched:
    """A batch scorer that can be called on one completion too.

    Args:
        scorer: The batch scorer.
    """

    def __init__(self, scorer: BatchScorer) -> None:
        self._scorer = scorer
        self.name = scorer.name

    def __call__(self, completion: Completion, /) -> float:
        """Score a completion."""
        (outcome,) = _in_one_call(self._scorer, [completion])
        if isinstance(outcome, ScoreError):
            raise outcome
        return outcome

    def score_many(self, completions: Sequence[Completion], /) -> Sequence[Outcome]:
        """Score completions."""
        return self._scorer.score_many(completions)

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt that the batch scorer refuses."""
        check_prompt(self._scorer, prompt)


def checked_scores(
    scorer: Scorer | BatchScorer, completions: Sequence[Completion]
) -> list[Outcome]:
    """Score completions, each distinct one once, and hold the scorer to its range.

    Args:
        scorer: The scorer; one that scores many in one call gets them in one call.
        completions: What models answered.

    Returns:
        For each completion its score in [0, 1], or what kept it from being scored.
    """
    places: dict[Hashable, int] = {}
    distinct: list[Completion] = []
    which: list[int] = []
    for completion in completions:
        place = places.setdefault(_identity(completion), len(distinct))
        if place == len(distinct):
            distinct.append(completion)
        which.append(place)
    found = (
        _in_one_call(scorer, distinct)
        if isinstance(scorer, BatchScorer)
        else [_one(scorer, completion) for completion in distinct]
    )
    return [found[place] for place in which]


def _identity(completion: Completion) -> Hashable:
    """Return what tells a completion from another: all that a scorer can see of it."""
    fields = completion.prompt.fields
    try:
        seen: Hashable = msgspec.json.encode(fields, order="deterministic")
    except (TypeError, ValueError, RecursionError):
        # a row made in Python may hold anything; it is then itself alone
        seen = id(fields)
    prompt = completion.prompt.messages
    return (prompt, seen, completion.text, completion.token_ids, completion.finish_reason)


def _one(scorer: Scorer, completion: Completion) -> Outcome:
    try:
        return checked_score(scorer, completion)
    except ScoreError as error:
        return error


def _in_one_call(scorer: BatchScorer, completions: Sequence[Completion]) -> list[Outcome]:
    if not completions:
        return []
    try:
        outcomes = _returned(scorer, completions)
    except ScoreError as error:
        return [error] * len(completions)
    return [_outcome(outcome, name=scorer.name) for outcome in outcomes]


def _returned(scorer: BatchScorer, completions: Sequence[Completion]) -> Sequence[object]:
    with own_code(scorer):
        found: object = scorer.score_many(completions)
        outcomes = list(found) if isinstance(found, Iterable) else []
    if len(outcomes) != len(completions):
        got = f"{len(outcomes)} scores" if isinstance(found, Iterable) else describe(found)
        raise ScoreError(
            f"{scorer.name} returned {got} for {len(completions)} completions; score_many returns "
            "one score or ScoreError for each"
        )
    return outcomes


def _outcome(found: object, *, name: str) -> Outcome:
    if isinstance(found, ScoreError):
        return found
    try:
        return checked_value(found, name=name)
    except ScoreError as error:
        return error
