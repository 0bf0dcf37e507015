"""The first token that differs is framed in both texts, and a table says what else was likely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import report_samples
from html_outline import Element, outline
from report_samples import fork, side

from behavtest.experiment.examples import Alternative, Fork, PairExample, TokenMark
from behavtest.report.alternatives import line, next_tokens
from behavtest.report.diff import Span
from behavtest.report.excerpt import Fragment, excerpt
from behavtest.report.html import render
from behavtest.report.html_extra import html_extra
from behavtest.report.pair_lines import pair_lines

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.examples import Side


def told(fragments: tuple[Fragment, ...]) -> str:
    """Write an excerpt down: the token in brackets, a removed stretch between dashes."""
    signs = {"fork": "▾", "end": "■"}
    parts = []
    for one in fragments:
        text = signs.get(one.kind, "".join(piece.text for piece in one.pieces))
        text = f"-{text}-" if one.kind == "removed" else text
        parts.append(f"[{text}]" if one.token else text)
    return "".join(parts)


def even(text: str) -> str:
    """Make white space even."""
    return " ".join(text.split())


SPANS = (Span("same", "It is "), Span("removed", "Nairobi"), Span("same", "."))


@pytest.mark.parametrize(
    ("start", "stop", "ends", "expected"),
    [
        (6, 9, False, "It is ▾[-Nai-]-robi-."),
        (9, 13, False, "It is -Nai-▾[-robi-]."),
        (5, 9, False, "It is▾[ ][-Nai-]-robi-."),
        (5, 6, False, "It is▾[ ]-Nairobi-."),
        (0, 14, False, "▾[It is ][-Nairobi-][.]"),
        (13, 14, False, "It is -Nairobi-▾[.]"),
        (0, 2, False, "▾[It] is -Nairobi-."),
        (14, 14, True, "It is -Nairobi-.▾■"),
        (6, 6, False, "It is ▾-Nairobi-."),
        (90, 95, False, "It is -Nairobi-.▾"),
    ],
)
def test_the_token_is_cut_out_of_whatever_the_words_are(start, stop, ends, expected) -> None:
    assert told(excerpt(SPANS, mark=TokenMark(start, stop, ends))) == expected


def test_without_a_token_nothing_is_marked() -> None:
    assert told(excerpt(SPANS)) == "It is -Nairobi-."


def test_an_empty_text_ends_at_once() -> None:
    assert told(excerpt((), mark=TokenMark(0, 0, ends=True))) == "▾■"


def test_a_token_deep_in_a_long_text_is_shown() -> None:
    spans = (
        Span("same", "word " * 10_000),
        Span("removed", "yes" * 9),
        Span("same", " no" * 9_000),
    )
    shown = told(excerpt(spans, mark=TokenMark(50_000, 50_003)))
    assert "word ▾[-yes-]-yes" in shown
    assert "left out" in shown


def test_a_token_behind_what_is_shown_is_not() -> None:
    spans = (Span("removed", "x" * 9_000),)
    assert "▾" not in told(excerpt(spans, mark=TokenMark(8_000, 8_001)))


def test_the_most_likely_first_and_the_chosen_told_apart() -> None:
    found = next_tokens(fork(" Lagos", "", others=(" x\n", "rare")))
    assert found is not None
    shown = [tuple(map(even, (one.plain, one.a, one.b, one.chosen))) for one in found.tokens]
    assert shown == [
        ("“␣Lagos”", "62 %", "4.1 %", "A"),
        ("ended here", "< 0.1 %", "53 %", "B"),
        ("“␣x↵”", "20 %", "10 %", ""),
        ("“rare”", "10 %", "5 %", ""),
    ]
    said = even(line(found.chosen))
    assert said == "A chose “␣Lagos” (A 62 %, B 4.1 %), B chose ended here (A < 0.1 %, B 53 %)"
    assert [(one.width_a, one.width_b) for one in found.tokens][:2] == [(12, 1), (0, 11)]


def test_what_hardly_any_model_would_say_is_left_out_unless_it_was_said() -> None:
    alternatives = (
        Alternative("said", 0.0004, 0.0002, "a"),
        Alternative("rare", 0.0004, 0.0002),
        Alternative("other", None, 0.4, "b"),
    )
    found = next_tokens(Fork(0, TokenMark(0, 4), TokenMark(0, 5), alternatives))
    assert found is not None
    assert [one.plain for one in found.tokens] == ["“said”", "“other”"]
    assert found.tokens[1].a == "—", "model A was not asked"


@pytest.mark.parametrize("place", [None, Fork(0, TokenMark(0, 1), TokenMark(0, 1))])
def test_nothing_asked_nothing_told(place) -> None:
    assert next_tokens(place) is None


def test_a_huge_token_is_cut() -> None:
    found = next_tokens(fork("x" * 9_000, ""))
    assert found is not None
    assert len(found.tokens[0].plain) < 50


def behavior(*sides: Side) -> BehaviorResult:
    examples = tuple(PairExample(n, -1.0, one) for n, one in enumerate(sides))
    return report_samples.behavior("x", "violated", examples=examples)


def words(element: Element) -> str:
    return even(element.text)


ASKED = replace(side("Where?", "It is Nairobi.", "It is", b=0.0), fork=fork("Nairobi", "", start=6))
ENDED = replace(ASKED, fork=replace(ASKED.fork, b=TokenMark(5, 5, ends=True)))


@pytest.fixture
def page() -> Element:
    found = behavior(ENDED, side("Who?", "Ann", "Bob"))
    return outline(render(replace(report_samples.sample_run(), behaviors=(found,))))


def test_in_the_page_it_is_framed_and_the_table_is_folded(page) -> None:
    first, second = page.all("article")
    assert [words(mark) for mark in first.all("mark")] == ["Nairobi", "ended here"]
    (details,) = first.all("details")
    assert "open" not in details.attributes
    (summary,) = details.all("summary")
    said = "A chose Nairobi (A 62 %, B 4.1 %), B chose ended here (A < 0.1 %, B 53 %)"
    assert words(summary) == f"First token that differs: {said}"
    rows = [
        [words(cell) for cell in row.children if isinstance(cell, Element)]
        for row in details.all("tr")
    ]
    assert rows[0] == ["likely there", "A", "B", "chosen by"]
    assert rows[1] == ["Nairobi", "62 %", "4.1 %", "A"]
    assert rows[2] == ["ended here", "< 0.1 %", "53 %", "B"]
    assert rows[-1][0] == "<b>"
    headers = [cell.attributes["scope"] for cell in details.all("th")]
    assert headers == ["col"] * 4 + ["row"] * (len(rows) - 1)
    assert not second.all("mark")
    assert not second.all("details")


def test_pytest_html_and_the_terminal_tell_it_too() -> None:
    found = behavior(ENDED)
    piece = outline(html_extra(found))
    assert "ended here" in words(piece)
    assert [words(mark) for mark in piece.all("mark")] == ["Nairobi"]
    assert "first token that differs" in words(piece)
    lines = even(" ".join(pair_lines(found.examples[0], 1, found)))
    assert "first token that differs: A chose “Nairobi” (A 62 %, B 4.1 %), B chose" in lines


def test_a_hostile_token_acts_nowhere() -> None:
    attack = "\x1b[31m</code><script>\u202e::error::"
    asked = replace(
        side("?", attack, "b", b=0.0), fork=fork(attack, "b", others=(attack, "\u200b"))
    )
    found = behavior(asked)
    text = render(replace(report_samples.sample_run(), behaviors=(found,)))
    text += html_extra(found) + "\n".join(pair_lines(found.examples[0], 1, found))
    assert not set(text) & set("\x1b\u202e\u200b")
    assert "</code><script>" not in text.split("first token that differs")[0]
    assert not any(each.strip().startswith("::") for each in text.splitlines())
