# ruff: noqa: RUF001 - signs as people read them are what is tested
from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from itertools import pairwise
from pathlib import Path

import calibration_samples as samples
import pytest
from html_outline import Element, outline

from behavtest.experiment.calibration.result import Share
from behavtest.report.calibration.chart import (
    PANEL_HEIGHT,
    PANEL_WIDTH,
    power_panel,
    range_axis,
    range_row,
    rate_chart,
)
from behavtest.report.calibration.html import render_calibration, write_calibration


@pytest.fixture(scope="module")
def text() -> str:
    return render_calibration(samples.calibration())


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return outline(text)


@pytest.fixture(scope="module")
def attacked() -> str:
    return render_calibration(samples.hostile())


def words(element: Element) -> str:
    return " ".join(element.text.split())


def test_it_says_what_was_measured_and_no_more(page: Element) -> None:
    assert words(page.all("h1")[0]) == "0 of 20 runs raised a false alarm"
    assert [words(one) for one in page.all("ul", cls="reasons")[0].all("li")] == [
        "At most 14 % with 95 % confidence; alpha allows 5 %.",
        "20 runs cannot show a rate below alpha: even without an alarm that takes 59.",
        "Resampled from the measured scores, 3 of 4,000 simulated runs raised one; the simulation's own error leaves at most 0.194 %.",
    ]
    assert not page.all("header", cls="violated")


def test_more_alarms_than_allowed_are_the_headline() -> None:
    page = outline(render_calibration(samples.alarmed()))
    assert page.all("header", cls="violated")
    assert words(page.all("h1")[0]) == "8 of 20 runs raised a false alarm"
    assert "cannot be trusted" in words(page.all("ul", cls="reasons")[0])
    assert words(page.all("td", cls="alarmed")[0]) == "8 of 20"


def test_every_behavior_has_a_row_with_its_numbers(page: Element) -> None:
    rows = page.all("table")[0].all("tbody")[0].all("tr")
    assert len(rows) == 4
    cells = [words(cell) for cell in rows[0].all("td")]
    assert cells == ["0 of 20", "85 %", "15 %", "623", "0.95", "", "−0.28", "−0.19"]
    assert [words(cell) for cell in rows[2].all("td")][-2:] == ["none", "none"]
    assert "A's mean is 0.030: no model can score lower" in words(rows[2])
    assert "no score at line 3" in words(rows[3])
    assert [words(cell) for cell in rows[3].all("td")][-2:] == ["—", "—"]


def test_a_curve_is_drawn_where_there_is_something_to_notice(page: Element) -> None:
    panels = page.all("svg", cls="power")
    assert len(panels) == 2
    for panel in panels:
        assert {"coupled", "independent"} <= {
            name for line in panel.all("polyline") for name in line.classes
        }
        assert panel.all("circle", cls="coupled")
        assert panel.all("path", cls="independent")


def test_every_chart_has_words(page: Element) -> None:
    texts = {e.attributes.get("id"): words(e) for e in page.all()}
    for chart in page.all("svg"):
        labels = chart.attributes.get("aria-labelledby")
        if labels:
            assert all(texts[one] for one in labels.split())
        else:
            assert (
                chart.attributes.get("aria-label") or chart.attributes.get("aria-hidden") == "true"
            )
    assert texts["power-1-text"] == (
        "Up to −0.050 is allowed. Detectable, independent: a change of −0.28; "
        "coupled: a change of −0.19."
    )
    assert "measured: 0 of 20 runs, between 0 % and 14 %." in texts["rates-text"]


def test_references_resolve_and_headings_descend(page: Element) -> None:
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.all():
        if element.tag == "link":
            assert (element.attributes["href"] or "").startswith("data:image/svg+xml,")
            continue
        for name in ("aria-labelledby", "href"):
            value = element.attributes.get(name) or ""
            assert set(value.replace("#", "").split()) <= set(ids)
    levels = [int(e.tag[1]) for e in page.all() if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_left_out_behaviors_are_listed_with_the_reason(page: Element) -> None:
    assert "about one model alone" in words(page)
    assert "exact decoded greedily, where A answers twice the same" in words(page)
    assert not outline(render_calibration(samples.calibration(left_out=()))).all(
        "h2", cls="left-out"
    )


def test_the_policy_allows_the_one_style_and_nothing_else(text: str, page: Element) -> None:
    policy = next(
        e.attributes["content"]
        for e in page.all("meta")
        if e.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert ".curve.coupled" in style[1]
    assert ".behaviors" in style[1]
    assert not [e for e in page.all() if "style" in e.attributes or e.tag == "script"]


def test_no_element_or_attribute_is_born_from_data(attacked: str) -> None:
    page = outline(attacked)
    drawn = {e.tag for e in page.all()}
    assert drawn <= {e.tag for e in outline(render_calibration(samples.calibration())).all()}
    for element in page.all():
        assert not any(name.startswith("on") for name in element.attributes)
        assert "src" not in element.attributes
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in attacked
    assert "{{ 7 * 7 }}" in attacked


def test_no_acting_character_reaches_the_page(attacked: str) -> None:
    odd = {
        character
        for character in attacked
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    }
    assert odd <= {"\n", "\t", "\u200c", "\u200d"}


def test_it_is_written_whole(tmp_path: Path, text: str) -> None:
    write_calibration(samples.calibration(), tmp_path / "c.html")
    assert (tmp_path / "c.html").read_text("utf-8") == text
    assert [file.name for file in tmp_path.iterdir()] == ["c.html"]


def test_curves_stay_in_their_panel_and_rise() -> None:
    panel = power_panel(samples.power())
    for curve in (panel.coupled, panel.independent):
        points = [tuple(map(float, point.split(","))) for point in curve.points.split()]
        assert all(0 < x < PANEL_WIDTH and 0 < y < PANEL_HEIGHT for x, y in points)
        assert points == sorted(points, key=lambda point: (point[0], -point[1]))
    assert panel.allowed < panel.coupled.detectable < panel.independent.detectable
    assert [tick.label for tick in panel.ticks] == ["0", "−0.2", "−0.4", "−0.6", "−0.8"]


def test_a_rise_is_labeled_as_one() -> None:
    panel = power_panel(samples.power(boundary=0.1, reach=0.5))
    assert [tick.label for tick in panel.ticks] == ["0", "+0.1", "+0.2", "+0.3", "+0.4", "+0.5"]


def test_detectable_changes_share_a_scale() -> None:
    powers = [samples.power(), samples.power(boundary=-0.4), samples.power(detectable=False)]
    axis = range_axis(powers)
    wide, allowed, nothing = (range_row(power, axis) for power in powers)
    assert wide.coupled == allowed.coupled
    assert allowed.allowed > wide.allowed
    assert nothing.coupled is None
    assert nothing.ticks == wide.ticks


def test_rates_are_placed_beside_alpha() -> None:
    chart = rate_chart(
        [("measured", "", Share.of(0, 20)), ("simulated", "", Share.of(40, 4000))], alpha=0.05
    )
    measured, simulated = chart.rows
    assert measured.low == measured.rate < simulated.rate < simulated.high < chart.alpha
    assert chart.alpha < measured.high
    assert rate_chart([("all", "", Share.of(5, 5))], alpha=0.05).rows[0].high < 620
