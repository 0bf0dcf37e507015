"""The procedures for streams: behaviors one after another, families one after another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.online import open_stream
from calibration.evidence import Outcome, at_stop, first

if TYPE_CHECKING:
    from behavtest.stats import Procedure
    from behavtest.stats.arrays import FloatArray
    from calibration.evidence import BoolArray, IntArray, Seen


def decide_streams(seen: Seen, procedure: Procedure, alpha: float) -> Outcome:
    """Run every stream to its end.

    The behaviors of a stream's families are tested in their order. Each knows its level before it
    starts and stops at the look where its evidence for "violated" reaches 1 / level or that for
    "holds" 1 / alpha. A p-value that was not rejected has seen its whole path up to "holds", and
    one that was is a candidate either way, so the decisions are those on whole paths: independent
    p-values if the behaviors are independent.
    """
    bar = -math.log(alpha)
    stop = first(seen.holds >= bar)
    violated = np.zeros(stop.shape, dtype=np.bool_)
    highest = np.maximum.accumulate(seen.violated, axis=-1)
    on_e_values = procedure.takes == "e-value"
    for stream in range(len(stop)):
        violated[stream] = _run(
            (highest if on_e_values else seen.peak)[stream].reshape(-1, len(seen.looks)),
            seen.violated[stream].reshape(-1, len(seen.looks)) if on_e_values else None,
            stop[stream].reshape(-1),
            (procedure, alpha),
        ).reshape(stop.shape[1:])
    holds = ~violated & (at_stop(seen.holds, stop) >= bar)
    return Outcome(violated, holds, seen.looks[stop])


def _run(
    peak: FloatArray, log_e: FloatArray | None, stop: IntArray, rule: tuple[Procedure, float]
) -> BoolArray:
    """Run one stream.

    Args:
        peak: Log of the largest evidence up to each look, shape (tests, looks).
        log_e: The log e-value at each look, for a procedure that takes it; None for p-values.
        stop: Shape (tests,); set to the look of a declaration, in place.
        rule: The procedure and its alpha.
    """
    stream = open_stream(rule[0], alpha=rule[1])
    declared = np.zeros(len(peak), dtype=np.bool_)
    for test, path in enumerate(peak):
        reached = int(np.searchsorted(path, -math.log(stream.next_level)))
        end = min(reached, int(stop[test]))
        value = math.exp(-path[end]) if log_e is None else math.exp(log_e[test, end])
        declared[test] = stream.test(value).reject
        stop[test] = end
    return declared
