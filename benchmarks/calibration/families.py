"""The procedures for families, under the engine's rule for when a behavior stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats import AnytimePValues, Procedure, StoppedEValues, bh, by, closed_ebh, ebh
from calibration.evidence import Outcome, at_stop, first

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray
    from calibration.evidence import BoolArray, IntArray, Seen

GREATEST_LOG = 690.0
"""Log e-values are cut here: e^690 is a double."""

SLACK = 1e-9
"""Relative slack of the shortcut, more than any rounding in a procedure."""


class FamilyRule(NamedTuple):
    """A procedure for families.

    Args:
        procedure: One for families.
        alpha: Its error rate.
        resume: Whether a behavior that was declared and has fallen out of the set, as others'
            evidence fell, is sampled on when all others have stopped. It stops for good if not.
    """

    procedure: Procedure
    alpha: float
    resume: bool = False

    def declare(self, log_e: FloatArray) -> BoolArray:
        """Decide one family from its log e-values (their peaks, for p-values), shape (m,)."""
        values = np.exp(log_e)
        match self.procedure:
            case Procedure.CLOSED_E_BH:
                return closed_ebh(StoppedEValues.at_stop(values), self.alpha)
            case Procedure.E_BH:
                return ebh(StoppedEValues.at_stop(values), self.alpha)
            case Procedure.BH:
                return bh(AnytimePValues.of_running_maxima(values), self.alpha)
            case Procedure.BY:
                return by(AnytimePValues.of_running_maxima(values), self.alpha)
            case _:
                raise ValueError(f"{self.procedure} decides no family")

    def may_change(self, log_e: FloatArray, running: BoolArray) -> BoolArray:
        """Return at which looks a behavior still running may be declared.

        It spares most looks the procedure itself. A set of the r largest is declared only if its
        least e-value is at least c / (r alpha), with c = m in e-BH and BH and m (1 + ... + 1/m)
        in BY; in closed e-BH only if that e-value and all outside add up to (m - r + 1) /
        (r alpha). Behaviors below the largest such set are not declared.

        Args:
            log_e: Shape (..., m, looks).
            running: Whether a behavior is still sampled, the same shape.
        """
        ascending = np.sort(np.exp(log_e), axis=-2)
        sizes = np.arange(log_e.shape[-2], 0, -1)[:, np.newaxis]
        needed = sizes[0] / (self.alpha * sizes)
        found = ascending
        if self.procedure is Procedure.CLOSED_E_BH:
            needed = (sizes[0] - sizes + 1) / (self.alpha * sizes)
            found = np.cumsum(ascending, axis=-2)  # up to the least of the r largest
        if self.procedure is Procedure.BY:
            needed = needed * (1 / sizes).sum()
        passing = found >= needed * (1 - SLACK)
        least = np.where(passing, ascending, np.inf).min(axis=-2)
        best = np.where(running, log_e, -np.inf).max(axis=-2)
        possible: BoolArray = best >= np.log(least) - SLACK
        return possible


def decide_families(seen: Seen, rule: FamilyRule) -> Outcome:
    """Run every family to its end.

    A behavior stops at the look where it is declared or its evidence for "holds" reaches
    1 / alpha; the sets are computed from the evidence frozen there. For BH and BY it makes no
    difference that a declared behavior stops: p-values only fall, so the set only grows, and the
    final one is that of the whole paths (each up to "holds"). If behaviors are independent, so
    are those.
    """
    bar = -math.log(rule.alpha)
    held = first(seen.holds >= bar)
    places = np.arange(len(seen.looks))
    evidence = seen.violated if rule.procedure.takes == "e-value" else seen.peak
    frozen = np.take_along_axis(
        np.minimum(evidence, GREATEST_LOG), np.minimum(places, held[..., np.newaxis]), axis=-1
    )
    possible = rule.may_change(frozen, places <= held[..., np.newaxis]).any(axis=-1)
    stop = held.copy()
    violated = np.zeros(stop.shape, dtype=np.bool_)
    for which in np.argwhere(possible):
        family = tuple(which)
        stop[family], violated[family] = _run(frozen[family], held[family], rule)
    holds = ~violated & (at_stop(seen.holds, stop) >= bar)
    return Outcome(violated, holds, seen.looks[stop])


def _run(log_e: FloatArray, held: IntArray, rule: FamilyRule) -> tuple[IntArray, BoolArray]:
    """Run one family; return where each behavior stopped and what is declared at the end.

    Args:
        log_e: Shape (m, looks), constant after ``held``.
        held: Where a behavior stops if it is not declared, shape (m,).
        rule: The procedure.
    """
    stop, declared = _until_all_stop(log_e.copy(), held, rule)
    while rule.resume and (dropped := ~declared & (stop < held)).any():
        places = np.arange(log_e.shape[1])
        going_on = np.where(dropped[:, np.newaxis], np.maximum(places, stop[:, np.newaxis]), 0)
        ended = log_e[np.arange(len(stop)), stop, np.newaxis]
        path = np.where(dropped[:, np.newaxis], np.take_along_axis(log_e, going_on, axis=1), ended)
        again, declared = _until_all_stop(path, np.where(dropped, held, 0), rule)
        stop = np.where(dropped, np.maximum(again, stop), stop)
    return stop, declared


def _until_all_stop(
    log_e: FloatArray, last: IntArray, rule: FamilyRule
) -> tuple[IntArray, BoolArray]:
    """Stop each behavior where it is declared, at the latest at ``last``.

    Args:
        log_e: Shape (m, looks), constant after ``last``; frozen where a behavior is declared.
        last: Shape (m,).
        rule: The procedure.
    """
    stop, at, end = last.copy(), 0, log_e.shape[1]
    while at < end:
        running = stop[:, np.newaxis] >= np.arange(at, end)
        looks = at + np.flatnonzero(rule.may_change(log_e[:, at:], running))
        at = end
        for look in looks.tolist():
            new = rule.declare(log_e[:, look]) & (stop > look)
            if new.any():
                stop[new] = look
                log_e[new, look:] = log_e[new, look, np.newaxis]
                at = look + 1
                break
    return stop, rule.declare(log_e[:, -1])
