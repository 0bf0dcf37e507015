"""``not``, ``all`` and ``any``: scorers made of scorers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.scoring.base import Scorer, check_prompt, checked_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Completion, Prompt


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
