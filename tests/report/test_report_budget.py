"""A page has room for so much text; what does not hold is served first."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import hostile_run, large_run

from behavtest.report.budget import MOST, PAGE, budgets, size
from behavtest.report.html import render
from behavtest.report.pairs import pairs

_ARTICLE = re.compile(r'<article class="pair" id="b-.*?</article>', re.DOTALL)


@pytest.mark.parametrize(
    ("grave", "holding", "expected"),
    [
        (0, 0, set()),
        (3, 17, {MOST}),
        (0, 1_000, {12_000}),
        (10, 990, {MOST, (PAGE - 10 * MOST) // 990}),
        (1_000, 0, {12_000}),
        (500, 500, {18_000, 6_000}),
    ],
)
def test_shares(grave: int, holding: int, expected: set[int]) -> None:
    assert set(budgets(["violated"] * grave + ["holds"] * holding)) == expected


@given(st.lists(st.sampled_from(["holds", "violated", "error", "inconclusive"]), max_size=3_000))
def test_the_page_is_never_overdrawn_and_what_holds_never_comes_first(verdicts) -> None:
    shares = budgets(verdicts)
    assert sum(shares) <= PAGE
    grave = [s for s, v in zip(shares, verdicts, strict=True) if v != "holds"]
    held = [s for s, v in zip(shares, verdicts, strict=True) if v == "holds"]
    if grave and held:
        assert min(grave) >= max(held)


@pytest.mark.parametrize("name", ["usual", "short", "hostile"])
def test_what_a_pair_takes_is_foreseen(name: str) -> None:
    """Answers of one word take little text and much markup, hostile ones many stand-ins."""
    if name == "hostile":
        run = hostile_run()
    else:
        run = large_run(3, pairs=9, words=60 if name == "usual" else 15)
    text = render(run)
    taken = [len(found.encode()) for found in _ARTICLE.findall(text)]
    foreseen = [size(pair) for found in run.behaviors for pair in pairs(found).shown]
    assert len(taken) == len(foreseen) > 20
    assert 0.7 * sum(foreseen) < sum(taken) < 1.1 * sum(foreseen)
