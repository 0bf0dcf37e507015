"""Read-only vectors that hold one number per behavior."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray

BoolArray: TypeAlias = NDArray[np.bool_]


def vector(values: ArrayLike, what: str) -> FloatArray:
    """Return a copy of the values, shape (m,), m >= 0.

    Raises:
        ValueError: They are not one-dimensional; ``what`` names them, in the plural.
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{what}s must be one-dimensional; their shape is {array.shape}")
    return array


def require(array: FloatArray, allowed: BoolArray, what: str, rule: str) -> None:
    """Refuse a vector with a value that is not allowed.

    Raises:
        ValueError: There is one; the message gives the first one's place and the rule.
    """
    if not allowed.all():
        first = int(np.flatnonzero(~allowed)[0])
        raise ValueError(f"{what} {first} is {array[first]}; it must {rule}")


def frozen(array: FloatArray) -> FloatArray:
    """Return the array itself, read-only from now on."""
    array.setflags(write=False)
    return array


def mask(places: NDArray[np.intp], count: int) -> BoolArray:
    """Return a vector of ``count`` that is true at the places."""
    chosen = np.zeros(count, dtype=np.bool_)
    chosen[places] = True
    return chosen
