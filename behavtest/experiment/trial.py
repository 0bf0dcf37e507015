"""One behavior while it is being tested: its schedule, its evidence, and what to show of it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.experiment.schedule import SampleNumbers, Schedule
from behavtest.stats import Bounds, Evidence
from behavtest.store import PairRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.result import Side
    from behavtest.suite.behavior import Behavior

_EXAMPLES = 20


class Observation(NamedTuple):
    """One finished draw.

    Args:
        place: Its place in the schedule.
        case_index: Which case of the prompt set.
        value: What enters the evidence.
        score_a: Model A's score (target minus baseline in a contrast), if A was asked.
        score_b: Model B's.
        changed: Whether the two models' texts differ.
        keys: Stored completions: target A, target B, baseline A, baseline B.
        target: The prompt and its answers.
        baseline: The matched twin.
    """

    place: int
    case_index: int
    value: float
    score_a: float | None
    score_b: float | None
    changed: bool
    keys: tuple[str | None, str | None, str | None, str | None]
    target: Side
    baseline: Side | None


class Trial:
    """A behavior's state through a run.

    Args:
        name: Node id, unique in the run.
        behavior: What is tested.
        seed: The run's seed.
    """

    def __init__(self, name: str, behavior: Behavior, *, seed: int) -> None:
        self.name = name
        self.behavior = behavior
        self.error: str | None = None
        self.samples = SampleNumbers()
        self.changed = 0
        census = behavior.settings.greedy
        self.population = len(behavior.prompts)
        self.bounds = observation_bounds(
            contrast=behavior.prompts.contrast, absolute=behavior.expectation.absolute
        )
        self.schedule = Schedule(behavior.prompts, seed=seed, without_replacement=census)
        self.evidence = Evidence(
            behavior.expectation, self.bounds, population=self.population if census else None
        )
        self._sum_a = _Sum()
        self._sum_b = _Sum()
        self._telling: list[tuple[tuple[float, bool, int], Observation]] = []

    @property
    def pairs(self) -> int:
        """Observations so far."""
        return self.evidence.pairs

    @property
    def used_up(self) -> bool:
        """Whether every case has been drawn without replacement."""
        return self.evidence.exact

    @property
    def mean_a(self) -> float | None:
        """Model A's mean score so far."""
        return self._sum_a.mean

    @property
    def mean_b(self) -> float | None:
        """Model B's mean score so far."""
        return self._sum_b.mean

    def add(self, observations: Sequence[Observation]) -> list[PairRecord]:
        """Enter observations, in schedule order.

        Returns:
            What the store keeps of them.
        """
        path = self.evidence.update(np.array([seen.value for seen in observations]))
        for seen in observations:
            self.changed += seen.changed
            self._sum_a.add(seen.score_a)
            self._sum_b.add(seen.score_b)
            self._keep_if_telling(seen)
        return [
            PairRecord(
                behavior=self.name,
                pair=seen.place,
                case_index=seen.case_index,
                target_key_a=seen.keys[0],
                target_key_b=seen.keys[1],
                baseline_key_a=seen.keys[2],
                baseline_key_b=seen.keys[3],
                score_a=seen.score_a,
                score_b=seen.score_b,
                value=seen.value,
                log_e_holds=float(path.log_e_holds[place]),
                log_e_violated=float(path.log_e_violated[place]),
            )
            for place, seen in enumerate(observations)
        ]

    def telling(self) -> list[Observation]:
        """Return the pairs most worth reading, those that move the mean its way first."""
        ranked = [seen for _, seen in sorted(self._telling, key=lambda item: item[0], reverse=True)]
        if self.behavior.expectation.absolute:
            return ranked
        down = (self.evidence.estimate or 0.0) < 0
        return sorted(ranked, key=lambda seen: (seen.value > 0) if down else (seen.value < 0))

    def _keep_if_telling(self, seen: Observation) -> None:
        weight = abs(seen.value)
        if self.behavior.expectation.absolute:
            # Far from what is expected: a low score for at_least, a high one for at_most.
            sign = -1 if self.behavior.expectation.kind == "at_least" else 1
            weight = sign * seen.value
        rank = (weight, seen.changed, -seen.place)
        if len(self._telling) < _EXAMPLES:
            heapq.heappush(self._telling, (rank, seen))
        else:
            heapq.heappushpop(self._telling, (rank, seen))


class _Sum:
    """A running mean of scores that may be absent."""

    def __init__(self) -> None:
        self._total = 0.0
        self._count = 0

    def add(self, score: float | None) -> None:
        if score is not None:
            self._total += score
            self._count += 1

    @property
    def mean(self) -> float | None:
        return self._total / self._count if self._count else None


def observation_bounds(*, contrast: bool, absolute: bool) -> Bounds:
    """Return the range of one observation.

    A score lies in [0, 1]; taking a baseline off, and taking model A off, each widen the range
    by one on either side that is not yet there.
    """
    if contrast:
        return Bounds(-1, 1) if absolute else Bounds(-2, 2)
    return Bounds(0, 1) if absolute else Bounds(-1, 1)
