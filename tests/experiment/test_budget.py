"""Limits as typed, and how a round is cut to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.errors import SettingsError
from behavtest.experiment.budget import Budget, Spending, parse_budget


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Budget(9)),
        ("500", Budget(9, total_pairs=500)),
        ("500pairs", Budget(9, total_pairs=500)),
        ("90s", Budget(9, seconds=90)),
        ("1.5m", Budget(9, seconds=90)),
        ("2h", Budget(9, seconds=7200)),
    ],
)
def test_budgets_as_typed(text, expected):
    assert parse_budget(text, max_pairs=9) == expected


@pytest.mark.parametrize("text", ["soon", "-5", "1.5", "1.5pairs", "5d", "5 5", "0", "0s"])
def test_what_is_no_budget(text):
    with pytest.raises(SettingsError, match="--behavtest-budget"):
        parse_budget(text, max_pairs=9)


def test_no_pairs_at_all():
    with pytest.raises(SettingsError, match="--behavtest-max-pairs"):
        parse_budget("", max_pairs=0)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=10), st.integers(0, 300))
def test_a_share_is_what_is_left_and_even(wanted, total):
    shares = Spending(Budget(total_pairs=total)).share(wanted)
    assert sum(shares) == min(total, sum(wanted))
    assert all(0 <= share <= wish for share, wish in zip(shares, wanted, strict=True))
    unmet = [share for share, wish in zip(shares, wanted, strict=True) if share < wish]
    assert not unmet or max(shares) <= max(unmet) + 1 or max(shares) == max(unmet)


def test_time_runs_out():
    assert Spending(Budget(seconds=0)).exhausted
    assert not Spending(Budget(seconds=1000)).exhausted
