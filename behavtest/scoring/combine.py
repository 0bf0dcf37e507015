"""``not``, ``all``, ``any`` and ``weighted``: scorers made of scorers."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

from behavtest.errors import ScoreError
from behavtest.scoring.base import Scorer, check_prompt, checked_score
from behavtest.scoring.batch import checked_scores
from behavtest.scoring.exact import ExactScorer, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from behavtest.core import Completion, Prompt
    from behavtest.scoring.batch import Outcome
    from behavtest.scoring.exact import TextLikelihood


class Not:
    """Scores 1 minus the other scorer's score.

    Args:
        scorer: The other scorer.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self.name = f"not({scorer.name})"

    def __call__(self, completion: Completion, /) -> float:
        """Score a completion."""
        return 1.0 - checked_score(self._scorer, completion)

    def score_many(self, completions: Sequence[Completion], /) -> list[Outcome]:
        """Score completions, in one call if the other scorer can."""
        return [
            outcome if isinstance(outcome, ScoreError) else 1.0 - outcome
            for outcome in checked_scores(self._scorer, completions)
        ]

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt that the other scorer refuses."""
        check_prompt(self._scorer, prompt)


class NotExact:
    """Scores 1 minus the score of a scorer of given texts.

    Args:
        scorer: The other scorer.
    """

    def __init__(self, scorer: ExactScorer) -> None:
        self._scorer = scorer
        self.name = f"not({scorer.name})"

    def reference_texts(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the other scorer's texts."""
        return self._scorer.reference_texts(prompt)

    def score_likelihoods(self, prompt: Prompt, found: Sequence[TextLikelihood]) -> float:
        """Score a model."""
        return 1.0 - judged(self._scorer, prompt, found).score

    def shown(self, prompt: Prompt, found: Sequence[TextLikelihood]) -> str:
        """Return what the other scorer shows."""
        return self._scorer.shown(prompt, found)

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt that the other scorer refuses."""
        check_prompt(self._scorer, prompt)


class _Several:
    def __init__(
        self, label: str, scorers: Sequence[Scorer], combine: Callable[[Iterable[float]], float]
    ) -> None:
        self._scorers = tuple(scorers)
        self._combine = combine
        self.name = f"{label}({', '.join(scorer.name for scorer in scorers)})"

    def __call__(self, completion: Completion, /) -> float:
        """Score a completion."""
        return self._combine(checked_score(scorer, completion) for scorer in self._scorers)

    def score_many(self, completions: Sequence[Completion], /) -> list[Outcome]:
        """Score completions, in one call of each scorer that can."""
        by_scorer = [checked_scores(scorer, completions) for scorer in self._scorers]
        return [self._combined(outcomes) for outcomes in zip(*by_scorer, strict=True)]

    def _combined(self, outcomes: Sequence[Outcome]) -> Outcome:
        failed = [outcome for outcome in outcomes if isinstance(outcome, ScoreError)]
        if failed:
            return failed[0]
        return self._combine(outcome for outcome in outcomes if not isinstance(outcome, ScoreError))

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt that one of the scorers refuses."""
        for scorer in self._scorers:
            check_prompt(scorer, prompt)


class All(_Several):
    """Scores the least of several scores.

    Args:
        scorers: At least one.
    """

    def __init__(self, scorers: Sequence[Scorer]) -> None:
        super().__init__("all", scorers, min)


class Any(_Several):
    """Scores the greatest of several scores.

    Args:
        scorers: At least one.
    """

    def __init__(self, scorers: Sequence[Scorer]) -> None:
        super().__init__("any", scorers, max)


class Weighted(_Several):
    """Scores the weighted mean of several scores, sum(w s) / sum(w).

    Args:
        scorers: At least one.
        weights: As many, positive and finite.
    """

    def __init__(self, scorers: Sequence[Scorer], weights: Sequence[float]) -> None:
        super().__init__("weighted", scorers, self._mean)
        largest = max(weights)
        self._shares = [weight / largest for weight in weights]  # no sum of them overflows
        pairs = zip(weights, scorers, strict=True)
        self.name = f"weighted({', '.join(f'{weight:g} {one.name}' for weight, one in pairs)})"

    def _mean(self, scores: Iterable[float]) -> float:
        # two exact sums of non-negative terms, each of one at most the other's: never above 1
        return math.fsum(map(operator.mul, self._shares, scores)) / math.fsum(self._shares)
