"""Which of many claims to declare, with false discoveries controlled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.arrays import check_alpha
from behavtest.stats.closure import ROUNDING, largest_prefix, largest_weighted
from behavtest.stats.pvalues import AnytimePValues, anytime_p_values
from behavtest.stats.stopped import StoppedEValues, stopped_e_values
from behavtest.stats.vectors import BoolArray, mask
from behavtest.stats.weights import PriorWeights, weights_of

if TYPE_CHECKING:
    from typing import Literal


def ebh(stopped: StoppedEValues, alpha: float, *, weights: PriorWeights | None = None) -> BoolArray:
    """Declare discoveries by the e-BH procedure: FDR <= alpha under any dependence.

    The r largest of m weighted e-values w_i e_i, for the largest r whose least is >= m / (r
    alpha). Valid because each declared i has 1 / r <= alpha w_i e_i / m, so the false discovery
    proportion is at most alpha / m times the sum of w_i e_i over the true nulls, of expectation
    <= m. Source: Wang and Ramdas, "False discovery rate control with e-values", JRSSB 2022.

    Args:
        stopped: m e-values.
        alpha: False discovery rate, in (0, 1).
        weights: m prior weights; None weighs all alike.

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        TypeError: The e-values are not `StoppedEValues`, or the weights not `PriorWeights`.
        ValueError: alpha is outside (0, 1), or there are not m weights.
    """
    check_alpha(alpha)
    e_values = stopped_e_values(stopped)
    count = len(e_values)
    weighted = weights_of(weights, count) * e_values
    order = np.argsort(-weighted, kind="stable")
    ranks = np.arange(1, count + 1)
    passing = np.flatnonzero(weighted[order] * ranks * alpha * (1 + ROUNDING) >= count)
    return mask(order[: int(passing[-1]) + 1 if len(passing) else 0], count)


def closed_ebh(
    stopped: StoppedEValues,
    alpha: float,
    *,
    weights: PriorWeights | None = None,
    least: float = 0.0,
) -> BoolArray:
    """Declare discoveries by the closed e-BH procedure: FDR <= alpha under any dependence.

    A set R may be declared if every set S of claims has e_S >= |S and R| / (|R| alpha), with

        e_S = sum_S w_i e_i / sum_S w_i,

    the mean e-value of S if all weigh alike. Whichever R is chosen from those, and however: with
    S the true nulls, the false discovery proportion |S and R| / |R| is at most alpha e_S, and e_S
    has expectation <= 1, being a mean of e-values with fixed shares. (sum_S w_i e_i / |S| has
    not: the weights of S need not average 1.) Source: Xu, Solari,
    Fischer, de Heide, Ramdas and Goeman, 2025, arXiv 2509.02517.

    The largest set of the r largest e-values is taken, which no set that may be declared exceeds
    in size. With weights, one candidate of each size is tried, in the order of w_i e_i; a larger
    set can exist among the others (in fewer than 1 in 100 random families of up to 7), so a rise
    of one e-value can, rarely, lose another claim. Either way the result contains the e-BH set.

    Beside many certain claims the slack of the FDR lets weak ones ride along: of r > 1 / alpha
    declared ones the weakest may have an e-value of 1 / (r alpha), below 1. With ``least`` the
    choice is among the sets whose members all have at least that, which is as valid.

    Args:
        stopped: m e-values.
        alpha: False discovery rate, in (0, 1).
        weights: m prior weights; None weighs all alike.
        least: Least e-value that may be declared, >= 0.

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        TypeError: The e-values are not `StoppedEValues`, or the weights not `PriorWeights`.
        ValueError: alpha is outside (0, 1), or there are not m weights.
    """
    check_alpha(alpha)
    e_values = stopped_e_values(stopped)
    shares = weights_of(weights, len(e_values))
    if (shares == 1).all():
        return largest_prefix(e_values, alpha, least=least)
    return largest_weighted(e_values, shares, alpha, least=least)


def bh(p_values: AnytimePValues, alpha: float, *, weights: PriorWeights | None = None) -> BoolArray:
    """Declare discoveries by the Benjamini-Hochberg procedure on p_i / w_i.

    The r smallest, for the largest r whose greatest is <= r alpha / m. FDR <= alpha if the
    p-values are independent or positively dependent (PRDS on the true nulls), not otherwise.
    Sources: Benjamini and Hochberg, JRSSB 1995; Benjamini and Yekutieli, Annals of Statistics
    2001; weights: Genovese, Roeder and Wasserman, Biometrika 2006, under PRDS: Blanchard and
    Roquain, Electronic Journal of Statistics 2008.

    Args:
        p_values: m p-values.
        alpha: False discovery rate, in (0, 1).
        weights: m prior weights; None weighs all alike.

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        TypeError: The p-values are not `AnytimePValues`, or the weights not `PriorWeights`.
        ValueError: alpha is outside (0, 1), or there are not m weights.
    """
    return _step_up(p_values, alpha, weights, "fdr_bh")


def by(p_values: AnytimePValues, alpha: float, *, weights: PriorWeights | None = None) -> BoolArray:
    """Declare discoveries by the Benjamini-Yekutieli procedure on p_i / w_i.

    `bh` at alpha / (1 + 1/2 + ... + 1/m): FDR <= alpha under any dependence. Sources: Benjamini
    and Yekutieli, Annals of Statistics 2001; weights: Blanchard and Roquain, Electronic Journal of
    Statistics 2008.

    Args:
        p_values: m p-values.
        alpha: False discovery rate, in (0, 1).
        weights: m prior weights; None weighs all alike.

    Returns:
        Whether each is declared, shape (m,).

    Raises:
        TypeError: The p-values are not `AnytimePValues`, or the weights not `PriorWeights`.
        ValueError: alpha is outside (0, 1), or there are not m weights.
    """
    return _step_up(p_values, alpha, weights, "fdr_by")


def _step_up(
    p_values: AnytimePValues,
    alpha: float,
    weights: PriorWeights | None,
    method: Literal["fdr_bh", "fdr_by"],
) -> BoolArray:
    check_alpha(alpha)
    values = anytime_p_values(p_values)
    shares = weights_of(weights, len(values))
    if not len(values):  # statsmodels divides by their number
        return np.zeros(0, dtype=np.bool_)
    # half a second to import, for these two procedures alone
    from statsmodels.stats.multitest import multipletests

    weighted = np.minimum(values, shares) / shares  # min(1, p / w), without overflow
    declared: BoolArray = multipletests(weighted, alpha, method=method)[0]
    return declared
