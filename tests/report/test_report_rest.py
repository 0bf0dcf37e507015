# ruff: noqa: RUF001 - signs as people read them are what is tested
"""A thousand behaviors are read in ten seconds: those that hold are one row, drawn as a crowd."""

from __future__ import annotations

from dataclasses import replace

import report_samples
from html_outline import Element, outline

from behavtest.experiment.behavior_result import Interval
from behavtest.experiment.result import RunResult
from behavtest.report.chart import WIDTH
from behavtest.report.html import render
from behavtest.report.page import page


def run(holding: int, *, violated: int = 2, **changes: object) -> RunResult:
    behaviors = [
        report_samples.behavior(
            f"held-{index}",
            **{
                "estimate": 0.01 * (index % 3) - 0.01,
                "interval": Interval(-0.04, 0.04, 0.9),
                **changes,
            },
        )
        for index in range(holding)
    ]
    behaviors += [
        report_samples.behavior(f"bad-{index}", verdict="violated", estimate=-0.3)
        for index in range(violated)
    ]
    return replace(report_samples.sample_run(), behaviors=tuple(behaviors))


def rows(table: Element) -> list[str]:
    return [" ".join(tr.all("a")[0].text.split()) for tr in table.all("tbody")[0].all("tr")]


def test_few_behaviors_have_a_row_each() -> None:
    shown = outline(render(run(28)))
    (table,) = shown.all("table", cls="behaviors")
    assert len(rows(table)) == 30
    assert not shown.all(cls="rest")


def test_many_that_hold_are_one_row_and_still_there() -> None:
    shown = outline(render(run(90)))
    first, second = shown.all("table", cls="behaviors")
    assert rows(first) == ["bad-0", "bad-1", "90 behaviors hold"]
    assert len(rows(second)) == 90
    assert len(shown.all("section", cls="behavior")) == 92
    for details in shown.all("details", cls="rest"):
        assert "open" not in details.attributes
        assert " ".join(details.all("summary")[0].text.split()) == "90 behaviors hold: show each"
    (crowd,) = shown.all("svg", cls="crowd")
    label = str(crowd.attributes["aria-label"])
    assert label.replace("\u00a0", " ") == "90 behaviors hold, estimates from −0.010 to +0.010"
    ids = [e.attributes["id"] for e in shown.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_bars_count_the_estimates_where_they_lie() -> None:
    """A third of the estimates below zero, a third at it, a third above; the axis agrees."""
    found = page(run(90))
    assert found.rest is not None
    assert len(found.rest.bars) == 3
    assert {bar.height for bar in found.rest.bars} == {26}
    (zero,) = (tick.x for tick in found.axis if tick.zero)
    assert any(abs(bar.x + 2 - zero) <= 2 for bar in found.rest.bars)
    assert all(0 <= bar.x <= WIDTH for bar in found.rest.bars)


def test_a_rare_estimate_is_seen() -> None:
    """One far from a thousand others has a bar of its own, too tall to be missed."""
    crowd = run(999, violated=1, estimate=0.0)
    lone = report_samples.behavior("lone", estimate=-0.045)
    found = page(replace(crowd, behaviors=(*crowd.behaviors, lone)))
    assert found.rest is not None
    assert sorted(bar.height for bar in found.rest.bars) == [3, 26]


def test_levels_have_no_place_on_the_axis_of_changes() -> None:
    found = page(run(40, expectation="at_least", margin=0.5, estimate=0.9, range_lower=0.0))
    assert found.rest is not None
    assert (found.rest.bars, found.rest.text) == ((), "")


def test_all_that_hold_are_one_row_too() -> None:
    first, _ = outline(render(run(40, violated=0))).all("table", cls="behaviors")
    assert rows(first) == ["40 behaviors hold"]
