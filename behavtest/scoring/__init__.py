"""Scores for completions: the built-in scorers, their combination, and the registry of them all."""

from behavtest.scoring.base import (
    ChecksPrompts,
    Scorer,
    ScorerFactory,
    check_prompt,
    checked_score,
    raised_on,
)
from behavtest.scoring.batch import Batched, BatchScorer, Outcome, checked_scores
from behavtest.scoring.builtin import pytest_behavtest_scorers
from behavtest.scoring.exact import ExactScorer, Judged, TextLikelihood, checked_texts, judged
from behavtest.scoring.registry import ScorerRegistry, ScorerSpecError

__all__ = [
    "BatchScorer",
    "Batched",
    "ChecksPrompts",
    "ExactScorer",
    "Judged",
    "Outcome",
    "Scorer",
    "ScorerFactory",
    "ScorerRegistry",
    "ScorerSpecError",
    "TextLikelihood",
    "builtin_registry",
    "check_prompt",
    "checked_score",
    "checked_scores",
    "checked_texts",
    "judged",
    "raised_on",
]


def builtin_registry() -> ScorerRegistry:
    """Return a registry of the built-in scorers alone."""
    return ScorerRegistry(pytest_behavtest_scorers())
