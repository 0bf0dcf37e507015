"""Balance of a covariate over matched pairs, against the definitions."""

from __future__ import annotations

import math
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats.balance import balance

_SERIES = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=30)


@given(_SERIES)
def test_it_is_what_the_definitions_say(pairs: list[tuple[int, int]]) -> None:
    t, b = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    found = balance(t, b)
    higher, lower = sum(x > y for x, y in pairs), sum(x < y for x, y in pairs)
    assert (found.higher, found.lower) == (higher, lower)
    n, extreme = higher + lower, max(higher, lower)
    tail = sum(comb(n, k) for k in range(extreme, n + 1)) / 2**n if n else 1.0
    assert found.p_value == pytest.approx(min(1.0, 2 * tail))
    if len(pairs) > 1 and (t.std() or b.std()):
        pooled = math.sqrt((t.var(ddof=1) + b.var(ddof=1)) / 2)
        assert found.standardized == pytest.approx((t.mean() - b.mean()) / pooled)


@given(_SERIES)
def test_swapped_sides_swap_the_answer(pairs: list[tuple[int, int]]) -> None:
    one, other = zip(*pairs, strict=True)
    found, swapped = balance(one, other), balance(other, one)
    assert found.standardized == -swapped.standardized
    assert (found.higher, found.lower) == (swapped.lower, swapped.higher)
    assert found.p_value == swapped.p_value


def test_sides_that_do_not_vary() -> None:
    assert balance([2, 2], [1, 1]).standardized == math.inf
    assert balance([1], [2]).standardized == -math.inf
    assert balance([1, 1], [1, 1]).standardized == 0


@pytest.mark.parametrize(("one", "other"), [([], []), ([1], [1, 2]), ([[1]], [[1]])])
def test_series_that_do_not_match(one: list[float], other: list[float]) -> None:
    with pytest.raises(ValueError, match="expected two series of one length"):
        balance(one, other)
