"""ADDIS: SAFFRON that also passes over hopeless tests."""

from __future__ import annotations

from typing import ClassVar

from behavtest.stats.online.investing import AlphaInvesting


class Addis(AlphaInvesting):
    """ADDIS: FDR <= alpha for independent p-values that are uniformly conservative.

    A test with p > tau is discarded, one with p <= lambda is a candidate; both cost nothing. With
    S_t = 1 + the tests before t not discarded, S_j* the tests not discarded up to the j-th
    rejection, C_j the candidates after it and before t (C_0: all before t), and gamma the
    `power_weights`,

        alpha_t = min(lambda, (tau - lambda) (w0 gamma_{S_t - C_0}
                                              + (alpha - w0) gamma_{S_t - S_1* - C_1}
                                              + alpha sum_{j>=2} gamma_{S_t - S_j* - C_j})),

    over the rejections before t. With tau = 1 it is SAFFRON. Source: Tian and Ramdas, "ADDIS: an
    adaptive discarding algorithm for online FDR control with conservative nulls", NeurIPS 2019.

    Guarantee: FDR <= alpha at every fixed t when the null p-values are independent of one another
    and of the others and uniformly conservative, P(p <= x tau | p <= tau) <= x for all x in [0, 1].
    That is more than P(p <= x) <= x. For p = 1 / sup E it holds if E passes 1 / tau without a jump
    and can fail where it jumps: nulls with p = 1 mostly and p tiny rarely, say, are discarded or
    rejected, never paid for, and sooner or later one is rejected. For p-values of e-processes
    prefer `LordPlusPlus`, `Lond` or `Saffron`.
    Proof: given p <= tau, a null is rejected with probability at most alpha_t / tau and moves the
    clock (p > lambda) with probability at least (tau - lambda) / tau; see `AlphaInvesting`.
    The clock is the number of tests neither discarded nor candidates.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).
        w0: Budget before the first rejection, in (0, alpha]; alpha / 2 if not given.
        lambda_: Candidate threshold, in (0, tau).
        tau: Discarding threshold, in (lambda, 1].

    Raises:
        ValueError: An argument is outside its range.
    """

    name: ClassVar[str] = "addis"

    def __init__(
        self, *, alpha: float, w0: float | None = None, lambda_: float = 0.25, tau: float = 0.5
    ) -> None:
        if not 0 < lambda_ < tau <= 1:
            raise ValueError(
                f"lambda is {lambda_} and tau is {tau}; they must satisfy 0 < lambda < tau <= 1"
            )
        w0 = alpha / 2 if w0 is None else w0
        thresholds = {"lambda_": lambda_, "tau": tau}
        super().__init__(alpha=alpha, w0=w0, share=tau - lambda_, cap=lambda_, **thresholds)
        self.lambda_ = lambda_
        self.tau = tau

    def _ticks(self, value: float) -> bool:
        return self.lambda_ < value <= self.tau
