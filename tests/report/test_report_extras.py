"""Sections of plugins: shown as text on the page, whole in the JSON, a sentence in the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_samples
from html_outline import Element, outline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from behavtest.core import ReportSection, Table
from behavtest.report import read_json, write_json
from behavtest.report.html import render
from behavtest.report.lines import result_lines

JUDGES = ReportSection(
    "Judges",
    ("How often the judge errs.", "Measured on labelled examples."),
    (
        Table(
            ("behavior", "n", "sensitivity"),
            (("polite", 1200, 0.95123), ("kind", 40, 1.0)),
            "Error rates",
        ),
        Table(("nothing", "mixed"), (("x", 1), ("y", "none"))),
    ),
    "sensitivity 0.95",
)


def shown(*sections: ReportSection) -> Element:
    return outline(render(replace(report_samples.sample_run(), sections=sections)))


def words(element: Element) -> str:
    return " ".join(element.text.split())


def test_a_section_stands_between_the_behaviors_and_the_provenance():
    page = shown(JUDGES, replace(JUDGES, title="More"))
    headings = [words(one) for one in page.all("h2")]
    assert headings == ["Behaviors", "Behavior by behavior", "Judges", "More", "Provenance"]
    first, _ = page.all("section", cls="extra")
    assert [words(one) for one in first.all("p")] == list(JUDGES.paragraphs)
    assert words(first.all("caption")[0]) == "Error rates"
    cells = [words(one) for one in first.all("table")[0].all("td")]
    assert cells == ["polite", "1,200", "0.9512", "kind", "40", "1"]


def test_a_column_of_numbers_is_set_as_one():
    table, mixed = shown(JUDGES).all("section", cls="extra")[0].all("table")
    assert [one.attributes.get("class") for one in table.all("th")] == [None, "num", "num"]
    assert [one.attributes.get("class") for one in mixed.all("th")] == [None, None]


def test_a_long_text_is_cut_and_said():
    page = shown(ReportSection("Long", ("x" * 5000,)))
    assert "1,000 more characters not shown" in page.all("section", cls="extra")[0].text


def test_a_sentence_for_the_terminal_is_one_line_without_escapes():
    run = replace(
        report_samples.sample_run(),
        sections=(JUDGES, replace(JUDGES, title="A\x1b[2J\nB", brief="b"), ReportSection("silent")),
    )
    lines = [line.text for line in result_lines(run)]
    assert "Judges: sensitivity 0.95" in lines
    assert "A␛[2J B: b" in lines
    assert not any("silent" in line for line in lines)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Table((), ()), "at least one column"),
        (lambda: Table(("a", "b"), (("x",),)), "a row has 1 cells, the table has 2 columns"),
        (lambda: Table(("a",), ((float("nan"),),)), "a cell is NaN"),
        (lambda: ReportSection(" "), "needs a title"),
    ],
)
def test_what_cannot_be_shown_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
_CELLS = _TEXTS | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
_TABLES = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        Table,
        columns=st.tuples(*[_TEXTS] * width),
        rows=st.lists(st.tuples(*[_CELLS] * width), max_size=2).map(tuple),
        caption=_TEXTS,
    )
)
_SECTIONS = st.builds(
    ReportSection,
    title=_TEXTS.filter(str.strip),
    paragraphs=st.lists(_TEXTS, max_size=2).map(tuple),
    tables=st.lists(_TABLES, max_size=2).map(tuple),
    brief=_TEXTS,
)


@given(st.lists(_SECTIONS, max_size=2).map(tuple))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_section_survives_the_json_and_the_page(tmp_path, sections):
    run = replace(report_samples.single_run(), sections=sections)
    write_json([run], tmp_path / "run.json")
    assert read_json(tmp_path / "run.json") == (run,)
    assert len(outline(render(run)).all("section", cls="extra")) == len(sections)
