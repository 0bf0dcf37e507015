from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from behavtest.stats import (
    GREATEST_E,
    AnytimePValues,
    Bounds,
    Evidence,
    Expectation,
    Kind,
    StoppedEValues,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def test_e_values_are_capped_and_frozen() -> None:
    mine = np.array([math.inf, 2.0])
    stopped = StoppedEValues.at_stop(mine)
    mine[1] = 50.0
    assert stopped.e_values.tolist() == [GREATEST_E, 2.0]
    assert len(stopped) == 2
    with pytest.raises(ValueError, match="read-only"):
        stopped.e_values[0] = 1.0
    with pytest.raises(AttributeError):
        stopped.e_values = mine  # type: ignore[misc]


@pytest.mark.parametrize(
    ("e_values", "message"),
    [
        ([1.0, -0.1], "e-value 1 is -0.1; it must be 0 or more"),
        ([math.nan], "e-value 0 is nan"),
        ([[1.0]], "one-dimensional"),
    ],
)
def test_what_is_no_e_value_is_refused(e_values: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StoppedEValues.at_stop(e_values)


def test_nothing_makes_them_but_a_constructor_that_says_whence() -> None:
    with pytest.raises(TypeError):
        StoppedEValues(np.ones(2))  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"made by StoppedEValues\.at_stop"):
        StoppedEValues()
    with pytest.raises(TypeError):
        StoppedEValues.at_stop(AnytimePValues.known([0.5]))  # type: ignore[arg-type]


def test_e_values_come_from_the_stop_not_from_the_peak() -> None:
    evidence = Evidence(Expectation(Kind.NOT_WORSE, 0.05), Bounds(-1, 1))
    evidence.update([-1.0] * 20 + [1.0] * 20)
    stopped = StoppedEValues.of_violated([evidence])
    assert stopped.e_values.tolist() == [evidence.e_violated]
    assert stopped.e_values[0] < np.exp(evidence.path.log_e_violated.max())
    assert StoppedEValues.of_holds([evidence]).e_values.tolist() == [evidence.e_holds]
