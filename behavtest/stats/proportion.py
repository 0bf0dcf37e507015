"""An exact interval for a probability, from how often something happened."""

from __future__ import annotations

from scipy.special import betaincinv


def exact_interval(count: int, total: int, *, error: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson for the probability behind k of n trials.

    The upper end is the probability p at which k or fewer of n have probability ``error``; as
    P(X <= k) = 1 - I_p(k + 1, n - k), I the regularised incomplete beta function, that is the p
    with I_p(k + 1, n - k) = 1 - error. The lower end mirrors it. Source: Clopper and Pearson,
    Biometrika 1934. With k = 0 the upper end is 1 - error^(1/n).

    Args:
        count: k, in 0..n.
        total: n, >= 1; independent trials.
        error: Probability at most with which each end is wrong, in (0, 1/2): .025 for an interval
            of 95 %.

    Returns:
        The lower and the upper end, in [0, 1].
    """
    lower = float(betaincinv(count, total - count + 1, error)) if count else 0.0
    upper = float(betaincinv(count + 1, total - count, 1 - error)) if count < total else 1.0
    return lower, upper
