"""Balance of a covariate over matched pairs: does one side have more of it?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import binomtest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Balance(NamedTuple):
    """How a covariate differs between the two sides of matched pairs.

    Args:
        mean_target: Its mean over the targets.
        mean_baseline: Its mean over the baselines.
        standardized: The difference of the means over the standard deviation, pooled over both
            sides; infinite if neither side varies and the means differ, 0 if they do not.
        higher: Pairs in which the target has more.
        lower: Pairs in which the baseline has more.
        p_value: Two-sided exact sign test of "either is as likely", 1 without a pair that differs.
    """

    mean_target: float
    mean_baseline: float
    standardized: float
    higher: int
    lower: int
    p_value: float


def balance(target: ArrayLike, baseline: ArrayLike) -> Balance:
    """Compare a covariate over matched pairs.

    The standardized difference is (mean_t - mean_b) / sqrt((s_t^2 + s_b^2) / 2) with the unbiased
    variances of the two sides, as in Stuart, "Matching methods for causal inference" (Statistical
    Science 25(1), 2010, section 4.1), who calls matches good below 0.25. It says how large a
    difference is; the sign test says whether its direction may be chance.

    Args:
        target: The targets' values, shape (n,), n >= 1.
        baseline: The baselines' values, in the same order, shape (n,).

    Raises:
        ValueError: There are no values, or not as many on either side.
    """
    t, b = np.asarray(target, dtype=float), np.asarray(baseline, dtype=float)
    if t.ndim != 1 or t.shape != b.shape or not t.size:
        raise ValueError(f"expected two series of one length, found {t.shape} and {b.shape}")
    higher, lower = int(np.sum(t > b)), int(np.sum(t < b))
    return Balance(
        mean_target=float(t.mean()),
        mean_baseline=float(b.mean()),
        standardized=_standardized(t, b),
        higher=higher,
        lower=lower,
        p_value=float(binomtest(higher, higher + lower).pvalue) if higher + lower else 1.0,
    )


def _standardized(t: np.ndarray, b: np.ndarray) -> float:
    difference = float(t.mean() - b.mean())
    variance = (t.var(ddof=1) + b.var(ddof=1)) / 2 if t.size > 1 else 0.0
    if variance > 0:
        return difference / math.sqrt(variance)
    return math.copysign(math.inf, difference) if difference else 0.0
