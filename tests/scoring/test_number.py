"""``number``: what is read as a number, and when it is the answer."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import HOSTILE, completion_of, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import ScorerSpecError, builtin_registry, check_prompt
from behavtest.scoring.number_text import numbers_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The answer is 1,234.5.", ["1234.5"]),
        ("\u22123", ["-3"]),
        ("x=-3, 5-3 and 5 - 3", ["-3", "5", "3", "5", "3"]),
        ("3/4 of 2 3/4", ["0.75", "2.75"]),
        ("1\u00bd or \u00bc", ["1.5", "0.25"]),
        (r"\frac{3}{4} of \$1{,}234 is $\boxed{925.5}$", ["0.75", "1234", "925.5"]),
        ("1e-3 and 2E5", ["0.001", "200000"]),
        ("1.5 \u00d7 10^8, 3x10^{-2}, 10\u2078 m\u00b2", ["150000000", "0.03", "100000000"]),
        ("$5, -$5.50, $-6, \u20ac7", ["5", "-5.5", "-6", "7"]),
        ("20 % of 5km at 50%-60%", ["20", "5", "50", "60"]),
        ("2.5 million people", ["2500000"]),
        ("1\u202f234\u202f567 and 1'000", ["1234567", "1000"]),
        ("3,5 and 1,2345", ["3", "5", "1", "2345"]),
        ("**42** #### 42", ["42", "42"]),
        (".5, -.5 and 0.5.", ["0.5", "-0.5", "0.5"]),
        ("5/10", ["0.5"]),
        # what is no number
        ("on 2024-05-01 or 5/1/2024 at 12:30:15, v1.2.3", []),
        ("the 3rd of GPT-4, x1, COVID-19, B2B", []),
        ("1/0", []),
        ("", []),
        # what counts only if there is nothing else
        ("1. Add.\n2. Multiply.\n3. The answer is 9", ["9"]),
        ("Step 1: 5 + 3 = 8", ["5", "3", "8"]),
        ("Step 3", ["3"]),
        ("42. That is the answer", ["42"]),
        ("1) is all", ["1"]),
        # words
        ("twelve", ["12"]),
        ("Twenty-one, sixty\u2011four and seventy two", ["21", "64", "72"]),
        ("minus three point one four", ["-3.14"]),
        ("two million three hundred thousand and five", ["2300005"]),
        ("a hundred", ["100"]),
        ("one, two and three", ["1", "2", "3"]),
        ("This one is twelve; one can see it", ["12"]),
        ("no one", ["1"]),
        ("a million", ["1000000"]),
        ("someone, tone, tents, millions", []),
        ("12, that is a dozen or twelve", ["12"]),
    ],
)
def test_numbers_are_read(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == [Fraction(number) for number in numbers]


@pytest.mark.parametrize(
    ("arguments", "text", "score"),
    [
        (42, "It is 41, no, 42.", 1),
        ({"answer": 42, "which": "first"}, "It is 41, no, 42.", 0),
        ({"answer": 42, "which": "only"}, "It is 41, no, 42.", 0),
        ({"answer": 42, "which": "only"}, "42, that is, 42.0", 1),
        ("1,234.5", "$1234.50", 1),
        ("twelve apples", "12", 1),
        (0.75, "3/4", 1),
        (-3, "3", 0),
        (0.3, "0.30000000000000004", 1),
        (10**20 + 1, "100000000000000000000", 0),
        ({"answer": 3.14159, "tolerance": 0.01}, "about 3.14", 1),
        ({"answer": 3.14159, "tolerance": 0.001}, "about 3.14", 0),
        ({"answer": 200, "relative": 0.05}, "210", 1),
        ({"answer": 200, "relative": 0.05}, "210.1", 0),
        ({"answer": -200, "relative": 0.05, "tolerance": 11}, "-211", 1),
        (0, "no idea", 0),
        ("{{ a + b }}", "5", 1),
        (0, "9" * 100_000, 0),
        (1, "1e999999999", 0),
    ],
)
def test_scores(arguments: object, text: str, score: float) -> None:
    assert score_of({"number": arguments}, text, a=2, b=3) == score


@given(
    st.integers(), st.sampled_from(["The answer is {}.", "**{:,}**", "${}", " {}\n", "x = {} km"])
)
def test_every_integer_is_read_back(value: int, sentence: str) -> None:
    # the round trip of numbers as models write them, thousands separators and all
    assert numbers_in(sentence.format(value)) == [value]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_every_decimal_is_read_back(value: object) -> None:
    # in plain notation and in scientific notation
    assert numbers_in(f"{value:f}") == numbers_in(f"{value:e}") == [Fraction(str(value))]


@given(st.integers(min_value=0, max_value=999), st.text(alphabet="abc .,!?\n", max_size=30))
def test_a_number_is_found_wherever_it_stands(value: int, around: str) -> None:
    assert score_of({"number": value}, f"{around} {value} {around}") == 1


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert score_of({"number": 1}, text) in {0, 1}


def test_quick_on_hostile_text() -> None:
    texts = [*HOSTILE.values(), *(part * (10**6 // len(part)) for part in _HOSTILE)]
    for text in texts:
        start = time.perf_counter()
        assert score_of({"number": 123456789}, text) == 0
        assert time.perf_counter() - start < 5


_HOSTILE = (
    "1,",
    "1/",
    "1 ",
    "1.",
    "one ",
    "1,234",
    "\n 1. ",
    "$",
    "\\frac{1",
    "1:",
    "^",
    "1e",
    "\u00bd",
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (None, "number needs an answer; write {number: 42}"),
        ({}, "number needs 'answer' among its arguments"),
        ({"anwser": 3}, "number has no argument 'anwser'; did you mean 'answer'?"),
        (True, "answer: found the boolean true, expected a number or a text"),
        ([3], "answer: found a list, expected a number or a text"),
        (float("nan"), "answer: found the number nan, expected a finite number"),
        ("Paris", "the answer 'Paris' has no number in it"),
        ("3 or 4", "the answer '3 or 4' has several numbers in it"),
        ("1e9999", "the answer '1e9999' has too many digits"),
        (" ", "found an empty text; there would be no answer"),
        ("{{ a", "the template cannot be read"),
        ({"answer": 3, "tolerance": -1}, "tolerance: found the number -1, expected a number, 0"),
        ({"answer": 3, "relative": "5%"}, "relative: found the text '5%', expected a number, 0"),
        ({"answer": 3, "which": "lst"}, "expected one of last, first, only; did you mean 'last'?"),
    ],
)
def test_wrong_arguments(arguments: object, message: str) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build({"number": arguments})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "number: answer: the template uses 'a', which is not a field here"),
        ({"a": "Paris"}, "number: the answer 'Paris' has no number in it"),
        ({"a": ""}, "number: answer: the text comes out empty"),
    ],
)
def test_prompts_without_an_answer_are_refused(fields: dict[str, object], message: str) -> None:
    scorer = builtin_registry().build({"number": "{{ a }}"})
    with pytest.raises(ScoreError) as caught:
        check_prompt(scorer, completion_of("", **fields).prompt)
    assert message in str(caught.value)


def test_names_say_the_arguments() -> None:
    names = [
        builtin_registry().build({"number": arguments}).name
        for arguments in (
            42,
            {"answer": "{{ a }}", "tolerance": 0.5, "relative": 0.01, "which": "only"},
        )
    ]
    assert names == ["number('42')", "number('{{ a }}', tolerance=0.5, relative=0.01, which=only)"]
