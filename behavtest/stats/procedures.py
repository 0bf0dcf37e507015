"""The procedures that declare violations, by name, and what each one promises."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from behavtest.stats.multiplicity import bh, by, closed_ebh, ebh
from behavtest.stats.pvalues import AnytimePValues, anytime_p_values
from behavtest.stats.stopped import StoppedEValues, stopped_e_values
from behavtest.stats.vectors import BoolArray, require, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from behavtest.stats.weights import PriorWeights

Takes: TypeAlias = Literal["e-value", "p-value"]

LEAST = 1.0
"""Least e-value called a violation: below 1 the evidence speaks against it."""


class Dependence(StrEnum):
    """Between which tests a promise holds."""

    ANY = "any"
    POSITIVE = "positive"
    """Independent, or positively dependent: PRDS on the true nulls."""
    INDEPENDENT = "independent"


class Guarantee(NamedTuple):
    """When a procedure's false discovery rate is at most alpha.

    Args:
        dependence: What the tests may have to do with one another.
        uniformly_conservative: Whether each null p-value must also satisfy
            P(p <= x t | p <= t) <= x for all x and t, not only P(p <= x) <= x. 1 / sup E need
            not: an e-process that jumps from 1 to 100 has p = .01 whenever p < 1.
    """

    dependence: Dependence
    uniformly_conservative: bool = False


class Procedure(StrEnum):
    """How violations are declared.

    The first four decide a family: the behaviors of one run together. The others decide a stream:
    each behavior's tests in all releases, one after another, each at a level that the ledger
    knows before the run. A stream's promise is about its own tests; it bounds no share among the
    behaviors of one run.
    """

    CLOSED_E_BH = "closed-e-bh"
    E_BH = "e-bh"
    BH = "bh"
    BY = "by"
    SAFFRON = "saffron"
    ADDIS = "addis"
    LORD_PLUS_PLUS = "lord++"
    LOND = "lond"
    E_LOND = "e-lond"

    @property
    def stream(self) -> bool:
        """Whether it decides a stream, at levels from outside; a family otherwise."""
        return self in _STREAMS

    @property
    def takes(self) -> Takes:
        """The evidence it looks at: e-values at the stop, or p = 1 / sup E."""
        return "e-value" if self in _ON_E_VALUES else "p-value"

    @property
    def guarantee(self) -> Guarantee:
        """When the false discovery rate is at most alpha; the sources are with the procedures."""
        return _GUARANTEES[self]


_STREAMS = frozenset(
    {
        Procedure.SAFFRON,
        Procedure.ADDIS,
        Procedure.LORD_PLUS_PLUS,
        Procedure.LOND,
        Procedure.E_LOND,
    }
)
_ON_E_VALUES = frozenset({Procedure.CLOSED_E_BH, Procedure.E_BH, Procedure.E_LOND})
_GUARANTEES = {
    Procedure.CLOSED_E_BH: Guarantee(Dependence.ANY),
    Procedure.E_BH: Guarantee(Dependence.ANY),
    Procedure.BH: Guarantee(Dependence.POSITIVE),
    Procedure.BY: Guarantee(Dependence.ANY),
    Procedure.SAFFRON: Guarantee(Dependence.INDEPENDENT),
    Procedure.ADDIS: Guarantee(Dependence.INDEPENDENT, uniformly_conservative=True),
    Procedure.LORD_PLUS_PLUS: Guarantee(Dependence.INDEPENDENT),
    Procedure.LOND: Guarantee(Dependence.POSITIVE),
    Procedure.E_LOND: Guarantee(Dependence.ANY),
}


def declare(
    procedure: Procedure,
    *,
    stopped: StoppedEValues,
    p_values: AnytimePValues,
    alpha: float,
    weights: PriorWeights | None = None,
) -> BoolArray:
    """Declare violations in a family, on the evidence that the procedure takes.

    On e-values none is declared below `LEAST`, however many others are certain.

    Args:
        procedure: One for families.
        stopped: m e-values for "violated", at the stop.
        p_values: m p-values for "violated", from the whole paths.
        alpha: False discovery rate, in (0, 1).
        weights: m prior weights; None weighs all alike.

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        TypeError: The e-values, p-values or weights are not of their type.
        ValueError: The procedure is one for streams, alpha is outside (0, 1), or the e-values,
            p-values and weights differ in number.
    """
    _check_lengths(stopped, p_values)
    match procedure:
        case Procedure.CLOSED_E_BH:
            return closed_ebh(stopped, alpha, weights=weights, least=LEAST)
        case Procedure.E_BH:
            return ebh(stopped, alpha, weights=weights)
        case Procedure.BH:
            return bh(p_values, alpha, weights=weights)
        case Procedure.BY:
            return by(p_values, alpha, weights=weights)
        case _:
            raise ValueError(
                f"{procedure} decides a stream, at the levels of the ledger, not a family"
            )


def declare_at_levels(
    procedure: Procedure, *, stopped: StoppedEValues, p_values: AnytimePValues, levels: ArrayLike
) -> BoolArray:
    """Declare violations of behaviors that each have their own stream.

    e-LOND declares at an e-value of 1 / level, the others at a p-value of at most the level: the
    decision of the stream itself (`behavtest.stats.online`), which is advanced elsewhere.

    Args:
        procedure: One for streams.
        stopped: m e-values for "violated", at the stop.
        p_values: m p-values for "violated", from the whole paths.
        levels: m levels in [0, 1], each stream's for this test; at 0 nothing is declared on an
            e-value.

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        TypeError: The e-values or p-values are not of their type.
        ValueError: The procedure is one for families, a level is outside [0, 1], or the e-values,
            p-values and levels differ in number.
    """
    if not procedure.stream:
        raise ValueError(f"{procedure} decides a family together, not at levels")
    _check_lengths(stopped, p_values)
    bars = vector(levels, "level")
    require(bars, (bars >= 0) & (bars <= 1), "level", "lie in [0, 1]")
    if len(bars) != len(stopped):
        raise ValueError(f"{len(bars)} levels for {len(stopped)} behaviors")
    if procedure.takes == "p-value":
        return p_values.p_values <= bars
    with np.errstate(divide="ignore", over="ignore"):
        return stopped.e_values >= 1 / bars


def _check_lengths(stopped: StoppedEValues, p_values: AnytimePValues) -> None:
    """Refuse evidence of the wrong type, or of two different families.

    Raises:
        TypeError: One is not of its type.
        ValueError: They differ in number.
    """
    counts = len(stopped_e_values(stopped)), len(anytime_p_values(p_values))
    if counts[0] != counts[1]:
        raise ValueError(f"{counts[0]} e-values, but {counts[1]} p-values")
