"""What a calibration found: plain data, written as JSON, read by the page and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from behavtest.stats.proportion import exact_interval

CONFIDENCE = 0.95
"""With which each end of a share's interval holds."""

POWER = 0.8
"""Probability of being declared violated from which a change counts as detectable."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a number of independent runs, and what that says of the rate behind them.

    Args:
        count: How many.
        total: Of how many, >= 1.
        lower: Lower end of the exact interval for the rate.
        upper: Upper end; each end is wrong with probability at most 1 - `CONFIDENCE`.
    """

    count: int
    total: int
    lower: float
    upper: float

    @classmethod
    def of(cls, count: int, total: int) -> Share:
        """Count runs; see `share_interval` for the ends."""
        return cls(count, total, *share_interval(count, total))

    @property
    def rate(self) -> float:
        """The share itself."""
        return self.count / self.total


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Return the exact interval for the rate behind k of n independent trials.

    Each end is wrong with probability at most 1 - `CONFIDENCE`; see
    `behavtest.stats.proportion.exact_interval`.

    Args:
        count: k, in 0..n.
        total: n, >= 1.
    """
    return exact_interval(count, total, error=1 - CONFIDENCE)


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """How often changes of growing size would be declared violated within the budget.

    Args:
        changes: True changes Delta, signed, from none to the greatest, at least two.
        powers: For each the probability of "violated", simulated.
        detectable: The least change declared with probability `POWER`, signed; None if none is.
    """

    changes: tuple[float, ...]
    powers: tuple[float, ...]
    detectable: float | None


@dataclass(frozen=True, slots=True)
class BehaviorPower:
    """What one behavior would notice.

    Args:
        boundary: The greatest change that is still allowed, signed.
        reach: The greatest change there can be, signed: every case fails.
        independent: With independent noise, at the measured variance.
        coupled: With shared noise, where whatever has not changed agrees: the best case.
    """

    boundary: float
    reach: float
    independent: PowerCurve
    coupled: PowerCurve


@dataclass(frozen=True, slots=True)
class CalibratedBehavior:
    """One behavior in all runs.

    Args:
        name: Node id of the pytest item.
        suite: The suite's name.
        behavior: The behavior's id within it.
        statement: The expectation in words, with numbers.
        mean: Model A's mean score, over all runs and both draws; None without an observation.
        variance: Variance of an observation with independent noise; None likewise.
        observations: Pairs in all runs.
        false_alarms: Runs that declared it violated.
        holds: Runs that declared that it holds.
        inconclusive: Runs that declared neither.
        median_pairs: Median pairs of a run.
        power: What it would notice; None without an observation.
        error: Why it could not be measured, if it could not.
    """

    name: str
    suite: str
    behavior: str
    statement: str
    mean: float | None
    variance: float | None
    observations: int
    false_alarms: int
    holds: int
    inconclusive: int
    median_pairs: float
    power: BehaviorPower | None
    error: str | None


Reason = Literal["absolute", "exact", "greedy", "intended"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A behavior that A against A says nothing about.

    Args:
        name: Node id of the pytest item.
        reason: ``absolute``: it is about one model, and compares nothing. ``greedy``: it is
            decoded greedily, and A answers twice the same. ``exact``: it samples nothing, and A
            scores twice the same. ``intended``: it expects a change, and A against A has none, so
            that "violated" is no false alarm.
    """

    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Calibration:
    """Model A against itself, many times.

    Args:
        started: UTC time in ISO 8601.
        seconds: Wall time.
        seed: The first run's; it determines the others'.
        alpha: Error rate the verdicts are held to.
        procedure: How false discoveries are controlled.
        max_pairs: Most pairs of one behavior in a run.
        total_pairs: Most pairs of a run, None without limit.
        pairs_each: Pairs that the detectable changes allow a behavior: its part of both limits.
        family: Behaviors selected, those left out included; the detectable changes are those of
            a family so large.
        model: As the user gave it.
        fingerprint: Its fingerprint.
        description: Architecture, size and dtype in a few words.
        runs: Runs in which any behavior was declared violated, of all.
        simulated: The same of simulated runs on the measured scores.
        behaviors: One entry each, in the order they were collected.
        left_out: The others.
        generated: Completions generated.
        reused: Completions taken from the store.
        versions: Library -> version.
        store: Path of the store.
    """

    started: str
    seconds: float
    seed: int
    alpha: float
    procedure: str
    max_pairs: int
    total_pairs: int | None
    pairs_each: int
    family: int
    model: str
    fingerprint: str
    description: str
    runs: Share
    simulated: Share | None
    behaviors: tuple[CalibratedBehavior, ...]
    left_out: tuple[LeftOut, ...]
    generated: int
    reused: int
    versions: dict[str, str]
    store: str
