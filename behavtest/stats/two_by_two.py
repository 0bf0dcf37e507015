"""Evidence that two unpaired streams of 0s and 1s differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats.beta import BetaPrior, check_prior
from behavtest.stats.binary import whole_numbers
from behavtest.stats.expectation import Bounds, Direction

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray

SPARSE = BetaPrior(0.18, 0.18)
"""Prior of each group by default: the parameters of the authors' R package safestats."""

EDGE = 1e-12
"""Predictions are kept this far inside (0, 1). Any prediction made from the past is valid."""


class Block(NamedTuple):
    """How many outcomes of each stream make a block.

    Args:
        a: Of A, >= 1.
        b: Of B, >= 1.
    """

    a: int
    b: int


PAIRWISE = Block(1, 1)
"""One outcome of each stream."""


class TwoByTwoProcess:
    """The e-process of Turner and Grunwald for two Bernoulli streams.

    Outcomes come in blocks of n_a of A and n_b of B. Before each block the success probabilities
    are predicted by the posterior means p_a and p_b under independent Beta priors, and p_0 =
    (n_a p_a + n_b p_b) / (n_a + n_b). With y_a and y_b successes, the block's factor is

        (p_a / p_0)^y_a ((1 - p_a) / (1 - p_0))^(n_a - y_a)
            * (p_b / p_0)^y_b ((1 - p_b) / (1 - p_0))^(n_b - y_b).

    Under the null "both succeed with the same probability r" its expectation is f_a^n_a f_b^n_b,
    f_j = r p_j / p_0 + (1 - r) (1 - p_j) / (1 - p_0), at most the (n_a + n_b)-th power of the
    weighted mean of f_a and f_b (AM-GM), which is 1. r may move from block to block. Source:
    Turner, Ly and Grunwald, "Generic E-variables for exact sequential k-sample tests that allow
    for optional stopping", JSPI 2024, arXiv 2106.02693.

    For the one-sided claim "B succeeds more often" (null: r_b <= r_a) a block is bet on only where
    p_b > p_a; then p_b > p_0, f_b grows with r_b, and the expectation is at most the one with r_b
    raised to r_a. A block without a bet has factor 1.

    The outcomes within a block are independent given the past; the process exists at the ends of
    blocks only.

    Args:
        prior_a: Over A's success probability.
        prior_b: Over B's.
        block: Sizes of a block.
        direction: ABOVE claims that B succeeds more often, BELOW less, None either.

    Raises:
        ValueError: A prior's parameter is not positive, or a block has no outcome of a stream.
    """

    def __init__(
        self,
        *,
        prior_a: BetaPrior = SPARSE,
        prior_b: BetaPrior = SPARSE,
        block: Block = PAIRWISE,
        direction: Direction | None = None,
    ) -> None:
        check_prior(prior_a)
        check_prior(prior_b)
        if min(block) < 1:
            raise ValueError(f"a block of {tuple(block)} lacks outcomes of a stream")
        self.priors = np.array([prior_a, prior_b], dtype=np.float64)
        self.block = block
        self.direction = direction
        self._sizes = np.array(block, dtype=np.float64)
        self._successes = np.zeros(2)
        self._blocks = 0
        self._log_e = 0.0

    @property
    def blocks(self) -> int:
        """Number of blocks so far."""
        return self._blocks

    @property
    def log_e(self) -> float:
        """Natural log of the e-value now; 0 before the first block."""
        return self._log_e

    def update(self, successes_a: ArrayLike, successes_b: ArrayLike) -> FloatArray:
        """Take blocks in their order; how they are split into calls changes nothing.

        Args:
            successes_a: Successes of A in each block, shape (n,), n >= 0, in 0..n_a. With one
                outcome to a block they are the outcomes.
            successes_b: The same of B, in 0..n_b.

        Returns:
            The log e-value after each block, shape (n,).

        Raises:
            ValueError: A value is something else, or there are more of one stream than of the
                other; nothing is taken then.
        """
        a = whole_numbers(successes_a, Bounds(0, self.block.a))
        b = whole_numbers(successes_b, Bounds(0, self.block.b))
        if len(a) != len(b):
            raise ValueError(f"{len(a)} blocks of A, but {len(b)} of B")
        if not len(a):
            return np.empty(0)
        won = np.stack([a, b], axis=1)
        totals = np.cumsum(np.vstack([self._successes, won]), axis=0)
        growth = self._log_growth(won, totals[:-1])
        path: FloatArray = np.cumsum(np.concatenate([[self._log_e], growth]))[1:]
        self._successes = totals[-1]
        self._blocks += len(a)
        self._log_e = float(path[-1])
        return path

    def _log_growth(self, won: FloatArray, before: FloatArray) -> FloatArray:
        """Return the log of each block's factor, shape (n,).

        Args:
            won: Successes of A and B in each block, shape (n, 2).
            before: Successes in all blocks before it, shape (n, 2).
        """
        tried = np.multiply.outer(self._blocks + np.arange(len(won)), self._sizes)
        means = (self.priors[:, 0] + before) / (self.priors.sum(axis=1) + tried)
        predicted = means.clip(EDGE, 1 - EDGE)
        pooled = predicted @ self._sizes / self._sizes.sum()
        bet = predicted[:, 1] - predicted[:, 0]
        if self.direction is Direction.ABOVE:
            predicted[bet <= 0] = pooled[bet <= 0, np.newaxis]
        elif self.direction is Direction.BELOW:
            predicted[bet >= 0] = pooled[bet >= 0, np.newaxis]
        null = pooled[:, np.newaxis]
        lost = self._sizes - won
        growth = won * (np.log(predicted) - np.log(null)) + lost * (
            np.log1p(-predicted) - np.log1p(-null)
        )
        total: FloatArray = growth[:, 0] + growth[:, 1]
        return total
