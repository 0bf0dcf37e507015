"""Scores that need no answer: how likely a model finds texts that the suite gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from behavtest.errors import ScoreError
from behavtest.scoring.base import ON_FIELDS, checked_value, own_code
from behavtest.scoring.hints import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Prompt


class TextLikelihood(NamedTuple):
    """How likely a model finds a text after a prompt.

    Args:
        text: The text.
        logprobs: Log-probability (nats, at temperature 1) of each of its tokens after the prompt
            and the tokens before it, at least one, each at most 0.
    """

    text: str
    logprobs: tuple[float, ...]

    @property
    def total(self) -> float:
        """Log-probability of the whole text."""
        return math.fsum(self.logprobs)

    @property
    def per_token(self) -> float:
        """Mean log-probability of a token."""
        return self.total / len(self.logprobs)


@runtime_checkable
class ExactScorer(Protocol):
    """Scores how likely a model finds given texts after a prompt.

    Nothing is sampled, so a prompt has one score. As `behavtest.scoring.Scorer` it is made by a
    factory that a plugin offers, has a ``name`` that tells it and its arguments, and may have a
    method ``check(prompt)``.
    """

    @property
    def name(self) -> str:
        """A short description of the scorer and its arguments, stable across runs."""
        ...

    def reference_texts(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the texts whose likelihood is wanted, at least one, none of them twice.

        Raises:
            ScoreError: The prompt's fields lack something.
        """
        ...

    def score_likelihoods(self, prompt: Prompt, found: Sequence[TextLikelihood]) -> float:
        """Score a model.

        Args:
            prompt: What was asked.
            found: The likelihood of each reference text, in their order.

        Returns:
            A score in [0, 1].

        Raises:
            ScoreError: The likelihoods cannot be scored.
        """
        ...

    def shown(self, prompt: Prompt, found: Sequence[TextLikelihood]) -> str:
        """Return what a person reads of a model's likelihoods, where an answer would stand."""
        ...


class Judged(NamedTuple):
    """What a scorer makes of a model's likelihoods.

    Args:
        score: In [0, 1].
        text: What a person reads of them.
    """

    score: float
    text: str


def judged(scorer: ExactScorer, prompt: Prompt, found: Sequence[TextLikelihood]) -> Judged:
    """Score likelihoods and hold the scorer to its range, as `behavtest.scoring.checked_score`.

    Raises:
        ScoreError: The scorer failed, or did not return a number in [0, 1].
    """
    try:
        score: object = scorer.score_likelihoods(prompt, found)
        text = str(scorer.shown(prompt, found))
    except ScoreError:
        raise
    except (
        Exception,
        SystemExit,
    ) as error:  # a plugin's code may raise anything; only its behavior fails
        texts = ", ".join(repr(shortened(one.text)) for one in found)
        raise ScoreError(
            f"{scorer.name} raised {type(error).__name__}: {error} (on the likelihood of {texts})"
        ) from error
    return Judged(checked_value(score, name=scorer.name), text)


def checked_texts(scorer: ExactScorer, prompt: Prompt) -> tuple[str, ...]:
    """Return a scorer's reference texts for a prompt.

    Raises:
        ScoreError: The scorer failed, gave no text, one twice, or one that no tokenizer takes.
    """
    with own_code(scorer, on=ON_FIELDS):
        texts = tuple(scorer.reference_texts(prompt))
    if not texts or len(set(texts)) < len(texts):
        raise ScoreError(f"{scorer.name} must give at least one text, and none of them twice")
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ScoreError(
                f"{scorer.name}: the text {shortened(text)!r} has half a character in it "
                f"(U+{ord(text[error.start]):04X}, a surrogate), which no tokenizer takes"
            ) from None
    return texts
