"""What a run says of itself while it runs."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class ProgressState(NamedTuple):
    """Where a run stands.

    Args:
        behaviors: Size of the family.
        decided: Behaviors that hold or are violated, whatever comes.
        pairs: Observations so far.
        generated: Completions decoded so far, both models.
        reused: Completions taken from the store.
        seconds: Wall time since the start.
        audited: Completions generated again so far, after the verdicts.
        sampled: How many are to be; 0 if there is no audit or it has not begun.
        texts_read: Given texts whose likelihood was computed so far, by both models.
        errors: Behaviors whose computation failed.
        tokens_per_second: Tokens of completions made in the last seconds, decoded or accepted;
            None if there were none.
        seconds_left: About how long the run will go on; None if nothing supports an estimate.
        forks_read: Places where answers part that were read so far, after the verdicts, by both
            models.
        forks: How many may be to read; 0 if that has not begun.
        model: Which of several modified models this run is about; empty where there is one.
        number: Its place among them, from 1.
        of: How many there are.
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
    errors: int = 0
    tokens_per_second: float | None = None
    seconds_left: float | None = None
    forks_read: int = 0
    forks: int = 0
    model: str = ""
    number: int = 1
    of: int = 1

    @property
    def undecided(self) -> int:
        """Behaviors without a verdict so far, those that may draw no more pairs included."""
        return self.behaviors - self.decided - self.errors


class Progress(Protocol):
    """Something that shows a run's progress."""

    def __call__(self, state: ProgressState, /) -> None:
        """Take note; called after every generated batch and every round."""
        ...
