"""The schedule is a function of seed and prompts, fair, and without replacement when asked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_rates import Words
from scipy import stats

from behavtest.experiment.schedule import Schedule


def cases(schedule: Schedule, count: int) -> list[int]:
    return [draw.case_index for draw in schedule.take(count)]


def test_it_is_a_function_of_seed_and_prompts():
    words = Words(["a", "b", "c"])
    first = Schedule(words, seed=1, without_replacement=False).take(50)
    assert first == Schedule(Words(["a", "b", "c"]), seed=1, without_replacement=False).take(50)
    assert first != Schedule(words, seed=2, without_replacement=False).take(50)
    assert first != Schedule(Words(["a", "b", "d"]), seed=1, without_replacement=False).take(50)


@given(st.lists(st.integers(0, 20), max_size=8), st.booleans())
@settings(max_examples=30)
def test_how_it_is_taken_does_not_matter(sizes, without_replacement):
    words = Words([str(number) for number in range(40)])
    parts = Schedule(words, seed=3, without_replacement=without_replacement)
    whole = Schedule(words, seed=3, without_replacement=without_replacement)
    taken = [draw for size in sizes for draw in parts.take(size)]
    assert taken == whole.take(sum(sizes))


def test_draws_are_uniform():
    drawn = Counter(cases(Schedule(Words("abcdefg"), seed=0, without_replacement=False), 7000))
    assert stats.chisquare([drawn[index] for index in range(7)]).pvalue > 0.01


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_without_replacement_every_case_comes_once(size):
    words = Words([str(number) for number in range(size)])
    schedule = Schedule(words, seed=5, without_replacement=True)
    assert sorted(cases(schedule, size + 10)) == list(range(size))
    assert schedule.take(3) == []


def test_without_replacement_every_order_is_as_likely():
    orders = Counter(
        tuple(cases(Schedule(Words("abc"), seed=seed, without_replacement=True), 3))
        for seed in range(3000)
    )
    assert stats.chisquare(list(orders.values())).pvalue > 0.01
    assert len(orders) == 6


def test_a_huge_population_costs_what_is_drawn_of_it():
    class Huge(Words):
        def __len__(self) -> int:
            return 10**15

        def __getitem__(self, index):
            return super().__getitem__(0)

    schedule = Schedule(Huge(["a"]), seed=0, without_replacement=True)
    assert len({draw.case_index for draw in schedule.take(1000)}) == 1000
