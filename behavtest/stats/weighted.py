"""Evidence about a mean from prompts that were not drawn uniformly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats.arrays import SLACK, FloatArray
from behavtest.stats.bets import log_mean_exp, stakes
from behavtest.stats.eprocess import BettingProcess

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Weights(NamedTuple):
    """How each observation's prompt was drawn.

    Args:
        weight: w = (1 / N) / q, the uniform chance of the drawn prompt over the chance it was drawn
            with, shape (n,), > 0.
        greatest: W, the greatest weight any prompt would have had at that draw: known before it,
            shape (n,), >= 1 and >= the weight.
    """

    weight: FloatArray
    greatest: FloatArray

    @property
    def share(self) -> FloatArray:
        """The part w / W of its stake that an observation is bet on with, in (0, 1], shape (n,)."""
        share: FloatArray = np.minimum(self.weight / self.greatest, 1.0)
        return share


def check_weights(weight: ArrayLike, greatest: ArrayLike, count: int) -> Weights:
    """Return weights of so many observations as new arrays.

    Args:
        weight: Shape (count,), or one number for all.
        greatest: The same. A weight that exceeds it by a relative `SLACK` or less is rounding.
        count: Number of observations.

    Raises:
        ValueError: The shapes differ, a weight is not positive and finite, or exceeds the greatest
            one, or a greatest one is below 1. (The weights average 1 over the draw's own chances,
            so the greatest is at least 1.)
    """
    arrays = [np.array(given, dtype=np.float64) for given in (weight, greatest)]
    if any(array.shape not in {(), (count,)} for array in arrays):
        raise ValueError(
            f"{count} observations, but weights of shape {arrays[0].shape} and "
            f"greatest weights of shape {arrays[1].shape}"
        )
    checked = Weights(*(np.broadcast_to(array, (count,)).copy() for array in arrays))
    allowed = checked.greatest * (1 + SLACK)
    wrong = ~(
        (checked.weight > 0)
        & (checked.weight <= allowed)
        & (allowed >= 1)
        & np.isfinite(checked.greatest)
    )
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"weight {first} is {checked.weight[first]} of at most {checked.greatest[first]}; it "
            "must be positive and no greater than the greatest, and the greatest at least 1"
        )
    return checked


def log_weighted_growth(ratios: FloatArray, shares: FloatArray) -> FloatArray:
    """Return the log growth of each bet's wealth at each weighted observation.

    Args:
        ratios: x / g as in `behavtest.stats.bets.log_growth`, shape (n,), >= 0.
        shares: w / W, shape (n,), in (0, 1]; all 1 gives what `log_growth` gives, to the last bit.

    Returns:
        Shape (n, `BETS`).
    """
    return np.log1p(np.multiply.outer(shares * (ratios - 1.0), stakes()))


def contained_mean(values: FloatArray, shares: FloatArray) -> float:
    """Return sum((w / W) D) / sum(w / W): the estimate that is always inside the interval.

    It estimates the uniform mean Delta: given the past, E[(w / W) (D - Delta)] = 0, as W is known
    before the draw. With one W for all draws it is the self-normalised mean sum(w D) / sum(w).

    No bet has earned anything at the boundary m that equals it: with x and g as in `log_growth`,
    log(1 + u s (x / g - 1)) <= u s (x / g - 1), s = w / W, and the right side sums to
    u (sum(s x) / g - sum(s)) = 0. So log E <= 0 there, on either side, and neither one-sided
    e-process refutes it. (For sum(w D) / sum(w) the sum need not be 0 if W varies.)

    Args:
        values: Observations, shape (n,), n >= 1.
        shares: w / W, shape (n,), in (0, 1].
    """
    return math.fsum(values * shares) / math.fsum(shares)


class WeightedProcess(BettingProcess):
    """A one-sided e-process for the uniform mean over N prompts drawn with other chances.

    Draw t takes prompt i with chance q_t(i) > 0, chosen from the past alone. With the weight
    w = (1 / N) / q_t(i) and W_t the greatest weight of any prompt,

        E_t = (1 / K) sum_k prod_{s <= t} (1 + l_k,s w_s (D_s - m)),   l_k,s = u_k / (W_s (m - lo)).

    W_s and so the bet is known before draw s, each factor is >= 1 - u_k > 0 since w <= W, and
    E[w (D - m)] = sum_i q(i) w(i) (Delta_i - m) = Delta - m <= 0 under the null, so E is a
    nonnegative supermartingale: validity does not depend on how q is chosen, only power does. The
    price is the bet's smaller range: with q at least half uniform, W <= 2. It is worth paying where
    the variance decides how many pairs are needed, that is near the boundary, and not where the
    bet's limit does. Source: as
    `BettingProcess`, and for weights Karampatziakis, Mineiro and Ramdas, "Off-policy confidence
    sequences", ICML 2021, whose factor 1 + l (w (D - lo) - (m - lo)) needs no W but pays for the
    variance of w even where D never varies, which coupled sampling makes the common case.

    With all weights 1 it is `BettingProcess`, to the last bit.
    """

    def update(
        self, values: ArrayLike, weights: ArrayLike = 1.0, greatest: ArrayLike = 1.0
    ) -> FloatArray:
        """Take observations in their order.

        Args:
            values: Observations, shape (n,), n >= 0, inside the bounds.
            weights: w of each, shape (n,), or one number for all; 1 for uniform draws.
            greatest: W of each draw, the same.

        Returns:
            The log e-value after each of them, shape (n,).

        Raises:
            ValueError: A value is outside the bounds or not a number, or the weights are not as
                in `check_weights`; nothing is taken then.
        """
        far = self._far(values)
        shares = check_weights(weights, greatest, len(far)).share
        return self._take(np.stack([far, shares], axis=1))

    def _advance(self, chunk: FloatArray) -> FloatArray:
        """Bet on rows (distance, share) of shape (n, 2), n >= 1."""
        growth = log_weighted_growth(chunk[:, 0] / self._gap, chunk[:, 1])
        return log_mean_exp(self._grow(growth))
