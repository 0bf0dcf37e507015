"""Pairs of a run for people to read: what was asked, what the models answered, where they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a prompt.

    Args:
        role: Who speaks.
        content: What is said.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token that may come next, or the end of the answer.

    Args:
        text: What it adds to the text, or its name if that is no text; empty for the end.
        a: Its probability under model A at temperature 1, in [0, 1]; None if that is not known:
            A was not asked, or it is less than `Fork.floor_a`.
        b: The same under model B.
        chosen: Which model chose it, ``a`` or ``b``; None if neither did.
        ends: Whether it is the end of the answer, all tokens that end one taken together.
    """

    text: str
    a: float | None
    b: float | None
    chosen: Literal["a", "b"] | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class TokenMark:
    """A token in a text.

    Args:
        start: Where it begins, in characters; that of a character it is a part of.
        stop: Where it ends; equal to ``start`` for a token that is not in the text, such as the
            one that ends the answer.
        ends: Whether the answer ends here.
    """

    start: int
    stop: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Fork:
    """The first token that differs between two answers.

    Args:
        shared: How many tokens both begin with.
        a: Model A's token there, in its text.
        b: Model B's.
        alternatives: The most likely tokens there under either model and the two that were chosen,
            the most likely first; empty if neither model was asked.
        floor_a: Probability that none of the tokens without one exceeds under model A; None if
            that is not known.
        floor_b: The same under model B.
    """

    shared: int
    a: TokenMark
    b: TokenMark
    alternatives: tuple[Alternative, ...] = ()
    floor_a: float | None = None
    floor_b: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One prompt with both models' answers; model B's are None when model A runs alone.

    Args:
        prompt: The messages.
        text_a: Model A's completion; or, where nothing is sampled, what it makes of given texts.
        text_b: Model B's.
        score_a: Its score in [0, 1].
        score_b: Its score in [0, 1].
        fork: The first token that differs, if the texts do and the models' tokens can be compared.
    """

    prompt: tuple[Turn, ...]
    text_a: str | None
    text_b: str | None
    score_a: float | None
    score_b: float | None
    fork: Fork | None = None


@dataclass(frozen=True, slots=True)
class PairExample:
    """One observation, for people to read.

    Args:
        index: Its place in the schedule, counted from 0.
        value: The observation: D = score_B - score_A, or the score itself for an absolute
            expectation; in a contrast, the score is what its relation makes of two.
        target: The prompt and its answers.
        baseline: The matched twin, in a contrast.
        gap: The log-probability gap in nats: |log p_B - log p_A| of model A's whole answer, in a
            contrast of both answers together; None where model B was not checked against it.
    """

    index: int
    value: float
    target: Side
    baseline: Side | None = None
    gap: float | None = None
