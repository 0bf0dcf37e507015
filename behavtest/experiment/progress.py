"""What a run says of itself while it runs."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class ProgressState(NamedTuple):
    """Where a run stands.

    Args:
        behaviors: Size of the family.
        decided: Behaviors that need no more pairs.
        pairs: Observations so far.
        generated: Completions decoded so far, both models.
        reused: Completions taken from the store.
        seconds: Wall time since the start.
    """

    behaviors: int
    decided: int
    pairs: int
    generated: int
    reused: int
    seconds: float


class Progress(Protocol):
    """Something that shows a run's progress."""

    def __call__(self, state: ProgressState, /) -> None:
        """Take note; called after every generated batch and every round."""
        ...
