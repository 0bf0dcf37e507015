"""From evidence to verdicts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.arrays import check_alpha
from behavtest.stats.stopped import StoppedEValues, stopped_e_values

if TYPE_CHECKING:
    from behavtest.stats.vectors import BoolArray


class Verdict(StrEnum):
    """What the evidence says about an expectation."""

    HOLDS = "holds"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"


def decide(*, holds: StoppedEValues, violated: BoolArray, alpha: float) -> tuple[Verdict, ...]:
    """Return the verdicts of a family of behaviors that have stopped.

    ``violated`` is what a procedure has declared, and claims what that one promises: see
    `behavtest.stats.procedures`. By closed e-BH, the default of a run, the expected share of
    false ones among those declared is at most alpha, under any dependence. Else ``holds`` is
    declared at an e-value of 1 / alpha, without correction: "every behavior holds" is false with
    probability at most alpha if some expectation is false (intersection-union). Should both
    claims be provable, ``violated`` wins, which can only make the answer "every behavior holds"
    rarer. A behavior whose population was seen entirely comes with an e-value of 0 or `GREATEST_E`
    for ``holds``, for which the rule gives the exact answer.

    Args:
        holds: One e-value per behavior for "the expectation holds".
        violated: Whether "the expectation is violated" is declared, in the same order, shape (m,).
        alpha: Error rate of ``holds``, in (0, 1).

    Raises:
        TypeError: ``holds`` is not `StoppedEValues`, or ``violated`` not a boolean array.
        ValueError: alpha is outside (0, 1), or the two families differ in size.
    """
    check_alpha(alpha)
    e_values = stopped_e_values(holds)
    declared = np.asarray(violated)
    if declared.dtype != np.bool_:
        raise TypeError(
            "violated must be the boolean array that a procedure returned, not "
            f"{type(violated).__name__} of {declared.dtype}"
        )
    if declared.shape != e_values.shape:
        raise ValueError(f"{len(e_values)} e-values for holds, but {declared.size} for violated")
    return tuple(
        Verdict.VIOLATED
        if is_violated
        else Verdict.HOLDS
        if e_holds >= 1 / alpha
        else Verdict.INCONCLUSIVE
        for e_holds, is_violated in zip(e_values, declared, strict=True)
    )
