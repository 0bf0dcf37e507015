"""Groups that waste little, and shapes of which there are few."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from behavtest.sampling.engine.shapes import PASS_TOKENS, alike, cut, widened


@given(st.integers(1, 100_000))
def test_a_widened_width_has_room_and_wastes_at_most_half(count):
    width = widened(count)
    assert count <= width <= max(16, count * 3 // 2)
    assert widened(width) == width


def test_there_are_few_widths():
    assert len({widened(count) for count in range(1, 4097)}) <= 20


@given(st.lists(st.integers()), st.integers(1, 5))
def test_cutting_keeps_every_item_in_order(items, most):
    parts = list(cut(items, most))
    assert [item for part in parts for item in part] == items
    assert all(1 <= len(part) <= most for part in parts)


def cost(groups: list[list[int]]) -> int:
    return sum(PASS_TOKENS + len(group) * max(group) for group in groups)


def cheapest(widths: list[int], most: int) -> int:
    """By trying every way to cut the sorted widths between two that differ."""
    ordered = sorted(widths, reverse=True)
    places = [place for place in range(1, len(ordered)) if ordered[place] < ordered[place - 1]]
    found = []
    for count in range(len(places) + 1):
        for chosen in combinations(places, count):
            bounds = [0, *chosen, len(ordered)]
            runs = [ordered[a:b] for a, b in pairwise(bounds)]
            found.append(
                sum(-(-len(run) // most) * PASS_TOKENS + len(run) * run[0] for run in runs)
            )
    return min(found)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=9), st.integers(1, 4))
def test_groups_are_complete_small_enough_and_the_cheapest_there_are(widths, most):
    groups = alike(widths, width=lambda width: width, most=most)
    assert sorted(width for group in groups for width in group) == sorted(widths)
    assert all(1 <= len(group) <= most for group in groups)
    assert cost(groups) <= cheapest(widths, most)


def test_nothing_makes_no_group():
    assert alike([], width=len, most=3) == []


def test_the_widest_come_first_so_that_memory_runs_out_early():
    groups = alike([3, 500, 40, 900], width=lambda width: width, most=2)
    assert [max(group) for group in groups] == sorted(map(max, groups), reverse=True)
