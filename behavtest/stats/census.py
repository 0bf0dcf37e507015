"""Evidence about the mean of finitely many fixed scores, drawn without replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats.arrays import SLACK, FloatArray
from behavtest.stats.bets import log_mean_exp
from behavtest.stats.eprocess import BettingProcess

if TYPE_CHECKING:
    from behavtest.stats.expectation import Bounds, Claim


class CensusBets(NamedTuple):
    """What a null says about each draw without replacement.

    Args:
        ratios: The observation's distance over the null's greatest mean distance for that draw
            (1, that is no bet, where the null leaves nothing to bet on), shape (n,).
        refuted: Whether the draws up to and including this one contradict the null, shape (n,).
    """

    ratios: FloatArray
    refuted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def census_bets(  # noqa: PLR0913 -- five numbers that describe one draw; all but one by name
    chunk: FloatArray, *, gap: float, width: float, population: int, seen: int, total: float
) -> tuple[CensusBets, float]:
    """Move the null's boundary along the draws.

    With g the null's bound on the mean distance, N the population and X the sum of the distances
    drawn before draw t, what is left has mean at most ``g_t = (N g - X) / (N - t + 1)`` under the
    null. N g - X < 0 is impossible under it. Both comparisons with 0 allow N width `SLACK` of
    rounding, so a null that is true with equality is never refuted.

    Args:
        chunk: Distances drawn, shape (n,), n >= 1, in [0, width].
        gap: g, in (0, width).
        width: Greatest possible distance.
        population: N.
        seen: Draws before this chunk; seen + n <= N.
        total: Sum of their distances.

    Returns:
        The bets and the sum of all distances drawn.
    """
    slack = SLACK * width * population
    totals = np.cumsum(np.concatenate([[total], chunk]))
    left = population * gap - totals
    draws_left = population - seen - np.arange(len(chunk))
    can_bet = left[:-1] > slack
    moved = np.where(can_bet, left[:-1] / draws_left, 1.0)
    ratios = np.where(can_bet, chunk / moved, 1.0)
    return CensusBets(ratios, left[1:] < -slack), float(totals[-1])


class CensusProcess(BettingProcess):
    """A one-sided e-process for N fixed scores drawn uniformly without replacement.

    As `BettingProcess`, with the boundary for draw t moved to ``m_t = (N m - S) / (N - t + 1)``, S
    the sum of the observations before it, and the bets to ``l_k,t = u_k / (m_t - lo)``. Both are
    known before draw t, whose conditional mean is at most m_t under the null, so E is still a
    nonnegative supermartingale. Source: Waudby-Smith and Ramdas, "Confidence sequences for
    sampling without replacement", NeurIPS 2020.

    Once the null is contradicted whatever the scores not yet seen, the log e-value is +inf: that
    has probability 0 under the null. Where the null leaves nothing but the far bound (m_t = lo) no
    bet is made, and any other score refutes it.

    Args:
        claim: The claim; its boundary lies strictly inside the bounds.
        bounds: Range of the observations.
        population: N, at least 1.

    Raises:
        ValueError: As `BettingProcess`, or the population is empty.
    """

    def __init__(self, claim: Claim, bounds: Bounds, *, population: int) -> None:
        super().__init__(claim, bounds)
        if population < 1:
            raise ValueError(f"population is {population}; it must be at least 1")
        self.population = population
        self._total = 0.0

    def _admit(self, count: int) -> None:
        if self._seen + count > self.population:
            raise ValueError(
                f"{self._seen + count} draws without replacement from {self.population} scores"
            )

    def _advance(self, chunk: FloatArray) -> FloatArray:
        bets, self._total = census_bets(
            chunk,
            gap=self._gap,
            width=self.bounds.upper - self.bounds.lower,
            population=self.population,
            seen=self._seen,
            total=self._total,
        )
        log_e = log_mean_exp(self._bet(bets.ratios))
        return np.where(bets.refuted, np.inf, log_e)
