"""The procedures for families, under the engine's rule for when a behavior stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats import AnytimePValues, Procedure, StoppedEValues, bh, by, closed_ebh, ebh
from behavtest.stats.procedures import LEAST
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
    """

    procedure: Procedure
    alpha: float

    def declare(self, log_e: FloatArray) -> BoolArray:
        """Decide one family from its log e-values (their peaks, for p-values), shape (m,)."""
        values = np.exp(log_e)
        match self.procedure:
            case Procedure.CLOSED_E_BH:
                return closed_ebh(StoppedEValues.at_stop(values), self.alpha, least=LEAST)
            case Procedure.E_BH:
                return ebh(StoppedEValues.at_stop(values), self.alpha)
            case Procedure.BH:
                return bh(AnytimePValues.of_running_maxima(values), self.alpha)
            case Procedure.BY:
                return by(AnytimePValues.of_running_maxima(values), self.alpha)
            case _:
                raise ValueError(f"{self.procedure} decides no family")

    def settle(self, log_e: FloatArray, stopped: BoolArray) -> BoolArray:
        """Return which behaviors of one family are declared whatever those still running may show.

        Those are declared even with e = 0 (p = 1) for all that are neither among them nor stopped.
        Sets of e-BH, BH and BY do not depend on what is outside, so there it is the declared set.

        Args:
            log_e: Shape (m,).
            stopped: Whether a behavior has stopped before, shape (m,).
        """
        settled = self.declare(log_e)
        while settled.any():
            known = np.where(settled | stopped, log_e, -np.inf)
            still = self.declare(known) & settled
            if (still == settled).all():
                break
            settled = still
        return settled

    def may_settle(self, log_e: FloatArray, running: BoolArray) -> BoolArray:
        """Return at which looks a behavior still running may be settled as violated.

        It spares most looks the procedure itself.

        Args:
            log_e: Shape (..., m, looks).
            running: Whether a behavior is still sampled, the same shape.
        """
        best = np.where(running, log_e, -np.inf).max(axis=-2)
        possible: BoolArray = best >= self._least_log(log_e, ~running) - SLACK
        return possible

    def may_declare(self, log_e: FloatArray) -> BoolArray:
        """Return in which families anything may be declared, from log e-values (..., m)."""
        ended = np.ones((*log_e.shape, 1), dtype=np.bool_)
        possible: BoolArray = np.isfinite(self._least_log(log_e[..., np.newaxis], ended)[..., 0])
        return possible

    def _least_log(self, log_e: FloatArray, stopped: BoolArray) -> FloatArray:
        """Return a bound below which no behavior is settled; infinite where none can be.

        A set of the r largest is declared only if its least e-value is at least c / (r alpha),
        with c = m in e-BH and BH and m (1 + ... + 1/m) in BY; in closed e-BH only if that e-value
        and all outside add up to (m - r + 1) / (r alpha), of which the running ones count as 0.

        Args:
            log_e: Shape (..., m, looks).
            stopped: Whether a behavior is no longer sampled, the same shape.
        """
        order = np.argsort(log_e, axis=-2)
        ascending = np.exp(np.take_along_axis(log_e, order, axis=-2))
        sizes = np.arange(log_e.shape[-2], 0, -1)[:, np.newaxis]
        needed = sizes[0] / (self.alpha * sizes)
        found = ascending
        if self.procedure is Procedure.CLOSED_E_BH:
            needed = (sizes[0] - sizes + 1) / (self.alpha * sizes)
            counted = np.where(np.take_along_axis(stopped, order, axis=-2), ascending, 0)
            found = ascending + np.cumsum(counted, axis=-2) - counted
        if self.procedure is Procedure.BY:
            needed = needed * (1 / sizes).sum()
        passing = found >= needed * (1 - SLACK)
        bound: FloatArray = np.log(np.where(passing, ascending, np.inf).min(axis=-2))
        return bound


def decide_families(seen: Seen, rule: FamilyRule) -> Outcome:
    """Run every family to its end.

    A behavior stops at the look where its "violated" is settled or its evidence for "holds" reaches
    1 / alpha; what is declared is computed from the evidence frozen there. For BH and BY it makes
    no difference that a declared behavior stops: p-values only fall, so the set only grows, and the
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
    possible = rule.may_settle(frozen, places <= held[..., np.newaxis]).any(axis=-1)
    possible |= rule.may_declare(frozen[..., -1])
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
        held: Where a behavior stops if it is not settled as violated, shape (m,).
        rule: The procedure.
    """
    log_e, stop, at, end = log_e.copy(), held.copy(), 0, log_e.shape[1]
    while at < end:
        running = stop[:, np.newaxis] >= np.arange(at, end)
        looks = at + np.flatnonzero(rule.may_settle(log_e[:, at:], running))
        at = end
        for look in looks.tolist():
            new = rule.settle(log_e[:, look], stop < look) & (stop > look)
            if new.any():
                stop[new] = look
                log_e[new, look:] = log_e[new, look, np.newaxis]
                at = look + 1
                break
    return stop, rule.declare(log_e[:, -1])
