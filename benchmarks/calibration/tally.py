"""From outcomes to error rates with their Monte Carlo errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from calibration.evidence import Outcome
from calibration.scenarios import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.stats.arrays import FloatArray
    from calibration.evidence import BoolArray, IntArray

GROUPS = 20
"""Groups of streams whose medians give a median's standard error."""


class Figure(NamedTuple):
    """A measured number.

    Args:
        value: Its estimate.
        error: Its standard error over independent streams of families.
    """

    value: float
    error: float


class Figures(NamedTuple):
    """What one procedure did in one scenario; None where nothing is there to measure.

    Args:
        fdr: Mean share of false declarations of "violated" among all, 0 if there is none: of a
            family, or of a stream for the procedures that run over streams.
        false_alarm: Share of the behaviors at a boundary that were declared violated.
        false_holds: Share of them that were declared to hold.
        power: Share of the changed behaviors that were declared violated.
        proven: Share of the behaviors inside that were declared to hold.
        pairs_changed: Median pairs of the changed behaviors.
        pairs_boundary: Median pairs of those at a boundary.
        pairs_inside: Median pairs of those inside.
    """

    fdr: Figure
    false_alarm: Figure | None
    false_holds: Figure | None
    power: Figure | None
    proven: Figure | None
    pairs_changed: Figure | None
    pairs_boundary: Figure | None
    pairs_inside: Figure | None


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Put the streams of several outcomes one after another."""
    return Outcome(*(np.concatenate(parts) for parts in zip(*outcomes, strict=True)))


def measure(outcome: Outcome, truths: Sequence[Truth], *, stream: bool) -> Figures:
    """Count errors and discoveries.

    Args:
        outcome: Shape (streams, families, behaviors) each.
        truths: Of the behaviors of a family.
        stream: Whether false discoveries are counted over the stream rather than the family.
    """
    at, inside, changed = (
        np.array([truth is wanted for truth in truths])
        for wanted in (Truth.BOUNDARY, Truth.INSIDE, Truth.OUTSIDE)
    )
    return Figures(
        fdr=_mean(_false_share(outcome.violated, ~changed, stream=stream)),
        false_alarm=_share(outcome.violated, at),
        false_holds=_share(outcome.holds, at),
        power=_share(outcome.violated, changed),
        proven=_share(outcome.holds, inside),
        pairs_changed=_median(outcome.pairs, changed),
        pairs_boundary=_median(outcome.pairs, at),
        pairs_inside=_median(outcome.pairs, inside),
    )


def _false_share(violated: BoolArray, null: BoolArray, *, stream: bool) -> FloatArray:
    """Return each stream's false discovery proportion, or the mean of its families', (streams,)."""
    axes = (1, 2) if stream else (2,)
    wrong = (violated & null).sum(axis=axes)
    share = wrong / np.maximum(violated.sum(axis=axes), 1)
    of_streams: FloatArray = share.reshape(len(violated), -1).mean(axis=1)
    return of_streams


def _share(declared: BoolArray, which: BoolArray) -> Figure | None:
    return _mean(declared[..., which].mean(axis=(1, 2))) if which.any() else None


def _mean(of_streams: FloatArray) -> Figure:
    spread = float(np.std(of_streams, ddof=1)) if len(of_streams) > 1 else math.nan
    return Figure(float(of_streams.mean()), spread / math.sqrt(len(of_streams)))


def _median(pairs: IntArray, which: BoolArray) -> Figure | None:
    if not which.any() or not pairs.any():
        return None
    groups = np.array_split(pairs[..., which], min(GROUPS, len(pairs)))
    error = _mean(np.array([np.median(group) for group in groups])).error
    return Figure(float(np.median(pairs[..., which])), error)
