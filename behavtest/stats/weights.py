"""Prior weights of the behaviors of a family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.vectors import frozen, require, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False, init=False)
class PriorWeights:
    """How much each behavior's evidence counts: positive, with mean 1, fixed before the data.

    More weight on a behavior makes it easier to declare and the others harder. The error rates
    hold for any weights that do not depend on the observations: they come from the suite, not
    from a look at this run.

    Args:
        weights: Shape (m,), > 0, with mean 1, read-only. Made by `normalized` only.
    """

    weights: FloatArray

    def __init__(self) -> None:
        raise TypeError("PriorWeights are made by PriorWeights.normalized")

    @classmethod
    def normalized(cls, weights: ArrayLike) -> PriorWeights:
        """Take weights on any scale and divide them by their mean.

        Args:
            weights: Shape (m,), m >= 0, each positive and finite.

        Raises:
            ValueError: They are not one-dimensional, or one is not positive and finite, or so
                much smaller than the largest that it becomes 0.
        """
        array = vector(weights, "weight")
        allowed = (array > 0) & np.isfinite(array)
        require(array, allowed, "weight", "be positive and finite")
        if len(array):
            # by the largest first: their sum could overflow, and equal ones become exactly 1
            shares = array / array.max()
            array = shares / shares.mean()
            require(array, array > 0, "weight", "not vanish beside the largest")
        made: PriorWeights = object.__new__(cls)
        object.__setattr__(made, "weights", frozen(array))
        return made

    def __len__(self) -> int:
        return len(self.weights)


def weights_of(weights: PriorWeights | None, count: int) -> FloatArray:
    """Return the weights of a family of ``count`` behaviors, shape (count,): all 1 if None.

    Raises:
        TypeError: They are not `PriorWeights`.
        ValueError: There are more or fewer of them.
    """
    if weights is None:
        return np.ones(count)
    if not isinstance(weights, PriorWeights):
        raise TypeError(
            f"weights must be PriorWeights, not {type(weights).__name__}: "
            "use PriorWeights.normalized"
        )
    if len(weights) != count:
        raise ValueError(f"{len(weights)} weights for {count} behaviors")
    return weights.weights
