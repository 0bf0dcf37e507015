"""The exact interval against the binomial distribution it inverts."""

from __future__ import annotations

import pytest
from scipy.stats import binom, binomtest

from behavtest.stats.proportion import exact_interval


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (0, 50), (7, 50), (49, 50), (50, 50)])
def test_ends_are_where_the_tails_reach_the_error(count: int, total: int) -> None:
    lower, upper = exact_interval(count, total, error=0.025)
    scipys = binomtest(count, total).proportion_ci(0.95, method="exact")
    assert (lower, upper) == pytest.approx((scipys.low, scipys.high), abs=1e-9)
    if count:
        assert binom.sf(count - 1, total, lower) == pytest.approx(0.025)
    if count < total:
        assert binom.cdf(count, total, upper) == pytest.approx(0.025)
