"""How fast a run goes, and how long it will likely go on."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_RECENT = 10.0
"""Seconds a rate looks back on, more where counts come more rarely."""

_LEAST_SPAN = 0.5
"""Seconds: what is counted over less says nothing of a rate."""


class Outlook(NamedTuple):
    """What is still to come of one undecided behavior.

    Args:
        forecast: How many more pairs would likely decide it; None if nobody knows.
        round: How many it draws before it is looked at again.
        most: How many more it may have in all.
    """

    forecast: int | None
    round: int
    most: int

    @property
    def pairs(self) -> int:
        """About how many more pairs it will take, all it may have where nobody knows."""
        if self.forecast is None:
            return self.most
        return min(max(self.forecast, self.round), self.most)


class Rate:
    """How fast a count has grown of late."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, seconds: float, count: int) -> None:
        """Take note of a count.

        Args:
            seconds: When, on a clock that never goes back.
            count: At least what it was before.
        """
        self._seen.append((seconds, count))
        while len(self._seen) > 2 and self._seen[1][0] <= seconds - _RECENT:  # noqa: PLR2004 - both ends
            self._seen.popleft()

    @property
    def per_second(self) -> float | None:
        """The growth per second; None if there was none, or too short a time to tell."""
        if not self._seen:
            return None
        (began, before), (ended, after) = self._seen[0], self._seen[-1]
        if ended - began < _LEAST_SPAN or after <= before:
            return None
        return (after - before) / (ended - began)


class Pace:
    """A run's speed and the time it has left.

    Both are of the time at work: the first loading of each model, which does not come again, is
    no part of the seconds it is told.

    Attributes:
        tokens: Of completions made.
    """

    def __init__(self) -> None:
        self.tokens = Rate()
        self._pairs = Rate()
        self._looked = 0.0
        self._left: float | None = None

    def look(
        self, seconds: float, pairs: int, undecided: Iterable[Outlook], *, left: float
    ) -> None:
        """Estimate the time left anew, where a round has ended.

        It is the pairs that the undecided will likely take, at the recent rate. Forecasts move as
        evidence comes in, so half of a new estimate is the last one, less the time passed since.

        Args:
            seconds: Time at work so far.
            pairs: Observations so far.
            undecided: The behaviors that draw on; empty if nothing is known of one of them yet.
            left: Pairs left to spend, inf without a limit.
        """
        self._pairs.note(seconds, pairs)
        wanted = min(sum(outlook.pairs for outlook in undecided), left)
        rate = self._pairs.per_second
        last = self.seconds_left(seconds)
        self._looked = seconds
        if not wanted or rate is None:
            self._left = None
            return
        self._left = wanted / rate if last is None else (last + wanted / rate) / 2

    def seconds_left(self, seconds: float) -> float | None:
        """Return about how long the run will go on; None if nothing supports an estimate.

        Args:
            seconds: Time at work so far.
        """
        return None if self._left is None else max(self._left - (seconds - self._looked), 0.0)
