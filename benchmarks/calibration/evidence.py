"""The evidence on simulated behaviors, at the moments when a run looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from behavtest.experiment.rounds import round_size
from behavtest.stats.batch import evidence_paths
from calibration.scenarios import PAIRED

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray
    from calibration.scenarios import Scenario

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Seen(NamedTuple):
    """What there is to see at each look if a behavior is still sampled then.

    Args:
        looks: Pairs seen at each look, ascending, shape (n,); the last is the greatest number.
        holds: Log e-value for "holds", shape (streams, families, behaviors, n).
        violated: The same for "violated".
        peak: Log of the largest e-value for "violated" after any pair so far, at least 0.
        sums: Sum of the observations.
        squares: Sum of their squares.
    """

    looks: IntArray
    holds: FloatArray
    violated: FloatArray
    peak: FloatArray
    sums: FloatArray
    squares: FloatArray


class Outcome(NamedTuple):
    """How a procedure ended, shape (streams, families, behaviors) each.

    Args:
        violated: Whether "violated" was declared.
        holds: Whether "holds" was.
        pairs: Pairs used.
    """

    violated: BoolArray
    holds: BoolArray
    pairs: IntArray


def looks(pairs: int, *, every_step: bool) -> IntArray:
    """Return after how many pairs a behavior is looked at, up to ``pairs``: the engine's rounds."""
    if every_step:
        return np.arange(1, pairs + 1)
    found = [round_size(0, max_pairs=pairs)]
    while found[-1] < pairs:
        found.append(found[-1] + round_size(found[-1], max_pairs=pairs))
    return np.array(found)


def see(scenario: Scenario, values: FloatArray) -> Seen:
    """Follow the evidence of drawn observations, shape (streams, families, behaviors, pairs)."""
    at = looks(values.shape[-1], every_step=scenario.every_step)
    shape = (*values.shape[:-1], len(at))
    holds, violated, peak = np.empty(shape), np.empty(shape), np.empty(shape)
    for expectation in dict.fromkeys(behavior.expectation for behavior in scenario.family):
        same = [
            place
            for place, behavior in enumerate(scenario.family)
            if behavior.expectation == expectation
        ]
        path = evidence_paths(values[..., same, :], expectation, PAIRED)
        highest = np.maximum.accumulate(path.log_e_violated, axis=-1)
        holds[..., same, :] = path.log_e_holds[..., at - 1]
        violated[..., same, :] = path.log_e_violated[..., at - 1]
        peak[..., same, :] = np.maximum(highest[..., at - 1], 0.0)
    sums = np.cumsum(values, axis=-1)[..., at - 1]
    squares = np.cumsum(values**2, axis=-1)[..., at - 1]
    return Seen(at, holds, violated, peak, sums, squares)


def first(reached: BoolArray) -> IntArray:
    """Return the first look that is true along the last axis; the last look if none is."""
    place: IntArray = reached.argmax(axis=-1)
    return np.where(reached.any(axis=-1), place, reached.shape[-1] - 1)


def at_stop(path: FloatArray, stop: IntArray) -> FloatArray:
    """Return a path's value at each behavior's stop."""
    found: FloatArray = np.take_along_axis(path, stop[..., np.newaxis], axis=-1)[..., 0]
    return found
