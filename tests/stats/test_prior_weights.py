from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import PriorWeights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

scales = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=50)


@given(scales)
def test_their_mean_is_one_and_their_ratios_are_kept(given_weights: list[float]) -> None:
    weights = PriorWeights.normalized(given_weights).weights
    assert weights.mean() == pytest.approx(1, rel=1e-12)
    assert weights / weights[0] == pytest.approx(np.array(given_weights) / given_weights[0])


@given(st.floats(1e-300, 1e300), st.integers(1, 40))
def test_equal_weights_are_exactly_one(weight: float, count: int) -> None:
    assert PriorWeights.normalized([weight] * count).weights.tolist() == [1.0] * count


def test_nobody_has_no_weights() -> None:
    assert len(PriorWeights.normalized([])) == 0


def test_extreme_weights_do_not_overflow() -> None:
    assert PriorWeights.normalized([1e308, 1e308, 1e308]).weights.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0, 0.0], "weight 1 is 0.0; it must be positive and finite"),
        ([-1.0], "weight 0"),
        ([math.nan], "weight 0 is nan"),
        ([1.0, math.inf], "weight 1 is inf"),
        ([1e-300, 1e300], "weight 0 is 0.0; it must not vanish beside the largest"),
        ([[1.0]], "one-dimensional"),
    ],
)
def test_what_is_no_weight_is_refused(weights: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PriorWeights.normalized(weights)


def test_they_are_frozen_and_made_by_name() -> None:
    weights = PriorWeights.normalized([1, 3])
    with pytest.raises(ValueError, match="read-only"):
        weights.weights[0] = 1.0
    with pytest.raises(TypeError):
        PriorWeights([0.5, 1.5])  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"PriorWeights\.normalized"):
        PriorWeights()
