"""From evidence to verdicts."""

from __future__ import annotations

from enum import StrEnum

from behavtest.stats.arrays import check_alpha
from behavtest.stats.multiplicity import StoppedEValues, closed_ebh


class Verdict(StrEnum):
    """What the evidence says about an expectation."""

    HOLDS = "holds"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"


def decide(*, holds: StoppedEValues, violated: StoppedEValues, alpha: float) -> tuple[Verdict, ...]:
    """Return the verdicts of a family of behaviors that have stopped.

    ``violated`` is declared by closed e-BH over the family: the expected share of false ones
    among those declared is at most alpha, under any dependence. Else ``holds`` is declared at an
    e-value of 1 / alpha, without correction: "every behavior holds" is false with probability at
    most alpha if some expectation is false (intersection-union). Should both claims be provable,
    ``violated`` wins. A behavior whose population was seen entirely comes with e-values of 0 and
    `GREATEST_E`, for which both rules give the exact answer.

    Args:
        holds: One e-value per behavior for "the expectation holds".
        violated: One per behavior, in the same order, for "the expectation is violated".
        alpha: Error rate, in (0, 1).

    Raises:
        ValueError: alpha is outside (0, 1), or the two families differ in size.
    """
    check_alpha(alpha)
    if len(holds) != len(violated):
        raise ValueError(f"{len(holds)} e-values for holds, but {len(violated)} for violated")
    return tuple(
        Verdict.VIOLATED
        if is_violated
        else Verdict.HOLDS
        if e_holds >= 1 / alpha
        else Verdict.INCONCLUSIVE
        for e_holds, is_violated in zip(holds.e_values, closed_ebh(violated, alpha), strict=True)
    )
