# ruff: noqa: RUF001 - signs as people read them are what is tested
from __future__ import annotations

import re
import unicodedata

import pytest
from html_outline import outline
from hypothesis import given
from hypothesis import strategies as st
from report_samples import HOSTILE

from behavtest.report.hostile import Piece, one_line, plain, reveal

TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "a",
        "header",
        "div",
        "p",
        "strong",
        "span",
        "time",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "li",
        "b",
        "dl",
        "dt",
        "dd",
        "main",
        "section",
        "svg",
        "line",
        "circle",
        "path",
        "rect",
        "text",
        "polyline",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "details",
        "summary",
        "article",
        "del",
        "ins",
        "pre",
        "code",
        "footer",
        "script",
        "label",
        "input",
        "fieldset",
        "legend",
        "select",
        "option",
        "output",
        "button",
        "kbd",
        "dialog",
        "mark",
        "em",
    ]
)
ATTRIBUTES = frozenset(
    [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "rel",
        "href",
        "class",
        "datetime",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "id",
        "viewbox",
        "width",
        "height",
        "focusable",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "d",
        "points",
        "text-anchor",
        "role",
        "scope",
        "data-label",
        "dir",
        "title",
        "open",
        "hidden",
        "type",
        "value",
        "checked",
        "placeholder",
        "autocomplete",
        "spellcheck",
        "aria-haspopup",
        "data-verdict",
        "data-suite",
        "data-tags",
    ]
)


def test_no_element_or_attribute_is_born_from_data(hostile_page: str) -> None:
    """Nothing but what the templates hold is there, and none of it is left open or closed early."""
    page = outline(hostile_page)
    assert {e.tag for e in page.all()} <= TAGS
    assert {name for e in page.all() for name in e.attributes} <= ATTRIBUTES
    assert len(page.all("section", cls="behavior")) == len(HOSTILE)
    assert len(page.all("style")) == len(page.all("script")) == 1
    assert [
        e.attributes["href"] for e in page.all("a") if not str(e.attributes["href"]).startswith("#")
    ] == []


def test_attacks_are_shown_as_text(hostile_page: str) -> None:
    text = outline(hostile_page).text
    for name in ("script", "breakout", "template", "css", "entity"):
        assert HOSTILE[name] in text


def test_no_acting_character_reaches_the_page(hostile_page: str) -> None:
    acting = {
        c
        for c in hostile_page
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    }
    # The two joiners stay where a script or an emoji needs them.
    assert acting == {"\n", "\u200c", "\u200d"}
    assert hostile_page.encode()


def test_no_character_reference_smuggles_one_in(hostile_page: str) -> None:
    text = outline(hostile_page).text
    assert not {c for c in text if unicodedata.category(c) in {"Cc", "Cs"}} - {"\n"}
    assert "\u202e" not in text
    # The reference in the data is text, not a reference.
    assert "&lt;script&gt;&#x202e;&amp;" in text


def test_a_megabyte_is_cut_and_said(hostile_page: str) -> None:
    assert len(hostile_page) < 1_000_000
    assert "996,000\u00a0more characters not shown" in hostile_page
    assert re.search(
        r"996,\d+ characters, the same in both, left out|more characters not shown", hostile_page
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ()),
        ("plain\n\ttext, café, 日本語", (Piece("plain\n\ttext, café, 日本語"),)),
        ("\x1b[31m", (Piece("␛", "U+001B"), Piece("[31m"))),
        ("a\u202eb", (Piece("a"), Piece("\\u202e", "RIGHT-TO-LEFT OVERRIDE"), Piece("b"))),
        ("\x00\x00\x00", (Piece("␀×3", "U+0000"),)),
        ("\x7f\x85", (Piece("␡\\x85", "U+007F and 1 more"),)),
        ("\ud800", (Piece("\\ud800", "U+D800"),)),
        ("\U000e0041", (Piece("\\U000e0041", "TAG LATIN CAPITAL LETTER A"),)),
        ("in\u200bvis", (Piece("in"), Piece("\\u200b", "ZERO WIDTH SPACE"), Piece("vis"))),
        ("in\u200cvis", (Piece("in"), Piece("\\u200c", "ZERO WIDTH NON-JOINER"), Piece("vis"))),
        ("می\u200cخواهم", (Piece("می\u200cخواهم"),)),
        ("👨\u200d👩", (Piece("👨\u200d👩"),)),
        (
            "e" + "\u0301" * 7,
            (Piece("e" + "\u0301" * 4), Piece("\\u0301×3", "COMBINING ACUTE ACCENT")),
        ),
    ],
)
def test_reveal(text: str, shown: tuple[Piece, ...]) -> None:
    assert reveal(text) == shown


def test_a_long_stand_in_is_counted() -> None:
    assert plain("\u200b\u200c" * 20).endswith("…+24")


@given(st.text(st.characters()))
def test_ordinary_characters_survive(text: str) -> None:
    """What is not a stand-in is the text itself, and no stand-in hides anything printable."""
    pieces = reveal(text)
    kept = "".join(piece.text for piece in pieces if not piece.odd)
    iterator = iter(text)
    assert all(character in iterator for character in kept)
    assert all(piece.text.isprintable() for piece in pieces if piece.odd)
    assert sum(
        c.isprintable() and not unicodedata.category(c).startswith("M") for c in text
    ) <= len(kept)


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("a/b", None, "a/b"),
        (" a\n\tb\r\n", None, "a b␍"),
        ("\x1b[31mred", None, "␛[31mred"),
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "…cdef"),
        ("abcdef", 1, "…"),
        ("", 5, ""),
    ],
)
def test_one_line(text: str, width: int | None, line: str) -> None:
    assert one_line(text, width) == line


@given(st.text(), st.integers(1, 40))
def test_one_line_is_one_line_of_its_width(text: str, width: int) -> None:
    line = one_line(text, width)
    assert len(line) <= width
    assert len(line.splitlines()) <= 1
