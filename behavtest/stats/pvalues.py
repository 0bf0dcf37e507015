"""P-values that stay valid whenever sampling stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from behavtest.stats.vectors import frozen, require, vector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False, init=False)
class AnytimePValues:
    """P-values, each p = min(1, 1 / sup_t E_t) with E the behavior's e-process so far.

    Valid at any stopping time: under the null, P(p <= x) = P(sup E >= 1 / x) <= x for every x in
    (0, 1], by Ville's inequality, and looking longer can only lower p towards a limit for which
    the bound holds already. So the running maximum, which is no e-value, is put to use here; the
    procedures for p-values take these, those for e-values take `StoppedEValues`, and neither
    takes the other or a bare array.

    Args:
        p_values: Shape (m,), in [0, 1], read-only. Made by `of_violated`, `of_running_maxima` or
            `known` only.
    """

    p_values: FloatArray

    def __init__(self) -> None:
        raise TypeError(
            "AnytimePValues are made by AnytimePValues.of_violated, .of_running_maxima or .known, "
            "which say where the numbers come from"
        )

    @classmethod
    def known(cls, p_values: ArrayLike) -> AnytimePValues:
        """Take p-values as they are: from the store, or from another test.

        Args:
            p_values: Shape (m,), m >= 0, each in [0, 1].

        Raises:
            TypeError: They are e-values.
            ValueError: They are not one-dimensional, or one is outside [0, 1] or not a number.
        """
        array = vector(p_values, "p-value")
        require(array, (array >= 0) & (array <= 1), "p-value", "lie in [0, 1]")
        made: AnytimePValues = object.__new__(cls)
        object.__setattr__(made, "p_values", frozen(array))
        return made

    @classmethod
    def of_running_maxima(cls, maxima: ArrayLike) -> AnytimePValues:
        """Turn the largest value that each e-process has reached into its p-value.

        Args:
            maxima: Shape (m,), m >= 0, each >= 0, possibly infinite (p = 0); below 1 means p = 1.

        Raises:
            TypeError: They are stopped e-values.
            ValueError: They are not one-dimensional, or one is negative or not a number.
        """
        array = vector(maxima, "running maximum of e-value")
        require(array, array >= 0, "running maximum of e-value", "be 0 or more")
        return cls.known(1 / np.maximum(array, 1))

    @classmethod
    def of_violated(cls, behaviors: Iterable[Evidence]) -> AnytimePValues:
        """Read "the expectation is violated" off the whole path of each behavior."""
        return cls.known([evidence.p_violated for evidence in behaviors])

    def __len__(self) -> int:
        return len(self.p_values)


def anytime_p_values(p_values: AnytimePValues) -> FloatArray:
    """Return the p-values, shape (m,).

    Raises:
        TypeError: They come as anything but `AnytimePValues`.
    """
    if not isinstance(p_values, AnytimePValues):
        raise TypeError(
            f"p-values must come as AnytimePValues, not {type(p_values).__name__}: e-values at "
            "the stop belong to ebh and closed_ebh"
        )
    return p_values.p_values
