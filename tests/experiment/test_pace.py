"""How fast a run is said to go and how long to go on, by counts and times made up for it."""

from __future__ import annotations

import math

import pytest

from behavtest.experiment.pace import Outlook, Pace, Rate


def rate(*seen: tuple[float, int]) -> float | None:
    found = Rate()
    for seconds, count in seen:
        found.note(seconds, count)
    return found.per_second


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([], None),
        ([(0.0, 5)], None),
        ([(0.0, 0), (0.4, 100)], None),
        ([(0.0, 0), (3.0, 0)], None),
        ([(0.0, 0), (2.0, 100)], 50.0),
        ([(0.0, 0), (2.0, 100), (4.0, 400)], 100.0),
        ([(0.0, 0), (60.0, 600)], 10.0),
    ],
)
def test_a_rate_is_growth_over_time(seen, expected):
    assert rate(*seen) == expected


def test_a_rate_is_of_late():
    slow = [(float(second), 10 * second) for second in range(60)]
    fast = [(60.0 + second, 600 + 200 * second) for second in range(30)]
    assert rate(*slow) == 10.0
    assert rate(*slow, *fast) == 200.0


def test_what_is_counted_rarely_has_a_rate_too():
    assert rate((0.0, 0), (100.0, 640), (200.0, 1280), (300.0, 1600)) == pytest.approx(3.2)


@pytest.mark.parametrize(
    ("forecast", "pairs"), [(100, 100), (3, 16), (0, 16), (2000, 300), (None, 300)]
)
def test_an_undecided_behavior_takes_what_is_forecast(forecast, pairs):
    assert Outlook(forecast, round=16, most=300).pairs == pairs


def looked(*looks: tuple[float, int, int], left: float = math.inf) -> Pace:
    """A pace told at given seconds of given pairs and of how many more are wanted."""
    pace = Pace()
    for seconds, pairs, more in looks:
        pace.look(seconds, pairs, [Outlook(more, round=1, most=10_000)] if more else [], left=left)
    return pace


def test_the_time_left_is_the_pairs_forecast_at_the_recent_rate():
    assert looked((0.0, 0, 0), (8.0, 640, 800)).seconds_left(8.0) == 10.0


def test_it_passes_while_a_round_is_under_way():
    pace = looked((0.0, 0, 0), (8.0, 640, 800))
    assert pace.seconds_left(11.0) == 7.0
    assert pace.seconds_left(30.0) == 0.0


def test_a_new_forecast_moves_it_half_the_way():
    pace = looked((0.0, 0, 0), (8.0, 640, 800), (9.0, 720, 2160))
    assert pace.seconds_left(9.0) == pytest.approx((9.0 + 27.0) / 2)


def test_no_more_than_the_budget_has_is_counted():
    assert looked((0.0, 0, 0), (8.0, 640, 800), left=80).seconds_left(8.0) == 1.0


def test_nothing_is_said_without_support():
    assert Pace().seconds_left(1.0) is None
    assert looked((0.0, 0, 0)).seconds_left(0.0) is None
    assert looked((0.0, 0, 0), (0.1, 640, 800)).seconds_left(0.1) is None
    assert looked((0.0, 0, 0), (8.0, 640, 800), (9.0, 700, 0)).seconds_left(9.0) is None
