"""``not``, ``all`` and ``any``: scorers made of scorers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.scoring.base import Scorer, check_prompt, checked_score
from behavtest.scoring.exact import ExactScorer, judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Completion, Prompt
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
    def __init__(self, label: str, scorers: Sequence[Scorer]) -> None:
        self._scorers = tuple(scorers)
        self.name = f"{label}({', '.join(scorer.name for scorer in scorers)})"

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
        super().__init__("all", scorers)

    def __call__(self, completion: Completion, /) -> float:
        """Score a completion."""
        return min(checked_score(scorer, completion) for scorer in self._scorers)


class Any(_Several):
    """Scores the greatest of several scores.

    Args:
        scorers: At least one.
    """

    def __init__(self, scorers: Sequence[Scorer]) -> None:
        super().__init__("any", scorers)

    def __call__(self, completion: Completion, /) -> float:
        """Score a completion."""
        return max(checked_score(scorer, completion) for scorer in self._scorers)
