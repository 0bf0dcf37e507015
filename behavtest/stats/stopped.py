"""E-values read off when sampling stopped, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.evidence import GREATEST_E, Evidence
from behavtest.stats.vectors import frozen, require, vector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False, init=False)
class StoppedEValues:
    """E-values, each read off its e-process at one stopping time: the time sampling stopped.

    E-BH and its closure need expectation <= 1 under the null, which the value at a stopping time
    has and the largest value along the path has not: sup E exceeds 1 / alpha with probability up
    to alpha and its expectation can be infinite. (1 / sup E is a p-value: that route is
    `AnytimePValues`, and nothing turns those into these.) So the procedures here take no bare
    array: whoever calls them says, by the constructor's name, where the numbers come from.

    Args:
        e_values: Shape (m,), in [0, `GREATEST_E`], read-only. Made by `of_holds`, `of_violated`
            or `at_stop` only.
    """

    e_values: FloatArray

    def __init__(self) -> None:
        raise TypeError(
            "StoppedEValues are made by StoppedEValues.at_stop, .of_holds or .of_violated, "
            "which say where the numbers come from"
        )

    @classmethod
    def at_stop(cls, e_values: ArrayLike) -> StoppedEValues:
        """Take e-values read off at the stop, from the store say.

        Args:
            e_values: Shape (m,), m >= 0, each >= 0; infinite ones are capped at `GREATEST_E`.

        Raises:
            TypeError: They are p-values.
            ValueError: They are not one-dimensional, or one is negative or not a number.
        """
        array = vector(e_values, "e-value")
        require(array, array >= 0, "e-value", "be 0 or more")
        made: StoppedEValues = object.__new__(cls)
        object.__setattr__(made, "e_values", frozen(np.minimum(array, GREATEST_E)))
        return made

    @classmethod
    def of_holds(cls, behaviors: Iterable[Evidence]) -> StoppedEValues:
        """Read "the expectation holds" off behaviors that have stopped."""
        return cls.at_stop([evidence.e_holds for evidence in behaviors])

    @classmethod
    def of_violated(cls, behaviors: Iterable[Evidence]) -> StoppedEValues:
        """Read "the expectation is violated" off behaviors that have stopped."""
        return cls.at_stop([evidence.e_violated for evidence in behaviors])

    def __len__(self) -> int:
        return len(self.e_values)


def stopped_e_values(stopped: StoppedEValues) -> FloatArray:
    """Return the e-values, shape (m,).

    Raises:
        TypeError: They come as anything but `StoppedEValues`.
    """
    if not isinstance(stopped, StoppedEValues):
        raise TypeError(
            f"e-values must come as StoppedEValues, not {type(stopped).__name__}: the largest "
            "e-value along a path is none, and 1 over it is a p-value for bh and by"
        )
    return stopped.e_values
