"""The weights that spread an error budget over a stream."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaincc, zeta

from behavtest.stats.online.weights import WeightTable, logarithmic_weights, power_weights


def test_the_weights_are_a_budget() -> None:
    """Their sums are at most 1, with the infinite tail in closed form or from above."""
    head = np.arange(1, 100_001)
    assert power_weights(head).sum() < 0.4374901657 * zeta(1.6) <= 1
    # gamma decreases from j = 2 on, so the tail is at most its integral: c 2 Gamma(4, sqrt(ln N))
    tail = 0.07720838 * 2 * 6 * gammaincc(4, math.sqrt(math.log(100_000)))
    assert 0.97 < logarithmic_weights(head).sum() + tail <= 0.9764
    for weights in (power_weights(head), logarithmic_weights(head)):
        assert (np.diff(weights) < 0).all()
        assert (weights > 0).all()


def test_looked_up_weights_are_the_formula() -> None:
    table = WeightTable(power_weights)
    for index in ([3], [1, 1024, 1025], [5000, 2], [4999]):
        found = table(np.array(index))
        assert found == pytest.approx([0.4374901657 / j**1.6 for j in index], rel=1e-14)
