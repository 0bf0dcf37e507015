"""Evidence from pairs of outcomes that are 0 or 1, through the pairs that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.beta import UNIFORM, BetaPrior
from behavtest.stats.binary import BinaryProcess, binary_log_e, whole_numbers
from behavtest.stats.expectation import Bounds, Direction

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray


def sign_test_log_e(
    wins: ArrayLike,
    discordant: ArrayLike,
    *,
    direction: Direction | None = None,
    prior: BetaPrior = UNIFORM,
) -> FloatArray:
    """Return the log e-value of paired binary outcomes: `binary_log_e` of the discordant pairs.

    A pair is discordant if exactly one of A and B succeeds, and a win if it is B. Given that a
    pair is discordant, B wins with probability 1/2 if both succeed equally often, with at most 1/2
    if B does not succeed more often; concordant pairs are no bets (factor 1). It is the sequential
    form of McNemar's exact test. The boundary is a difference of 0: with a tolerance use
    `behavtest.stats.eprocess`.

    Args:
        wins: Discordant pairs won by B.
        discordant: Discordant pairs.
        direction: ABOVE claims that B succeeds more often, BELOW less, None either.
        prior: Over the probability that B wins a discordant pair.

    Raises:
        ValueError: As in `binary_log_e`.
    """
    return binary_log_e(wins, discordant, boundary=0.5, direction=direction, prior=prior)


class SignTestProcess(BinaryProcess):
    """The e-process of `sign_test_log_e`, fed with differences of paired binary outcomes.

    Its successes are the discordant pairs that B won, its trials the discordant pairs.

    Args:
        direction: ABOVE claims that B succeeds more often, BELOW less, None either.
        prior: Over the probability that B wins a discordant pair.

    Raises:
        ValueError: An argument is outside its range.
    """

    def __init__(self, *, direction: Direction | None = None, prior: BetaPrior = UNIFORM) -> None:
        super().__init__(boundary=0.5, direction=direction, prior=prior)

    def update(self, values: ArrayLike) -> FloatArray:
        """Take differences in their order; how they are split into calls changes nothing.

        Args:
            values: B's outcome minus A's, shape (n,), n >= 0, each -1, 0 or 1.

        Returns:
            The log e-value after each of them, shape (n,).

        Raises:
            ValueError: A value is something else; nothing is taken then.
        """
        differences = whole_numbers(values, Bounds(-1, 1))
        return self._count(np.maximum(differences, 0.0), np.abs(differences))
