"""How far a round goes, how it is cut into parts, and what a limit that strikes within one leaves."""

from __future__ import annotations

import time
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_rates import KnownRates, Yes, behavior

from behavtest.errors import ScoreError
from behavtest.experiment import budget as budget_module
from behavtest.experiment import rounds
from behavtest.experiment.budget import Budget, Spending
from behavtest.experiment.observe import Batch
from behavtest.experiment.rounds import parts, round_size
from behavtest.stats import Kind

WORDS = ["wa", "wb", "wc", "wd"]
BASE = dict.fromkeys(WORDS, 0.9)
FAR = (Kind.UNCHANGED, 0.001)
"""What no number of pairs here can show."""


@given(st.integers(1, 5000))
def test_rounds_grow_by_an_eighth_and_end_where_they_must(most):
    pairs, sizes = 0, []
    while pairs < most:
        sizes.append(round_size(pairs, max_pairs=most))
        pairs += sizes[-1]
    assert pairs == most
    assert sizes[0] == min(32, most)
    for before, size in enumerate(sizes[1:-1], start=1):
        assert size == max(16, sum(sizes[:before]) // 8)


def batch(planned, error=None):
    return Batch(SimpleNamespace(error=error), list(planned))


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 50))
def test_parts_put_every_behavior_equally_far(counts, size):
    whole = [batch((name, place) for place in range(count)) for name, count in enumerate(counts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "_PART_PAIRS", size)
        done = [0] * len(whole)
        for part in parts(whole):
            assert [one.trial for one in part] == [one.trial for one in whole]
            assert sum(len(one.planned) for one in part) <= max(size, len(whole))
            for name, one in enumerate(part):
                assert one.planned == [
                    (name, done[name] + more) for more in range(len(one.planned))
                ]
                done[name] += len(one.planned)
            reached = max(done)
            assert done == [min(reached, count) for count in counts]
        assert done == counts


def test_what_failed_in_one_part_is_in_none_of_the_next(monkeypatch):
    monkeypatch.setattr(rounds, "_PART_PAIRS", 4)
    fine, failing = batch(range(4)), batch(range(4))
    taken = parts([fine, failing])
    assert [one.planned for one in next(taken)] == [[0, 1], [0, 1]]
    failing.trial.error = "no"
    assert [(one.trial, one.planned) for one in next(taken)] == [(fine.trial, [2, 3])]
    assert list(taken) == []
    assert list(parts([])) == []
    assert list(parts([batch([])])) == []


def facts(result):
    return [(found.name, found.pairs, found.verdict, found.path) for found in result.behaviors]


def test_where_the_cuts_fall_changes_no_result(compare, monkeypatch):
    family = {
        "x": behavior(WORDS),
        "y": behavior(WORDS[:2], (Kind.UNCHANGED, 0.05)),
        "greedy": behavior([f"w{number}" for number in range(20)], temperature=0),
    }
    rates = {**BASE, **{f"w{number}": 0.9 for number in range(20)}}
    lower = {**rates, "wa": 0.7, "w3": 0.1}
    whole = compare(family, rates, lower, active=True)
    monkeypatch.setattr(rounds, "_PART_PAIRS", 7)
    assert facts(compare(family, rates, lower, active=True)) == facts(whole)


def test_a_time_limit_leaves_every_behavior_equally_far(compare, monkeypatch):
    """How long the first answers take must not tell one behavior to stop before it sees them."""
    clock = SimpleNamespace(now=time.monotonic(), monotonic=lambda: clock.now)

    class Slow(KnownRates):
        def generate(self, requests, settings, *, references=None):
            clock.now += len(requests)
            return super().generate(requests, settings, references=references)

    monkeypatch.setattr(budget_module, "time", clock)
    monkeypatch.setattr(rounds, "_PART_PAIRS", 12)
    family = {word: behavior([word], FAR) for word in WORDS}
    # 4 behaviors in parts of 3 places: a part is 12 answers of each model, 24 s.
    result = compare(family, Slow("a", BASE), Slow("b", BASE), budget=Budget(seconds=100))
    assert [found.pairs for found in result.behaviors] == [15] * 4
    assert {found.stop for found in result.behaviors} == {"budget"}


class FailsOnNo:
    name = "fails on no"

    def __call__(self, completion) -> float:
        if completion.text == "no":
            raise ScoreError("no is no answer")
        return 1.0


def test_a_behavior_that_fails_within_a_round_keeps_its_order_and_stops(
    compare, monkeypatch, tmp_path
):
    """Its later answers are not scored as if they came next."""
    monkeypatch.setattr(rounds, "_PART_PAIRS", 4)
    store, a = tmp_path / "s.duckdb", KnownRates("a", BASE)
    family = {"fails": behavior(["wa"], FAR, scorer=FailsOnNo()), "fine": behavior(["wb"])}
    fails, fine = compare(family, a, BASE, store=store).behaviors
    assert (fails.verdict, fails.error, fine.verdict) == ("error", "no is no answer", "holds")
    with duckdb.connect(str(store), read_only=True) as connection:
        rows = connection.execute(
            "SELECT pair, value FROM pairs WHERE behavior = 'fails' ORDER BY pair"
        ).fetchall()
    assert rows == [(place, 0.0) for place in range(fails.pairs)]
    assert 0 < fails.pairs < 32
    asked = [bytes(request.prompt_ids).decode() for request in a.answered]
    assert asked.count("wa") == fails.pairs + 2  # the part it failed in, and none after


def test_a_round_that_was_cut_is_the_last_even_if_a_failure_leaves_something_over(compare):
    """Its members may be a pair apart: one would see what the other is yet to see."""

    class FailsLate(Yes):
        """Fails after the first round, whose 32 pairs have two distinct answers to score."""

        calls = 0

        def __call__(self, completion) -> float:
            self.calls += 1
            if self.calls > 2:
                raise ScoreError("enough")
            return super().__call__(completion)

    family = {
        "fails": behavior(["wa"], FAR, scorer=FailsLate()),
        "x": behavior(["wa"], FAR),
        "y": behavior(["wa"], FAR),
    }
    result = compare(family, BASE, BASE, budget=Budget(total_pairs=3 * 32 + 8))
    assert [found.pairs for found in result.behaviors] == [32, 35, 34]
    assert result.behaviors[0].error == "enough"


def test_spending_knows_that_a_round_was_cut():
    spending = Spending(Budget(total_pairs=50))
    assert spending.share([20, 20]) == [20, 20]
    spending.pairs = 40
    assert not spending.exhausted
    assert spending.share([5, 5]) == [5, 5]
    assert not spending.exhausted
    assert spending.share([16, 16, 16]) == [4, 3, 3]
    assert spending.exhausted


def test_what_is_left_is_the_scarcer_of_pairs_and_time(monkeypatch):
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(budget_module, "time", clock)
    spending = Spending(Budget(total_pairs=500, seconds=100), started=0.0)
    assert spending.left == 500
    clock.now, spending.pairs = 25.0, 100
    assert spending.left == 300  # 4 pairs a second for 75 s
    clock.now = 20.0
    assert spending.left == 400  # 5 a second for 80 s, and 400 of 500
    clock.now = 10.0
    assert spending.left == 400


def test_a_census_asks_the_budget_for_no_more_than_it_has_left(compare):
    """Else the round would be cut for pairs that nobody draws."""
    words = [f"w{number}" for number in range(36)]
    rates = dict.fromkeys(words, 0.9)
    lower = {**rates, **dict.fromkeys(words[:6], 0.1)}
    family = {
        "greedy": behavior(words, (Kind.NOT_WORSE, 0.17), temperature=0),
        "x": behavior(words, FAR),
    }
    greedy, x = compare(family, rates, lower, budget=Budget(total_pairs=36 + 32 + 16 + 9)).behaviors
    assert (greedy.pairs, greedy.stop, greedy.verdict) == (36, "census", "holds")
    assert x.pairs == 32 + 16 + 9
