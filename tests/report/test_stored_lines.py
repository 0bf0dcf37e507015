"""Stored runs in lines of 80 columns, whatever stands in the store."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_samples import HOSTILE, behavior, hostile_run, large_run, sample_run, single_run

from behavtest.experiment.behavior_result import Interval
from behavtest.experiment.comparison import compare
from behavtest.report.behavior_text import behavior_text
from behavtest.report.comparison_lines import comparison_lines
from behavtest.report.run_lines import run_lines, trend_lines
from behavtest.report.table_lines import table_lines
from behavtest.store import ListedRun, Trend, TrendPoint

ATTACK = "".join(text[:200] for text in HOSTILE.values())


def fit(lines) -> list[str]:
    found = list(lines)
    for line in found:
        assert len(line) <= 80, line
        assert re.sub("[\u200c\u200d]", "", line).isprintable(), line
        assert not line.lstrip().startswith("::")
    return found


@pytest.mark.parametrize("make", [sample_run, single_run, hostile_run])
def test_a_comparison_fits(make) -> None:
    other = replace(make(), alpha=0.01, behaviors=make().behaviors[1:])
    fit(comparison_lines(compare(make(), other), every=True))
    fit(comparison_lines(compare(make(), sample_run())))


def test_a_long_list_is_counted() -> None:
    found = fit(comparison_lines(compare(large_run(30), replace(sample_run(), behaviors=()))))
    assert "  and 20 more" in found


@pytest.mark.parametrize(
    ("changes", "apart"),
    [
        ({}, True),
        ({"interval": Interval(-0.5, 0.0, 0.9)}, False),
        ({"interval": None}, None),
        ({"interval": None, "exact": True}, True),
        ({"margin": 0.3}, True),
        ({"expectation": "at_least"}, None),
        ({"scorer": "json"}, None),
        ({"sampling": "greedy"}, None),
        ({"population": 3}, None),
        ({"relation": "invariance"}, None),
    ],
)
def test_intervals_are_compared_where_they_are_of_the_same(changes, apart) -> None:
    run = sample_run()
    first = behavior("x", estimate=0.0, interval=Interval(-0.1, 0.1, 0.9))
    second = behavior("x", **{"estimate": -0.4, "interval": Interval(-0.5, -0.3, 0.9), **changes})
    (found,) = compare(
        replace(run, behaviors=(first,)), replace(run, behaviors=(second,))
    ).behaviors
    assert found.apart is apart


def point(**changes) -> TrendPoint:
    fields = {
        "suite": "s",
        "behavior": "f::b",
        "run_id": "0123456789",
        "started": "2026-01-01T10:00:00+00:00",
        "model_a": "base",
        "fingerprint_a": "fa",
        "model_b": "b",
        "fingerprint_b": "fb",
        "expectation": "not_worse",
        "margin": 0.05,
        "scorer": "json",
        "verdict": "holds",
        "exact": False,
        "pairs": 64,
        "estimate": 0.01,
        "lower": -0.02,
        "upper": 0.04,
        "alpha": 0.05,
    }
    return TrendPoint(**{**fields, **changes})


def test_a_trend_says_where_the_number_became_one_of_something_else() -> None:
    points = (
        point(),
        point(fingerprint_a="other", model_a="newer"),
        point(fingerprint_a="other", scorer="regex", margin=0.1),
    )
    found = fit(trend_lines(Trend("s", "f::b", points)))
    assert [
        line.strip() for line in found if "json" in line or "model" in line or "from" in line
    ] == [
        "model A base",
        "model A newer",
        "from here on expected: not_worse, 0.10",
        "from here on scored by regex",
    ]


def test_hostile_names_stay_on_their_lines() -> None:
    texts = ("suite", "behavior", "run_id", "started", "model_a", "model_b", "scorer", "verdict")
    attack = point(**dict.fromkeys(texts, ATTACK), estimate=None, lower=None)
    fit(trend_lines(Trend(ATTACK, ATTACK, (point(), attack, point()))))
    run = ListedRun("r", "t", "finished", "a", "b", 1, 2, 3, 4, 5_000_000)
    hostile = ListedRun(ATTACK, ATTACK, ATTACK, ATTACK, ATTACK, 1, 2, 3, 4, 5)
    fit(run_lines([run, hostile, hostile._replace(model_b=None)]))
    fit(table_lines((ATTACK, "n"), [(ATTACK, 1), (None, 2.5)], more=True))


def test_a_hostile_behavior_can_be_shown() -> None:
    run = hostile_run()
    for found in run.behaviors:
        if found.verdict != "error":
            text = behavior_text(found, run, most_pairs=9)
            assert all(
                character.isprintable() or character in "\n\u200c\u200d" for character in text
            )


@pytest.mark.parametrize("columns", [1, 3, 40])
def test_any_table_fits(columns: int) -> None:
    row = tuple("word " * (place + 1) for place in range(columns))
    fit(table_lines(row, [row] * 3, more=False))
