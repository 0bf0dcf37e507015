"""``multiple_choice``: which option an answer picks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_texts import HOSTILE, completion_of, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import ScorerSpecError, builtin_registry, check_prompt
from behavtest.scoring.picking import Options

_CITIES = ("Lyon", "Paris", "Paris, Texas", "none of the above")
_READ = Options(_CITIES, "ABCD")


@pytest.mark.parametrize(
    ("answer", "picked"),
    [
        # the whole answer
        *[(text, "B") for text in ("B", "(b)", "B.", "**B**", "\u201cB\u201d", "Paris", "paris.")],
        ("A", "A"),
        ("None of\n the above.", "D"),
        ("<answer>B</answer>", "B"),
        # said so
        ("The answer is B because it is the capital.", "B"),
        ("**Answer:** b)", "B"),
        ("Answer:\n\nB", "B"),
        ("The correct answer is (C) Paris, Texas.", "C"),
        ("Lyon is big, but the answer is Paris.", "B"),
        ("The answer is Paris, not Lyon.", "B"),
        ("Option A is wrong. Option B is correct.", "B"),
        ("I'd go with (D).", "D"),
        ("$\\boxed{\\text{B}}$", "B"),
        ("It is option B", "B"),
        ("The answer is B, and A is wrong.", "B"),
        ("The answer is A because of the river.", "A"),
        ("The answer is A or B.", "AB"),
        ("The answers are A, B and C.", "ABC"),
        # at the beginning
        ("B) Paris", "B"),
        ("B: Lyon is smaller", "B"),
        ("B\nParis is the capital.", "B"),
        ("B because it is.", "B"),
        ("**B.** Paris", "B"),
        ("Paris, not Lyon", "B"),
        ("A and B", "AB"),
        # what is ruled out first is not picked
        ("A is wrong, since the Rhone is there. So it's B.", "B"),
        ("A is not the capital. B is.", "B"),
        ("Lyon is not the capital. Paris is.", "AB"),
        # beside each other
        ("The capital is B, Paris, though Lyon is older.", "B"),
        ("Of Lyon and the others, Paris (B) is the largest.", "B"),
        ("It's Paris, not A (Lyon).", "AB"),
        ("A, Lyon, and B, Paris", "AB"),
        # anywhere
        ("It is Paris.", "B"),
        ("Both Lyon and Paris.", "AB"),
        ("Let us see: (A) is out, so (B)", "AB"),
        ("I think it's B", "B"),
        ("Both A and B are capitals.", "AB"),
        ("A fine choice is B", "B"),
        # nothing
        *[(text, "") for text in ("", "I don't know", "A dog.", "Parisian", "E", "Z) foo")],
        ("The answer is a bit complex.", ""),
    ],
)
def test_picks(answer: str, picked: str) -> None:
    assert _READ.picked(answer) == {"ABCD".index(label) for label in picked}


@pytest.mark.parametrize(
    ("options", "answer", "picked"),
    [
        (["Yes", "No"], "Yes, there is no reason against it", {0}),
        (["Yes", "No"], "Certainly not", set()),
        (["A", "B", "C"], "It's a good question: B", {1}),
        (["C", "C++"], "C++ of course", {1}),
        (["3", "13"], "It makes 13.", {1}),
        (["B", "A"], "A", {1}),
    ],
)
def test_options_that_look_alike(options: list[str], answer: str, picked: set[int]) -> None:
    assert Options(options, "ABCDE"[: len(options)]).picked(answer) == picked


@pytest.mark.parametrize(
    ("arguments", "text", "score"),
    [
        ({"options": ["Lyon", "Paris"], "answer": "Paris"}, "B", 1),
        ({"options": ["Lyon", "Paris"], "answer": "B"}, "Paris", 1),
        ({"options": ["Lyon", "Paris"], "answer": "Paris"}, "A", 0),
        ({"options": ["Lyon", "Paris"], "answer": "Paris"}, "A or B", 0),
        ({"options": ["Lyon", "Paris"], "answer": "Paris"}, "no idea", 0),
        ({"options": ["red", "sky", "sea"], "answer": ["sky", "sea"]}, "C", 1),
        ({"options": ["red", "sky"], "answer": "2", "labels": "numbers"}, "2)", 1),
        ({"options": ["{{ wrong }}", "{{ right }}"], "answer": "{{ right }}"}, "C.", 1),
    ],
)
def test_scores(arguments: object, text: str, score: float) -> None:
    fields = {"wrong": ["Lyon", "Nice"], "right": "Paris"}
    assert score_of({"multiple_choice": arguments}, text, **fields) == score


_NAMES = st.text(alphabet="bcdfghjklmnpqrstvwxyz", min_size=3, max_size=9)


@settings(max_examples=40)  # each compiles its expressions
@given(st.lists(_NAMES, min_size=2, max_size=10, unique=True), st.data())
def test_whatever_the_options_each_is_picked_by_text_and_by_label(
    options: list[str], data: st.DataObject
) -> None:
    labels = "ABCDEFGHIJ"[: len(options)]
    chosen = data.draw(st.integers(0, len(options) - 1))
    form = data.draw(st.sampled_from(["{}", " {}. ", "The answer is {}.", "Answer: {}", "**{}**"]))
    read = Options(options, labels)
    assert read.picked(form.format(options[chosen])) == {chosen}
    assert read.picked(form.format(labels[chosen])) == {chosen}


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert _READ.picked(text) <= {0, 1, 2, 3}


def test_quick_on_hostile_text() -> None:
    parts = (
        "the answer is ",
        "(a",
        "a or ",
        "answer: a, ",
        "answer is b, or the option ",
        "paris ",
    )
    for text in [*HOSTILE.values(), *(part * (10**6 // len(part)) for part in parts)]:
        start = time.perf_counter()
        _READ.picked(text)
        assert time.perf_counter() - start < 5


def test_quick_where_texts_are_labels_of_other_options() -> None:
    options = Options(["2", "3", "1"], ["1", "2", "3"])
    start = time.perf_counter()
    assert options.picked("1 or 2 or " * 20) == {2}
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (None, "found nothing (null), expected {options: [Paris, Lyon], answer: Paris}"),
        ({"options": ["a", "b"]}, "multiple_choice needs 'answer' among its arguments"),
        ({"answer": "a"}, "multiple_choice needs 'options' among its arguments"),
        ({"option": ["a"]}, "has no argument 'option'; did you mean 'options'?"),
        ({"options": [], "answer": "a"}, "options: found an empty list"),
        ({"options": [1, 2], "answer": "a"}, "options: found the number 1, expected text"),
        (
            {"options": ["a", "b"], "answer": "a", "labels": "number"},
            "expected one of letters, numbers; did you mean 'numbers'?",
        ),
    ],
)
def test_wrong_arguments(arguments: object, message: str) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build({"multiple_choice": arguments})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "answer", "message"),
    [
        (["Lyon", "Paris"], "Rome", "'Rome' is neither among the options ('Lyon', 'Paris') nor"),
        (["Lyon", "Paris"], "C", "one of their labels (A to B)"),
        (["Lyon", "Paris"], ["A", "B"], "every option is right"),
        (["Lyon", "Paris"], [], "there is no answer"),
        (["Paris", "paris."], "A", "the option 'paris.' cannot be told from others"),
        (["**", "Paris"], "B", "the option '**' cannot be told from others"),
        ([f"x{i}" for i in range(27)], "A", "there are 27 options; at most 26 have a label"),
    ],
)
def test_prompts_that_make_no_question_are_refused(
    options: list[str], answer: object, message: str
) -> None:
    spec = {"multiple_choice": {"options": "{{ options }}", "answer": "{{ answer }}"}}
    scorer = builtin_registry().build(spec)
    with pytest.raises(ScoreError) as caught:
        check_prompt(scorer, completion_of("", options=options, answer=answer).prompt)
    assert message in str(caught.value)


def test_names_say_the_arguments() -> None:
    spec = {"multiple_choice": {"options": ["a", "b"], "answer": "b", "labels": "numbers"}}
    name = builtin_registry().build(spec).name
    assert name == "multiple_choice(['a', 'b'], answer=['b'], labels=numbers)"
