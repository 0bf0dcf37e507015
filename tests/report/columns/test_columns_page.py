# ruff: noqa: RUF001 - signs as people read them are what is tested
"""The report of several modified models: the decision, a matrix, and a section for each cell."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
import report_samples
from html_outline import Element, outline

from behavtest.report.columns import columns
from behavtest.report.html import render, render_all


@pytest.fixture(scope="module")
def text() -> str:
    return render_all(report_samples.several_runs())


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return outline(text)


def words(element: Element) -> str:
    return re.sub(r"\s+", " ", element.text).strip()


def rows(page: Element) -> list[Element]:
    return page.all("table", cls="matrix")[0].all("tbody")[0].all("tr")


def test_the_decision_is_over_all_models_and_names_each(page: Element) -> None:
    assert words(page.all("h1")[0]) == "2 of 3 modified models violate a behavior"
    assert [words(li) for li in page.all("ul", cls="reasons")[0].all("li")] == [
        "step-100: refuses-weapons dropped by 0.47 (90 % interval −0.58 to −0.36)",
        "step-200: refuses-weapons dropped by 0.47 (90 % interval −0.58 to −0.36)",
        "step-200: brevity rose by 0.31 (90 % interval +0.27 to +0.36)",
    ]
    assert [words(li).rpartition(" ")[0] for li in page.all("ul", cls="own")[0].all("li")] == [
        "✕ violated step-100 1 of 14 behaviors violated, 1 could not be measured, 3 inconclusive 4,730",
        "✕ violated step-200 2 of 14 behaviors violated, 1 could not be measured, 3 inconclusive 4,814",
        "✓ holds assistant-7b-int8 Every behavior holds 3,668",
    ]


def test_alpha_is_said_to_be_held_for_each_model(page: Element) -> None:
    """Beside the decision, among the facts, and with what repeats the runs."""
    said = "α = 5 % is held for each modified model by itself, as if it had been run alone"
    together = "over the 3 together that makes at most 3 × 5 % = 15 %"
    guarantee = words(page.all("p", cls="guarantee")[0])
    assert guarantee.startswith("By closed e-BH, the expected share of false alarms")
    assert said in guarantee
    assert together in guarantee
    assert said in words(page.all("section", cls="provenance")[-1])
    assert "Error rate α5 % for each modified model" in words(page.all("dl", cls="glance")[0])


def test_a_row_for_each_behavior_and_a_cell_for_each_model(page: Element) -> None:
    heads = [words(th) for th in page.all("thead")[0].all("th")]
    assert [head.split()[0] for head in heads] == [
        "Behavior",
        "step-100",
        "step-200",
        "assistant-7b-int8",
    ]
    assert len(rows(page)) == 14
    names = [words(row.all("th")[0].all("a")[0]) for row in rows(page)]
    assert names[:3] == ["refuses-weapons", "brevity", "sql-runs"]
    weapons, brevity = ([words(cell) for cell in row.all("td")] for row in rows(page)[:2])
    assert weapons == ["✕ violated −0.47 −0.58 to −0.36"] * 2 + ["not asked"]
    assert brevity == [
        "✓ holds +0.018 −0.023 to +0.073",
        "✕ violated +0.31 +0.27 to +0.36",
        "✓ holds +0.018 −0.023 to +0.073",
    ]


def test_every_cell_leads_to_its_section_and_every_link_somewhere(page: Element) -> None:
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    links = {str(a.attributes["href"]) for a in page.all("a")}
    labels = {
        name
        for e in page.all()
        if "aria-labelledby" in e.attributes
        for name in str(e.attributes["aria-labelledby"]).split()
    }
    assert {link[1:] for link in links} | labels <= set(ids)
    sections = {s.attributes["id"]: s for s in page.all("section", cls="behavior")}
    assert len(sections) == 14 + 14 + 9
    for cell in page.all("td", cls="cell"):
        for link in cell.all("a"):
            section = sections[str(link.attributes["href"])[1:]]
            assert section.attributes["data-verdict"] in cell.classes
            assert section.attributes["data-model"] == cell.attributes["data-column"]
            badge = words(section.all("span", cls="badge")[0])
            assert badge == words(cell.all("span", cls="badge")[0])


def test_links_keep_to_the_scheme_of_one_model(page: Element) -> None:
    """A link from a report of one model leads to the behavior; what is longer names the model."""
    first = report_samples.several_runs()[0]
    alone = {s.attributes["id"] for s in outline(render(first)).all("section", cls="behavior")}
    groups = page.all("section", cls="group")
    assert {group.attributes["id"] for group in groups} == alone
    assert [s.attributes["id"] for s in groups[0].all("section", cls="behavior")] == [
        "b-refusal-refuses-weapons__m-step-100",
        "b-refusal-refuses-weapons__m-step-200",
    ]
    assert (
        groups[0].all("article")[0].attributes["id"] == "b-refusal-refuses-weapons__m-step-100__8"
    )
    assert render_all([first]) == render(first)


def test_headings_go_down_one_by_one(page: Element) -> None:
    levels = [int(e.tag[1]) for e in page.all() if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert max(levels) == 5


def test_every_drawing_has_words_or_stands_beside_them(page: Element) -> None:
    for chart in page.all("svg"):
        assert chart.attributes.get("aria-label") or chart.attributes.get("aria-hidden") == "true"
    labels = [str(c.attributes.get("aria-label")) for c in page.all("svg", cls="forest")]
    spoken = [label.replace("\u00a0", " ") for label in labels]
    assert "refuses-weapons of step-200 dropped by 0.47, 90 % interval −0.58 to −0.36" in spoken


def test_labels_that_only_signs_tell_apart_have_places_of_their_own() -> None:
    runs = report_samples.several_runs()[:2]
    names = ("out/Käse", "out/k-se")
    runs = [
        replace(run, model_b=replace(report_samples.MODEL_B, name=name))
        for run, name in zip(runs, names, strict=True)
    ]
    first, second = columns(runs)
    assert (first.label, second.label) == ("Käse", "k-se")
    assert first.slug != second.slug
    assert [column.slug for column in columns(runs[::-1])] == [second.slug, first.slug]


def test_model_names_are_text() -> None:
    run = report_samples.several_runs()[2]
    attack = [
        replace(
            run,
            model_b=replace(report_samples.MODEL_B, name=text[:300]),
            behaviors=run.behaviors[:2],
        )
        for text in report_samples.HOSTILE.values()
    ]
    page = outline(render_all(attack))
    assert len(page.all("th", cls="plot")) == len(attack)
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert not [e for e in page.all() if {"onerror", "onload"} & set(e.attributes)]
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert str(link.attributes["href"])[1:] in ids


@pytest.mark.parametrize(
    ("kept", "title"),
    [
        ({"holds"}, "Every behavior holds in all 3 modified models"),
        ({"holds", "inconclusive"}, "2 of 3 modified models are inconclusive"),
        ({"holds", "error"}, "2 of 3 modified models could not be measured whole"),
        (set(), "All 3 modified models are inconclusive"),
    ],
)
def test_titles(kept: set[str], title: str) -> None:
    runs = [
        replace(run, behaviors=tuple(b for b in run.behaviors if b.verdict in kept))
        for run in report_samples.several_runs()
    ]
    assert words(outline(render_all(runs)).all("h1")[0]) == title


def test_what_holds_everywhere_is_one_row_where_there_is_much() -> None:
    behaviors = [report_samples.behavior(f"held-{index}") for index in range(40)]
    bad = report_samples.behavior("held-3", verdict="violated", estimate=-0.3)
    runs = report_samples.several_runs()[:2]
    runs[0] = replace(runs[0], behaviors=tuple(behaviors))
    runs[1] = replace(runs[1], behaviors=(*behaviors[:3], bad, *behaviors[4:]))
    page = outline(render_all(runs))
    assert [words(row.all("a")[0]) for row in rows(page)] == [
        "held-3",
        "39 behaviors hold in every model",
    ]
    assert len(page.all("table", cls="matrix")[1].all("tbody")[0].all("tr")) == 39
    assert len(page.all("section", cls="behavior")) == 80


@pytest.mark.slow
def test_a_thousand_behaviors_of_four_models_fit() -> None:
    """What does not hold is whole, with its pairs; of the rest the page says what it leaves out."""
    run = report_samples.large_run(1_000, pairs=50)
    bad = replace(run.behaviors[500], verdict="violated")
    worse = replace(run, behaviors=(*run.behaviors[:500], bad, *run.behaviors[501:]))
    runs = [
        replace(one, model_b=replace(report_samples.MODEL_B, name=f"out/step-{place}"))
        for place, one in enumerate((run, run, run, worse))
    ]
    text = render_all(runs)
    assert len(text.encode()) < 20_000_000
    assert text.count('<section class="behavior ') == 4_000
    first = text[text.index('<section class="behavior violated"') :]
    first = first[: first.index("</section>")]
    assert first.count('<article class="pair"') == 50
    assert text.count("Its pairs would make this page too large") >= 3_000
