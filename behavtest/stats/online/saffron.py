"""SAFFRON: spending on the tests that look like nulls alone."""

from __future__ import annotations

from typing import ClassVar

from behavtest.stats.online.investing import AlphaInvesting


class Saffron(AlphaInvesting):
    """SAFFRON: FDR <= alpha for independent p-values, with more power when signals are common.

    A test is a candidate if p <= lambda; a candidate costs nothing. With tau_j the number of the
    j-th rejected test, C_j the candidates after it and before t (C_0: all before t), and gamma
    the `power_weights`,

        alpha_t = min(lambda, (1 - lambda) (w0 gamma_{t - C_0}
                                            + (alpha - w0) gamma_{t - tau_1 - C_1}
                                            + alpha sum_{j>=2} gamma_{t - tau_j - C_j})),

    over the rejections before t. Source: Ramdas, Zrnic, Wainwright and Jordan, "SAFFRON: an
    adaptive algorithm for online control of the false discovery rate", ICML 2018.

    Guarantee: FDR <= alpha at every fixed t when the null p-values are independent of one another
    and of the others; mFDR <= alpha when each is super-uniform given the decisions and candidates
    before it. Under dependence it can fail badly: nulls that are jointly candidates (behaviors
    that share prompts, say) cost nothing and are tested at a level that never falls.
    Proof: a null is rejected with probability at most alpha_t and moves the clock (p > lambda)
    with probability at least 1 - lambda; see `AlphaInvesting`. The clock is the number of
    tests that were no candidates.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).
        w0: Budget before the first rejection, in (0, alpha]; alpha / 2 if not given.
        lambda_: Candidate threshold, in (0, 1).

    Raises:
        ValueError: An argument is outside its range.
    """

    name: ClassVar[str] = "saffron"

    def __init__(self, *, alpha: float, w0: float | None = None, lambda_: float = 0.5) -> None:
        if not 0 < lambda_ < 1:
            raise ValueError(f"lambda is {lambda_}; it must lie strictly between 0 and 1")
        w0 = alpha / 2 if w0 is None else w0
        super().__init__(alpha=alpha, w0=w0, share=1 - lambda_, cap=lambda_, lambda_=lambda_)
        self.lambda_ = lambda_

    def _ticks(self, value: float) -> bool:
        return value > self.lambda_
