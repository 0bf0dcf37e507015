"""LORD++: levels based on recent discovery."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from behavtest.stats.online.investing import AlphaInvesting
from behavtest.stats.online.weights import logarithmic_weights

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.online.weights import IntArray


class LordPlusPlus(AlphaInvesting):
    """LORD++: FDR <= alpha for independent p-values.

    With tau_j the number of the j-th rejected test and gamma the `logarithmic_weights`,

        alpha_t = w0 gamma_t + (alpha - w0) gamma_{t - tau_1} + alpha sum_{j>=2} gamma_{t - tau_j},

    over the rejections before t. Source: Ramdas, Yang, Wainwright and Jordan, "Online control of
    the false discovery rate with decaying memory", NeurIPS 2017; the weights and the original
    LORD: Javanmard and Montanari, Annals of Statistics 2018.

    Guarantee: FDR <= alpha at every fixed t when the null p-values are independent of one another
    and of the others. When each null p-value is super-uniform given the decisions before it,
    E[false] / E[max(rejections, 1)] <= alpha (mFDR). Nothing for other dependence.
    Proof: see `AlphaInvesting`; every test moves the clock, so the sum of all levels is at most
    alpha max(R, 1), and a level only grows when an earlier p-value shrinks.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).
        w0: Budget before the first rejection, in (0, alpha]; alpha / 10 if not given.

    Raises:
        ValueError: An argument is outside its range.
    """

    name: ClassVar[str] = "lord++"

    def __init__(self, *, alpha: float, w0: float | None = None) -> None:
        super().__init__(alpha=alpha, w0=alpha / 10 if w0 is None else w0, share=1.0, cap=1.0)

    @staticmethod
    def _weights(index: IntArray) -> FloatArray:
        return logarithmic_weights(index)
