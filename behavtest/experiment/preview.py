"""What a behavior asks, as a model would see it; no weights are loaded."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from behavtest.errors import BehavtestError
from behavtest.experiment.schedule import Schedule
from behavtest.scoring import ExactScorer, checked_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Prompt
    from behavtest.suite.behavior import Behavior, Case

_MOST_COUNTED = 1_000
"""Prompts whose tokens are counted: enough to tell the range, and soon done."""


class Renderer(Protocol):
    """Shows prompts as a model sees them."""

    def text(self, prompt: Prompt) -> str | None:
        """Return the text a prompt becomes; None if that cannot be told.

        Raises:
            PromptError: The chat template refuses it.
        """
        ...

    def tokens(self, prompt: Prompt) -> int | None:
        """Return how many tokens that has; None if that cannot be told."""
        ...


class Messages:
    """Leaves prompts as they are: there is no model."""

    def text(self, _prompt: Prompt) -> None:
        """Tell nothing: the messages speak for themselves."""

    def tokens(self, _prompt: Prompt) -> None:
        """Tell nothing: tokens are a model's."""


class PromptShown(NamedTuple):
    """One prompt of a case.

    Args:
        prompt: The messages.
        text: What they become, if that can be told.
        tokens: How many tokens that has, if that can be told.
        given: Texts whose likelihood is scored after it, if there are any.
    """

    prompt: Prompt
    text: str | None
    tokens: int | None
    given: tuple[str, ...] = ()


class CaseShown(NamedTuple):
    """One case.

    Args:
        place: Its place in the set, from 0.
        prompts: The prompt, or target and baseline.
    """

    place: int
    prompts: tuple[PromptShown, ...]


class Lengths(NamedTuple):
    """Numbers of tokens of some prompts.

    Args:
        least: The shortest prompt's.
        median: The middle one's, rounded down.
        most: The longest one's.
        prompts: How many were counted.
    """

    least: int
    median: int
    most: int
    prompts: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Some of a behavior's cases.

    Args:
        name: Its node id.
        behavior: The behavior.
        cases: Those to look at.
        lengths: How long the prompts are, if there is a model.
        error: Why there is no more to see.
    """

    name: str
    behavior: Behavior
    cases: tuple[CaseShown, ...]
    lengths: Lengths | None = None
    error: str | None = None


def preview(name: str, behavior: Behavior, renderer: Renderer, *, count: int, seed: int) -> Preview:
    """Render some of a behavior's prompts.

    Args:
        name: Its node id.
        behavior: The behavior.
        renderer: Shows prompts as the model sees them.
        count: How many cases, drawn without replacement as a schedule would.
        seed: Of the draw.
    """
    cases: list[CaseShown] = []
    try:
        schedule = Schedule(behavior.prompts, seed=seed, without_replacement=True)
        for draw in schedule.take(count):
            asked = (prompt for prompt in draw.case if prompt is not None)
            shown = tuple(_shown(prompt, behavior, renderer) for prompt in asked)
            cases.append(CaseShown(draw.case_index, shown))
        more = schedule.take(_MOST_COUNTED - count) if count < _MOST_COUNTED else []
        lengths = _lengths(cases, [draw.case for draw in more], renderer)
    except BehavtestError as error:
        return Preview(
            name, behavior, tuple(sorted(cases, key=lambda case: case.place)), error=str(error)
        )
    return Preview(name, behavior, tuple(sorted(cases, key=lambda case: case.place)), lengths)


def _shown(prompt: Prompt, behavior: Behavior, renderer: Renderer) -> PromptShown:
    given: tuple[str, ...] = ()
    if isinstance(behavior.scorer, ExactScorer):
        given = checked_texts(behavior.scorer, prompt)
    # counted first: a template that refuses the prompt is explained there
    tokens = renderer.tokens(prompt)
    return PromptShown(prompt, renderer.text(prompt), tokens, given)


def _lengths(
    cases: Sequence[CaseShown], more: Sequence[Case], renderer: Renderer
) -> Lengths | None:
    counted = [shown.tokens for case in cases for shown in case.prompts]
    if not counted or None in counted:
        return None
    counted += [renderer.tokens(prompt) for case in more for prompt in case if prompt is not None]
    known = [tokens for tokens in counted if tokens is not None]
    return Lengths(min(known), int(statistics.median(known)), max(known), len(known))
