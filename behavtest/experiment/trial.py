"""One behavior while it is being tested: its schedule, its evidence, and what to show of it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.experiment.active import MOST_CASES, ActiveSchedule
from behavtest.experiment.family import Member
from behavtest.experiment.schedule import Schedule
from behavtest.stats import Evidence
from behavtest.stats.weighted import Weights
from behavtest.store import PairRecord
from behavtest.suite.relation import observation_bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.examples import Side
    from behavtest.suite.behavior import Behavior

_EXAMPLES = 50

_Rank = tuple[float, float, bool, int]


class Observation(NamedTuple):
    """One finished draw.

    Args:
        place: Its place in the schedule.
        case_index: Which case of the prompt set.
        value: What enters the evidence.
        score_a: Model A's score (in a contrast, what its relation makes of two), if A was asked.
        score_b: Model B's.
        changed: Whether the two models' texts differ, or the scores they give the same texts.
        keys: Stored completions, or likelihoods, several joined by spaces: target A, target B,
            baseline A, baseline B.
        target: The prompt and its answers.
        baseline: The matched twin.
        weight: Importance weight of its draw.
        greatest_weight: The greatest weight its draw could have had.
        gap: The log-probability gap, in nats, target's and baseline's together; None if that is
            not known.
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
    weight: float = 1.0
    greatest_weight: float = 1.0
    gap: float | None = None


class Trial:
    """A behavior's state through a run.

    Args:
        name: Node id, unique in the run.
        behavior: What is tested.
        seed: The run's seed.
        active: Whether prompts are chosen where the models have been seen to differ, if the
            behavior allows it: it is about a difference, its scores are sampled, and its
            population is not too large.
    """

    def __init__(self, name: str, behavior: Behavior, *, seed: int, active: bool = False) -> None:
        self.name = name
        self.behavior = behavior
        self.error: str | None = None
        self.changed = 0
        census, absolute = behavior.deterministic, behavior.expectation.absolute
        self.population = len(behavior.prompts)
        self.bounds = observation_bounds(
            contrast=behavior.prompts.contrast,
            absolute=absolute,
            relation=behavior.relation,
        )
        active = active and not (absolute or census) and self.population <= MOST_CASES
        self.schedule = (
            ActiveSchedule(behavior.prompts, seed=seed)
            if active
            else Schedule(behavior.prompts, seed=seed, without_replacement=census)
        )
        self.evidence = Evidence(
            behavior.expectation,
            self.bounds,
            population=self.population if census else None,
            weighted=active,
        )
        self._sum_a = _Sum()
        self._sum_b = _Sum()
        self._telling: list[tuple[_Rank, Observation]] = []

    @property
    def pairs(self) -> int:
        """Observations so far."""
        return self.evidence.pairs

    @property
    def member(self) -> Member:
        """The behavior as a member of its family."""
        evidence = self.evidence if self.pairs and self.error is None else None
        return Member(self.name, evidence, self.behavior.weight)

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
        path = self.evidence.update(
            np.array([seen.value for seen in observations]),
            Weights(
                np.array([seen.weight for seen in observations]),
                np.array([seen.greatest_weight for seen in observations]),
            )
            if self.evidence.weighted
            else None,
        )
        for seen in observations:
            share = seen.weight / seen.greatest_weight
            self.changed += seen.changed
            self._sum_a.add(seen.score_a, share)
            self._sum_b.add(seen.score_b, share)
            self._keep_if_telling(seen)
            self.schedule.learn(seen.case_index, seen.value)
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
                weight=seen.weight,
                greatest_weight=seen.greatest_weight,
            )
            for place, seen in enumerate(observations)
        ]

    def telling(self) -> list[Observation]:
        """Return the pairs most worth reading, the most telling first.

        Those that move the mean its way come before the others; among them the largest change of
        the score, then the largest log-probability gap, then texts that differ, then the earliest.
        """
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
        rank = (weight, seen.gap or 0.0, seen.changed, -seen.place)
        if len(self._telling) < _EXAMPLES:
            heapq.heappush(self._telling, (rank, seen))
        else:
            heapq.heappushpop(self._telling, (rank, seen))


class _Sum:
    """A running mean of scores that may be absent, weighted as the evidence's estimate is."""

    def __init__(self) -> None:
        self._total = 0.0
        self._shares = 0.0

    def add(self, score: float | None, share: float) -> None:
        if score is not None:
            self._total += share * score
            self._shares += share

    @property
    def mean(self) -> float | None:
        return self._total / self._shares if self._shares else None
