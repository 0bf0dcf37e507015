"""How much a run may spend."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field

from behavtest.errors import SettingsError

_BUDGET = re.compile(r"^(?P<number>\d+(\.\d+)?)\s*(?P<unit>pairs|s|m|h)?$")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits on one run.

    Args:
        max_pairs: Most observations of one behavior.
        total_pairs: Most observations of all behaviors together; None is no limit.
        seconds: Wall time after which no further part of a round starts; None is no limit. It
            makes a run's length depend on the machine, but no verdict's validity: see
            `behavtest.experiment.rounds.parts`.
    """

    max_pairs: int = 1000
    total_pairs: int | None = None
    seconds: float | None = None

    @property
    def most_pairs(self) -> int:
        """Most observations of one behavior, whichever limit it meets first."""
        return min(self.max_pairs, self.total_pairs or self.max_pairs)

    @property
    def limited(self) -> bool:
        """Whether the run may end before every behavior has had all it may take."""
        return self.total_pairs is not None or self.seconds is not None


def parse_budget(text: str, *, max_pairs: int) -> Budget:
    """Read ``--behavtest-budget``.

    Args:
        text: ``5000`` or ``5000pairs``, or a time: ``90s``, ``10m``, ``2h``; empty is no limit.
        max_pairs: Most observations of one behavior, at least 1.

    Raises:
        SettingsError: The text is none of these.
    """
    if max_pairs < 1:
        raise SettingsError(f"--behavtest-max-pairs is {max_pairs}; it must be at least 1")
    if not text:
        return Budget(max_pairs)
    match = _BUDGET.match(text.strip())
    if match is None or (match["unit"] in {None, "pairs"} and "." in match["number"]):
        raise SettingsError(
            f"--behavtest-budget is {text!r}; "
            "give a number of pairs (5000) or a time (90s, 10m, 2h)"
        )
    if float(match["number"]) == 0:
        raise SettingsError(f"--behavtest-budget is {text!r}; it must be more than nothing")
    unit = match["unit"]
    if unit in _SECONDS:
        return Budget(max_pairs, seconds=float(match["number"]) * _SECONDS[unit])
    return Budget(max_pairs, total_pairs=int(match["number"]))


@dataclass(slots=True)
class Spending:
    """What a run has spent so far.

    Args:
        budget: Its limits.
        pairs: Observations so far.
        cut: Whether a round was cut down to what was left. It is the last one, even where a failure
            leaves something over: it may have given more to one behavior than to another, and in
            a further round one would know what the other is yet to see.
        started: When, on the monotonic clock.
    """

    budget: Budget
    pairs: int = 0
    cut: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Wall time since the run started, in seconds."""
        return time.monotonic() - self.started

    @property
    def exhausted(self) -> bool:
        """Whether no further round may start."""
        budget = self.budget
        out_of_pairs = budget.total_pairs is not None and self.pairs >= budget.total_pairs
        return out_of_pairs or self.cut or self.out_of_time

    @property
    def out_of_time(self) -> bool:
        """Whether the time limit, if there is one, has passed."""
        return self.budget.seconds is not None and self.elapsed >= self.budget.seconds

    @property
    def left(self) -> float:
        """Pairs left to spend; under a time limit, at the pace so far."""
        left = math.inf
        if self.budget.total_pairs is not None:
            left = self.budget.total_pairs - self.pairs
        if self.budget.seconds is not None and self.elapsed > 0:
            left = min(left, self.pairs / self.elapsed * (self.budget.seconds - self.elapsed))
        return left

    def share(self, wanted: list[int]) -> list[int]:
        """Cut a round's wishes down to what is left, evenly, the first behaviors first.

        Args:
            wanted: Pairs each behavior would draw.

        Returns:
            Pairs each may draw.
        """
        if self.budget.total_pairs is None:
            return wanted
        left = self.budget.total_pairs - self.pairs
        self.cut = sum(wanted) > left
        granted = [0] * len(wanted)
        while left > 0 and granted != wanted:
            hungry = [place for place, wish in enumerate(wanted) if granted[place] < wish]
            each = max(1, left // len(hungry))
            for place in hungry:
                step = min(each, wanted[place] - granted[place], left)
                granted[place] += step
                left -= step
        return granted
