from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.report.diff import Span, diff
from behavtest.report.excerpt import clipped, excerpt

WORDS = st.lists(
    st.sampled_from(["the", "a", "can", "can't", " ", "  ", "\n", ".", ",", "日本", "x"]),
    max_size=30,
).map("".join)


def restored(spans: tuple[Span, ...], leaving_out: str) -> str:
    return "".join(span.text for span in spans if span.kind != leaving_out)


@given(WORDS | st.text(), WORDS | st.text())
def test_both_texts_can_be_restored(before: str, after: str) -> None:
    spans = diff(before, after)
    assert restored(spans, "added") == before
    assert restored(spans, "removed") == after
    assert all(span.text for span in spans)
    assert all(one.kind != next_.kind for one, next_ in pairwise(spans))


@given(WORDS)
def test_equal_texts_have_no_difference(text: str) -> None:
    assert diff(text, text) == ((Span("same", text),) if text else ())


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        (
            "I can help.",
            "I can't help.",
            [("same", "I "), ("removed", "can"), ("added", "can't"), ("same", " help.")],
        ),
        (
            "one two three",
            "one 2 3",
            [("same", "one "), ("removed", "two three"), ("added", "2 3")],
        ),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        (
            "Yes, sir.",
            "No, madam.",
            [("removed", "Yes, sir"), ("added", "No, madam"), ("same", ".")],
        ),
    ],
)
def test_words_are_the_unit(before: str, after: str, spans: list[tuple[str, str]]) -> None:
    assert list(diff(before, after)) == spans


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 200_000, "word " * 100_000 + "other " + "word " * 100_000),
        ("the " * 20_000, "the a " * 20_000),
        ("x" * 1_000_000, "x" * 999_999 + "y"),
        (" ".join(map(str, range(150_000))), " ".join(map(str, range(150_000, 0, -1)))),
        ("a b " * 3_000, "b a c " * 3_000),
    ],
)
def test_huge_and_repeating_texts_are_bounded(before: str, after: str) -> None:
    start = time.monotonic()
    spans = diff(before, after)
    assert time.monotonic() - start < 5.0
    assert restored(spans, "added") == before
    assert restored(spans, "removed") == after


def test_a_difference_deep_in_a_long_text_is_shown() -> None:
    before = "word " * 100_000 + "yes" + " word" * 100_000
    spans = diff(before, before.replace("yes", "no"))
    shown = excerpt(span for span in spans if span.kind != "added")
    kinds = [fragment.kind for fragment in shown]
    assert kinds == ["omitted", "same", "removed", "same", "omitted"]
    assert shown[0].pieces[0].text == "… 499,600 characters, the same in both, left out …"
    assert shown[2].pieces[0].text == "yes"


def test_an_excerpt_is_bounded() -> None:
    fragments = excerpt([Span("removed", "x" * 9_000), Span("same", "y" * 900)])
    assert [fragment.kind for fragment in fragments] == ["removed", "omitted"]
    assert len(fragments[0].pieces[0].text) == 4_000
    assert fragments[1].pieces[0].text == "… 5,900\u00a0more characters not shown …"


def test_a_clipped_text_says_so() -> None:
    assert clipped("") == ()
    assert [f.kind for f in clipped("abc", limit=3)] == ["same"]
    assert clipped("abcd", limit=3)[1].pieces[0].text == "… 1\u00a0more character not shown …"


def test_a_short_stretch_is_not_elided() -> None:
    spans = [Span("removed", "a"), Span("same", "b" * 1_000), Span("removed", "c" * 3_000)]
    kinds = [fragment.kind for fragment in excerpt(spans)]
    assert kinds == ["removed", "same", "removed", "omitted"]
