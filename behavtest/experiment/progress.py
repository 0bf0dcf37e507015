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
        audited: Completions generated again so far, after the verdicts.
        sampled: How many are to be; 0 if there is no audit or it has not begun.
        texts_read: Given texts whose likelihood was computed so far, by both models.
    """

    behaviors: int
    decided: int
    pairs: int
    generated: int
    reused: int
    seconds: float
    audited: int = 0
    sampled: int = 0
    texts_read: int = 0


class Progress(Protocol):
    """Something that shows a run's progress."""

    def __call__(self, state: ProgressState, /) -> None:
        """Take note; called after every generated batch and every round."""
        ...
