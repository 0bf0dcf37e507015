"""LOND: levels based on the number of discoveries, for p-values and for e-values."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from behavtest.stats.online.clocked import ClockedStream
from behavtest.stats.online.weights import WeightTable, logarithmic_weights


class Lond(ClockedStream):
    """LOND: FDR <= alpha for independent p-values.

    With D_{t-1} the rejections before t and gamma the `logarithmic_weights`,

        alpha_t = alpha gamma_t (D_{t-1} + 1).

    Source: Javanmard and Montanari, "On online control of false discovery rate", 2015,
    arXiv 1502.06197.

    Guarantee: FDR <= alpha when each null p-value is super-uniform given the number of rejections
    before it, as independence provides; also under positive dependence in the sense of PRDS
    (Zrnic, Ramdas and Jordan, JMLR 2021). Nothing for other dependence: use `ELond`.
    Proof: a rejected t has max(R, 1) >= D_{t-1} + 1, so a null adds to the FDR at most
    E[P(p_t <= alpha_t | D_{t-1}) / (D_{t-1} + 1)] <= alpha gamma_t.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).

    Raises:
        ValueError: alpha is outside its range.
    """

    name: ClassVar[str] = "lond"

    def __init__(self, *, alpha: float) -> None:
        super().__init__(alpha=alpha)
        self._weight = WeightTable(logarithmic_weights)

    def _level(self) -> float:
        weight = float(self._weight(np.array([self._clock + 1]))[0])
        return self.alpha * weight * (self.rejections + 1)


class ELond(Lond):
    """e-LOND: FDR <= alpha for e-values under any dependence.

    The level is that of `Lond`, alpha_t = alpha gamma_t (D_{t-1} + 1), and test t is rejected if
    and only if e_t >= 1 / alpha_t. Source: Xu and Ramdas, "Online multiple testing with e-values",
    AISTATS 2024.

    Guarantee: E[sup_t FDP(t)] <= alpha, so FDR <= alpha at every t and at every stopping time,
    whatever the dependence between the e-values, null or not.
    Proof: a rejected i <= t has R(t) >= D_{i-1} + 1 and alpha_i e_i >= 1, so
    FDP(t) <= sum over null i of alpha_i e_i / (D_{i-1} + 1) = alpha sum gamma_i e_i for all t at
    once, and its expectation is <= alpha sum gamma_i <= alpha.

    E[e_i] <= 1 under its null is all that is used: an e-process at a stopping time has it, its
    largest value so far has not. The stop may depend on `next_level` and on other tests if E is an
    e-process with respect to all they have seen.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).

    Raises:
        ValueError: alpha is outside its range.
    """

    name: ClassVar[str] = "e-lond"
    takes_e_values: ClassVar[bool] = True

    def _check(self, value: float) -> None:
        """Refuse what is no e-value; an infinite one is."""
        if not value >= 0:
            raise ValueError(f"e-value is {value}; it must be 0 or more")

    def _rejects(self, value: float, level: float) -> bool:
        return bool(value >= 1 / level)
