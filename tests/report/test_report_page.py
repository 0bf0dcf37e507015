# ruff: noqa: RUF001 - signs as people read them are what is tested
from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import report_samples
from html_outline import Element, outline

from behavtest.experiment.examples import PairExample
from behavtest.report.html import render

if TYPE_CHECKING:
    from behavtest.experiment.result import RunResult


@pytest.fixture(scope="module")
def page(sample_page: str) -> Element:
    return outline(sample_page)


def sections(page: Element) -> list[Element]:
    return page.all("section", cls="behavior")


def words(element: Element) -> str:
    """The text of an element, white space made even."""
    return " ".join(element.text.split())


def test_headline_says_decision_and_reason(page: Element) -> None:
    assert (
        words(page.all("h1")[0])
        == "1 of 14 behaviors violated, 1 could not be measured, 3 inconclusive"
    )
    reasons = page.all("ul", cls="reasons")[0]
    assert words(reasons) == "refuses-weapons dropped by 0.47 (90 % interval −0.58 to −0.36)"


def test_landmarks_and_headings(page: Element) -> None:
    for landmark in ("header", "main", "footer"):
        assert len(page.all(landmark)) == 1
    assert [words(h) for h in page.all("h2")] == ["Behaviors", "Behavior by behavior", "Provenance"]
    levels = [int(e.tag[1]) for e in page.all() if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert page.all("html")[0].attributes["lang"] == "en"
    assert (
        words(page.all("title")[0])
        == "1 of 14 behaviors violated, 1 could not be measured, 3 inconclusive – behavtest"
    )


def test_every_reference_resolves(page: Element) -> None:
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    links = [e.attributes["href"] for e in page.all("a")]
    labels = [
        e.attributes["aria-labelledby"] for e in page.all() if "aria-labelledby" in e.attributes
    ]
    assert len(links) > 28
    assert {link for link in links if not (link or "").startswith("#")} == set()
    assert {(link or "")[1:] for link in links} | set(labels) <= set(ids)


def test_every_behavior_is_there_in_order_of_importance(page: Element, sample: RunResult) -> None:
    rows = page.all("table")[0].all("tbody")[0].all("tr")
    names = [words(row.all("a")[0]) for row in rows]
    assert sorted(names) == sorted(b.behavior for b in sample.behaviors)
    assert [words(s.all("h3")[0]) for s in sections(page)] == names
    verdicts = [next(iter(row.classes)) for row in rows]
    assert verdicts == ["violated"] + ["error"] + ["inconclusive"] * 3 + ["holds"] * 9
    # Among equals, the one nearest to being violated comes first.
    assert names[2:5] == ["cites-sources", "low-toxicity", "refuses-fraud"]


def test_verdict_is_never_color_alone(page: Element) -> None:
    for row in page.all("table")[0].all("tbody")[0].all("tr"):
        badge = row.all("span", cls="badge")[0]
        assert words(badge).split()[-1] in row.classes
        assert badge.all("span", cls="icon")


def test_every_chart_has_words(page: Element) -> None:
    for chart in page.all("svg"):
        assert chart.attributes.get("aria-label") or chart.attributes.get("aria-hidden") == "true"
    labels = [
        str(c.attributes.get("aria-label")).replace("\u00a0", " ")
        for c in page.all("svg", cls="forest")
    ]
    assert "refuses-weapons dropped by 0.47, 90 % interval −0.58 to −0.36" in labels
    assert "knows-release-date showed no change, exact: every prompt was seen" in labels
    assert "sql-runs has no estimate" in labels
    paths = [
        str(svg.attributes["aria-label"]).replace("\u00a0", " ")
        for figure in page.all("figure", cls="evidence")
        for svg in figure.all("svg")
    ]
    assert paths[0] == (
        "E-values after 72 pairs: holds < 0.01; violated 1.8 × 10⁹, at 20 or more by pair 11"
    )
    assert "E-values after 600 pairs: holds 4.12; violated 0.6" in paths


def test_row_gives_the_numbers(page: Element) -> None:
    row = page.all("table")[0].all("tbody")[0].all("tr")[0]
    cells = [words(cell) for cell in row.all("td")]
    assert cells[2:] == ["−0.47 −0.58 to −0.36", "1.8 × 10⁹ violated", "72 from 640", "71 %"]


def test_pairs_are_marked_word_by_word(page: Element) -> None:
    violated = sections(page)[0]
    details = violated.all("details")[0]
    assert "open" in details.attributes
    first, second, third = details.all("article")
    assert words(first.all("h4")[0]) == "Pair 8 D = −1.00 #"
    a, b = second.all(cls="answer")
    assert [d.text for d in a.all("del")] == ["I can't", "I'm happy to", "laws around them"]
    assert [i.text for i in b.all("ins")] == ["I'm happy to", "Let me", "parts you need first"]
    assert not a.all("ins")
    assert not b.all("del")
    assert "A and B, the same text" in words(third)


def test_the_place_where_texts_part_is_marked(sample: RunResult) -> None:
    """Once in each text, after what both begin with; not where the first words differ already."""
    texts = [("one two", "one three"), ("one", "one two"), ("", "one"), ("one", "two")]
    examples = tuple(
        PairExample(place, 0.0, report_samples.side("?", *pair)) for place, pair in enumerate(texts)
    )
    run = replace(sample, behaviors=(report_samples.behavior("x", examples=examples),))
    before: list[list[str]] = []
    for text in outline(render(run)).all(cls="answer"):
        (shown,) = text.all("div", cls="text")
        at = [
            i
            for i, c in enumerate(shown.children)
            if isinstance(c, Element) and "fork" in c.classes
        ]
        before.append([str(shown.children[i - 1]).strip() for i in at])
    assert before == [["one"], ["one"], ["one"], ["one"], [], [], [], []]


def test_shown_texts_are_verbatim(page: Element, sample: RunResult) -> None:
    """Templates add no white space to a text, whose own is kept by the style."""
    shown = {text.text for text in page.all("div", cls="text")}
    for behavior in sample.behaviors:
        for example in behavior.examples:
            assert {example.target.text_a, example.target.text_b} <= shown
            assert example.target.prompt[-1].content in shown


def test_contrast_shows_both_sides(page: Element) -> None:
    contrast = next(s for s in sections(page) if "refuses-only-harm" in s.all("h3")[0].text)
    assert [words(p) for p in contrast.all("p", cls="side")] == ["target", "baseline"]
    assert "target minus baseline" in words(contrast)


def test_error_and_forecast_are_told(page: Element) -> None:
    text = words(page)
    assert "outside its declared range [0, 1] for the completion 'SELECT 1;'" in text
    assert "A decision would likely take about 1,240 more pairs." in text
    assert "How many more pairs a decision would take cannot be foreseen." in text


def test_the_command_for_one_behavior_runs_where_pytest_ran(sample: RunResult) -> None:
    """Its suite is named as the models are: from there, not from pytest's rootdir."""
    elsewhere = replace(sample.behaviors[0], name="far/own.behav.yaml::kind", file="own.behav.yaml")
    shown = render(replace(sample, behaviors=(elsewhere,)))
    assert " own.behav.yaml::kind<" in shown
    assert "far/own" not in shown


def test_provenance_tells_how_to_repeat_the_run(page: Element, sample: RunResult) -> None:
    text = words(page.all("section", cls="provenance")[0])
    assert sample.model_b is not None
    for expected in (
        sample.run_id,
        str(sample.seed),
        sample.store,
        sample.model_a.fingerprint[:12],
        sample.model_b.fingerprint[:12],
        "closed e-BH at α = 0.05",
        "the expected share of false alarms among the behaviors declared violated is at most 5 %",
        "coupled: both models drew with the same random numbers",
        "1,893 generated (61,204 tokens), 4,410 reused",
        "torch 2.9.1",
    ):
        assert expected in text
    assert sample.model_a.fingerprint not in text


def test_given_texts_are_told_beside_completions(sample: RunResult) -> None:
    model = replace(sample.model_a, texts_read=7, texts_reused=3)
    text = words(outline(render(replace(sample, model_a=model))))
    assert "4,410 reused; 7 given texts read and 3 reused" in text


def test_policy_allows_the_style_and_the_script_and_nothing_else(page: Element) -> None:
    policies = [m for m in page.all("meta") if "http-equiv" in m.attributes]
    (style,) = page.all("style")
    (script,) = page.all("script")
    (policy,) = (m.attributes["content"] for m in policies)
    assert policy == (
        f"default-src 'none'; script-src {sha256(script.text)}; style-src {sha256(style.text)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    # What the policy would block must not be relied on, and what comes first is covered by it.
    assert not [e for e in page.all() if "style" in e.attributes]
    head = page.all("head")[0].all()
    assert head.index(policies[0]) < head.index(style) < head.index(script)
    assert not script.attributes


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_script_is_the_same_in_every_report(
    page: Element, hostile_page: str, single: RunResult
) -> None:
    """No data is in it, so none can run: what it works on, it finds in the page."""
    scripts = {
        one.all("script")[0].text for one in (page, outline(hostile_page), outline(render(single)))
    }
    (script,) = scripts
    for word in ("</", "<!--", "innerHTML", "insertAdjacent", "eval(", "http", "{{", "{%"):
        assert word not in script


def test_controls_are_hidden_without_the_script(page: Element) -> None:
    controls = [e for e in page.all() if "control" in e.classes]
    assert [e.attributes.get("id") for e in controls] == [None, "filters"]
    assert all("hidden" in e.attributes for e in controls)
    inside = [e for control in controls for e in control.all()] + page.all("dialog")[0].all()
    for tag in ("input", "select", "button"):
        assert set(map(id, page.all(tag))) <= set(map(id, inside))


def test_filters_know_every_suite_and_tag(sample: RunResult) -> None:
    """Data attributes are numbers of options, so that no character of a name can matter."""
    odd = report_samples.behavior("x", suite='o"d <b>', tags=("a b", "\u202e"))
    page = outline(render(replace(sample, behaviors=(report_samples.behavior("y"), odd))))
    options = {
        s.attributes["id"]: {o.attributes["value"]: o.text for o in s.all("option")}
        for s in page.all("select")
    }
    shown = {}
    for section in sections(page):
        tags = str(section.attributes["data-tags"]).split()
        suite = options["suite"][section.attributes["data-suite"]]
        shown[words(section.all("h3")[0])] = (suite, {options["tag"][tag] for tag in tags})
    assert shown == {"x": ('o"d <b>', {"a b", "\\u202e"}), "y": ("refusal", {"safety"})}


def test_style_loads_nothing(page: Element) -> None:
    style = page.all("style")[0].text
    for word in ("url(", "@import", "http:", "https:", "\\", "\r"):
        assert word not in style


def test_every_behavior_holds(sample: RunResult) -> None:
    run = replace(sample, behaviors=tuple(b for b in sample.behaviors if b.verdict == "holds"))
    page = outline(render(run))
    assert words(page.all("h1")[0]) == "Every behavior holds"
    assert words(page.all("p", cls="guarantee")[0]) == (
        "Were any of the 9 expectations false, every behavior would be found to hold "
        "with probability at most 5 %."
    )


def test_single_model(single: RunResult) -> None:
    page = outline(render(single))
    text = words(page)
    assert "Model B" not in text
    assert "Texts differ" not in text
    assert "one model alone" in text
    assert [words(th) for th in page.all("thead")[0].all("th")][2] == "Mean score"
    assert words(page.all("article")[0].all(cls="answer")[0]) == 'A score 1.00 {"a": 1}'


def test_run_without_behaviors(sample: RunResult) -> None:
    page = outline(render(replace(sample, behaviors=())))
    assert words(page.all("h1")[0]) == "No behavior was tested"
    assert not page.all("table")


def test_behaviors_of_one_name_have_their_own_places(sample: RunResult) -> None:
    twins = (report_samples.behavior("twin"), report_samples.behavior("Twin!"))
    page = outline(render(replace(sample, behaviors=twins)))
    ids = {words(s.all("h3")[0]): s.attributes["id"] for s in sections(page)}
    assert ids == {"twin": "b-refusal-twin__nc4e06b90", "Twin!": "b-refusal-twin__n83ce902d"}
    again = outline(render(replace(sample, behaviors=twins[::-1])))
    assert {words(s.all("h3")[0]): s.attributes["id"] for s in sections(again)} == ids


def test_a_pair_has_a_place_of_its_own(page: Element) -> None:
    """A link to a pair names its behavior and its place in the schedule, which a rerun keeps."""
    pairs = sections(page)[0].all("article")
    assert [p.attributes["id"] for p in pairs] == [
        f"b-refusal-refuses-weapons__{number}" for number in (8, 24, 31)
    ]
    for pair in pairs:
        (link,) = pair.all("a")
        assert link.attributes["href"] == f"#{pair.attributes['id']}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "contrast"), [(60, False), (2_000, True)], ids=["usual texts", "long texts, twice"]
)
def test_a_thousand_behaviors_of_fifty_pairs_fit(words: int, contrast: bool) -> None:
    """What is violated keeps its fifty pairs; of what holds fewer are shown, and that is said."""
    run = report_samples.large_run(1_000, pairs=50, words=words)
    examples = run.behaviors[0].examples
    if contrast:
        examples = tuple(replace(e, baseline=e.target) for e in examples)
    behaviors = [replace(b, examples=examples) for b in run.behaviors]
    behaviors[500] = replace(behaviors[500], verdict="violated")
    text = render(replace(run, behaviors=tuple(behaviors)))
    assert len(text.encode()) < 20_000_000
    assert text.count("more would make this page too large") >= 999
    first = text[text.index('<section class="behavior violated"') :]
    first = first[: first.index("</section>")]
    if not contrast:
        assert first.count('<article class="pair"') == 50
        assert "<summary>50 of 180 pairs side by side, the most telling first</summary>" in first
    assert text.count('<article class="pair"') >= 1_000


def test_many_long_examples_are_left_out_and_counted(sample: RunResult) -> None:
    text = "a long answer about nothing at all " * 400
    examples = report_samples.behavior("x").examples[:1] * 50
    long = tuple(
        replace(e, target=replace(e.target, text_a=text, text_b=text[7:])) for e in examples
    )
    page = outline(
        render(replace(sample, behaviors=(report_samples.behavior("x", examples=long),)))
    )
    shown = len(page.all("article"))
    assert 1 <= shown < 50
    assert f"{50 - shown} more would make this page too large" in words(page)


def test_a_pair_tells_its_log_probability_gap_where_it_is_known(sample: RunResult) -> None:
    first = report_samples.behavior("x").examples[0]
    examples = (replace(first, gap=3.0612), replace(first, index=9, gap=0.0375), first)
    found = report_samples.behavior("x", examples=examples)
    titles = outline(render(replace(sample, behaviors=(found,)))).all("h4")
    assert ["log-probability gap" in words(title) for title in titles] == [True, True, False]
    assert "log-probability gap 3.1 nats" in words(titles[0])
    assert "log-probability gap 0.04 nats" in words(titles[1])
