# ruff: noqa: RUF001 - signs as people read them are what is tested
"""A behavior from run to run: what is drawn, what is said, and what is left out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from html_outline import Element, outline
from report_samples import (
    HOSTILE,
    MODEL_B,
    behavior,
    earlier_run,
    large_run,
    sample_run,
    several_runs,
)

from behavtest.experiment.past import EarlierRun
from behavtest.experiment.result import RunResult
from behavtest.report.budget import steps
from behavtest.report.html import render, render_all
from behavtest.report.past import past, present
from behavtest.report.trend import Trend, trend


def words(element: Element) -> str:
    return re.sub(r"\s+", " ", element.text).strip()


def weapons(*earlier: EarlierRun) -> RunResult:
    run = sample_run()
    kept = tuple(b for b in run.behaviors if b.behavior in {"refuses-weapons", "valid-json"})
    return replace(run, behaviors=kept, earlier=earlier)


def drawn(run: RunResult, name: str = "refuses-weapons") -> Trend | None:
    (found,) = (b for b in run.behaviors if b.behavior == name)
    (before,) = past([run], [found.name])
    return trend(found, before, present(run, found))


def test_without_earlier_runs_there_is_none() -> None:
    assert drawn(weapons()) is None
    assert "trend" not in {name for e in outline(render(weapons())).all() for name in e.classes}


def test_each_point_says_which_model_when_and_which_version() -> None:
    run = weapons(
        earlier_run(3, suite_version="2"),
        earlier_run(9, estimate=-0.21, verdict="violated", margin=0.1, suite_version="3"),
    )
    page = outline(render(run))
    (table,) = page.all("details", cls="trend")
    assert words(table.all("summary")[0]) == "Change, 2 earlier runs and now: each run"
    rows = [[words(c) for c in row.children if isinstance(c, Element)] for row in table.all("tr")]
    assert rows[0] == ["Run", "Model", "Verdict", "Estimate", "Interval", "Pairs", "Version"]
    assert rows[1:] == [
        [
            "2025-10-03 00000003",
            "out/step-3 003003003003",
            "✓ holds",
            *("+0.010", "−0.030 to +0.060", "120", "behavtest 0.1.0, suite 2"),
        ],
        [
            "2025-10-09 00000009",
            "out/step-9 009009009009expected from here on: not_worse, 0.10; suite version 3 from here on",
            "✕ violated",
            *("−0.21", "−0.25 to −0.16", "120", "behavtest 0.1.0, suite 3"),
        ],
        [
            "now 20251120",
            "acme/assistant-7b + lora/support-tone b81d77e2c94fexpected from here on: not_worse, 0.050; suite version (none) from here on",
            "✕ violated",
            *("−0.47", "−0.58 to −0.36", "72", "behavtest 0.1.0"),
        ],
    ]


def test_the_drawing_says_its_numbers_once() -> None:
    page = outline(render(weapons(earlier_run(3), earlier_run(9, estimate=-0.21))))
    (figure,) = page.all("figure", cls="trend")
    (svg,) = figure.all("svg")
    assert svg.attributes["role"] == "img"
    assert not svg.all("title")
    said = str(svg.attributes["aria-label"]).replace("\u00a0", " ")
    assert said == (
        "Change in 2 earlier runs and now: first +0.010, interval −0.030 to +0.060, holds, "
        "2025-10-03, last −0.47, interval −0.58 to −0.36, violated, now; the least −0.47, the "
        "greatest +0.010. Each is listed below."
    )
    # A sign beside each color.
    assert [words(text) for text in svg.all("text")] == ["✓", "✓", "✕"]


def test_points_lie_in_order_and_lower_estimates_lower() -> None:
    found = drawn(weapons(earlier_run(1), earlier_run(2, estimate=-0.2), earlier_run(3)))
    assert found is not None
    assert [mark.x for mark in found.marks] == [12.0, 104.0, 196.0, 288.0]
    first, second, third, last = (mark.y for mark in found.marks)
    assert first == third < second < last <= 78
    for mark in found.marks:
        assert mark.high <= mark.y <= mark.low
    assert [mark.now for mark in found.marks] == [False, False, False, True]
    assert found.zone is not None
    assert found.zone[0] <= first <= found.zone[1]
    assert found.zero is not None
    assert first < found.zero


def test_numbers_against_another_base_are_not_joined() -> None:
    other = {"model_a": "acme/older", "fingerprint_a": "0" * 48}
    found = drawn(weapons(earlier_run(1, **other), earlier_run(2, **other), earlier_run(3)))
    assert found is not None
    assert [len(line.split()) for line in found.lines] == [2, 2]
    assert found.breaks == (150.0,)
    assert found.points[2].note == "compared with acme/assistant-7b (3f9a1c0d5e7b)"


def test_a_mean_of_one_model_is_joined_whatever_its_base() -> None:
    absolute = {"name": "valid-json", "expectation": "at_least", "margin": 0.9}
    run = weapons(
        earlier_run(1, estimate=0.8, fingerprint_a="0" * 48, **absolute),
        earlier_run(2, estimate=0.95, **absolute),
    )
    found = drawn(run, "valid-json")
    assert found is not None
    assert (found.title, found.breaks, found.zero) == (
        "Mean, 2\u00a0earlier runs and now",
        (),
        None,
    )
    assert [point.estimate for point in found.points] == ["0.80", "0.95", "0.97"]


def test_a_page_has_room_for_so_many() -> None:
    """The latest of each behavior, those of the most important behaviors first."""
    assert steps([40, 3, 0]) == [30, 3, 0]
    assert steps([30] * 99 + [20, 30, 5]) == [30] * 99 + [20, 10, 0]
    run = weapons(
        *(
            replace(earlier_run(1), run_id=f"{n}", started=f"{n}", fingerprint_b=f"{n}")
            for n in range(10, 45)
        )
    )
    (before,) = past([run], ["suites/refusal.behav.yaml::refuses-weapons"])
    assert [step.run.started for step in before] == [str(number) for number in range(15, 45)]


def test_a_behavior_that_failed_shows_what_there_was() -> None:
    run = replace(
        sample_run(),
        behaviors=(behavior("x", verdict="error", error="no", estimate=None, mean_b=None),),
        earlier=(earlier_run(1, name="x"),),
    )
    found = drawn(run, "x")
    assert found is not None
    assert found.title == "Change, 1\u00a0earlier run"
    assert len(found.points) == len(found.marks) == 1


def test_models_of_one_report_are_no_past_of_each_other() -> None:
    """Of several, each is a point of now, and they are not joined."""
    runs = several_runs()
    sibling = replace(
        earlier_run(5), fingerprint_b=runs[0].model_b.fingerprint if runs[0].model_b else ""
    )
    runs[1] = replace(runs[1], earlier=(*runs[1].earlier, sibling))
    (told,) = past(runs, ["suites/refusal.behav.yaml::refuses-weapons"])
    assert [step.run.model_b for step in told] == [
        "out/step-1",
        "out/step-2",
    ]
    page = outline(render_all(runs))
    (figure,) = page.all("figure", cls="trend")
    assert words(figure.all("figcaption")[0]) == "Change, 2 earlier runs and now"
    assert len(figure.all("circle")) == 4
    (line,) = figure.all("polyline")
    assert len(str(line.attributes["points"]).split()) == 2


def test_what_a_store_says_is_text() -> None:
    for text in HOSTILE.values():
        run = replace(
            earlier_run(1, suite_version=text[:200]),
            run_id=text[:200],
            started=text[:200],
            model_b=text[:200],
            fingerprint_b=text[:200],
            version=text[:200],
        )
        page = outline(render(weapons(run)))
        assert len(page.all("script")) == 1
        assert not page.all("img")
        assert len(page.all("figure", cls="trend")) == 1


@pytest.mark.slow
def test_a_thousand_behaviors_with_a_long_past_fit() -> None:
    run = large_run(1_000, pairs=50)
    findings = tuple(
        replace(earlier_run(1).findings[0], behavior=found.name) for found in run.behaviors
    )
    earlier = tuple(replace(earlier_run(n), findings=findings) for n in range(1, 31))
    text = render(replace(run, earlier=earlier, model_b=MODEL_B))
    assert len(text.encode()) < 20_000_000
    assert text.count('<figure class="evidence trend">') == 100
