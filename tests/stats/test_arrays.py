from __future__ import annotations

import numpy as np
import pytest

from behavtest.stats import Bounds
from behavtest.stats.arrays import check_alpha, check_bounds, observations

PAIRED = Bounds(-1, 1)


def test_observations_are_copied() -> None:
    mine = np.array([0.5])
    observations(mine, PAIRED)[0] = 0.0
    assert mine[0] == 0.5


def test_rounding_beyond_a_bound_is_set_to_the_bound() -> None:
    assert observations([1 + 1e-12, -1 - 1e-12], PAIRED).tolist() == [1.0, -1.0]


@pytest.mark.parametrize("bad", [1.0001, -1.0001, np.nan, np.inf])
def test_a_value_outside_is_refused_and_named(bad: float) -> None:
    with pytest.raises(ValueError, match=r"observation 1 is .*, outside \[-1, 1\]"):
        observations([0.0, bad], PAIRED)


def test_observations_are_one_dimensional() -> None:
    with pytest.raises(ValueError, match=r"their shape is \(1, 2\)"):
        observations([[0.0, 1.0]], PAIRED)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, np.nan])
def test_alpha_is_a_rate(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        check_alpha(alpha)


@pytest.mark.parametrize("bounds", [(1, 1), (1, 0), (0, np.inf), (np.nan, 1)])
def test_bounds_are_an_interval(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        check_bounds(Bounds(*bounds))
