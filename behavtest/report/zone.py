"""Where an expectation allows the estimate to lie, and how far outside it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.stats.expectation import ABSOLUTE_KINDS, Kind

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult


class Zone(NamedTuple):
    """The closed range of means that meet an expectation.

    Args:
        lower: Lower end.
        upper: Upper end.
    """

    lower: float
    upper: float


def is_absolute(behavior: BehaviorResult) -> bool:
    """Whether the expectation is about one model's mean rather than a change."""
    return behavior.expectation in ABSOLUTE_KINDS


def is_contrast(behavior: BehaviorResult) -> bool:
    """Whether an observation is a target minus its baseline."""
    if any(example.baseline is not None for example in behavior.examples):
        return True
    # Without an example to look at: one score spans 1, a difference of two of them spans 2.
    widest = 1.0 if is_absolute(behavior) else 2.0
    return behavior.range_upper - behavior.range_lower > widest


def allowed(behavior: BehaviorResult) -> Zone | None:
    """Find the means an expectation allows.

    Args:
        behavior: The behavior.

    Returns:
        The range, or None for an expectation this version does not know.
    """
    lower, upper, margin = behavior.range_lower, behavior.range_upper, behavior.margin
    zones: dict[str, Zone] = {
        Kind.NOT_WORSE: Zone(-margin, upper),
        Kind.NOT_HIGHER: Zone(lower, margin),
        Kind.UNCHANGED: Zone(-margin, margin),
        Kind.INCREASES: Zone(margin, upper),
        Kind.DECREASES: Zone(lower, -margin),
        Kind.AT_LEAST: Zone(margin, upper),
        Kind.AT_MOST: Zone(lower, margin),
    }
    return zones.get(behavior.expectation)


def excess(behavior: BehaviorResult) -> float | None:
    """Measure how far the estimate lies outside what is allowed.

    Args:
        behavior: The behavior.

    Returns:
        The distance in score units, negative inside; None without an estimate.
    """
    zone = allowed(behavior)
    if zone is None or behavior.estimate is None:
        return None
    distances = []
    if zone.lower > behavior.range_lower:
        distances.append(zone.lower - behavior.estimate)
    if zone.upper < behavior.range_upper:
        distances.append(behavior.estimate - zone.upper)
    return max(distances, default=None)
