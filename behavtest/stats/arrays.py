"""Numbers coming in: checked once, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from behavtest.stats.expectation import Bounds

FloatArray: TypeAlias = NDArray[np.float64]

SLACK = 1e-9
"""Rounding allowed in a score or a mean, as a share of the range."""


def check_bounds(bounds: Bounds) -> None:
    """Refuse bounds that are not a finite interval of positive width.

    Raises:
        ValueError: They are not.
    """
    if not (np.isfinite(bounds.lower) and np.isfinite(bounds.upper)):
        raise ValueError(f"bounds {tuple(bounds)} are not finite")
    if not bounds.lower < bounds.upper:
        raise ValueError(f"bounds {tuple(bounds)}: the lower one must be less than the upper one")


def between(boundary: float, bounds: Bounds) -> bool:
    """Return whether a boundary lies inside the bounds by more than `SLACK` of the range."""
    slack = SLACK * (bounds.upper - bounds.lower)
    return bounds.lower + slack < boundary < bounds.upper - slack


def check_alpha(alpha: float) -> None:
    """Refuse an error rate outside (0, 1).

    Raises:
        ValueError: It is outside, or not a number.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; it must lie strictly between 0 and 1")


def observations(values: ArrayLike, bounds: Bounds) -> FloatArray:
    """Return the values as a new array of shape (n,), n >= 0, inside the bounds.

    Args:
        values: A sequence of numbers; a value at most `SLACK` times the range outside the bounds
            is rounding and is set to the bound.
        bounds: Range of the observations.

    Raises:
        ValueError: The values are not one-dimensional, or one of them is not a number or lies
            outside the bounds.
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"observations must be one-dimensional; their shape is {array.shape}")
    slack = SLACK * (bounds.upper - bounds.lower)
    inside = (array >= bounds.lower - slack) & (array <= bounds.upper + slack)
    if not inside.all():
        first = int(np.flatnonzero(~inside)[0])
        raise ValueError(
            f"observation {first} is {array[first]}, outside [{bounds.lower:g}, {bounds.upper:g}]"
        )
    return array.clip(bounds.lower, bounds.upper)
