"""A score is a number in [0, 1] or an error; it is never clipped."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

from behavtest.core import Completion, Prompt
from behavtest.errors import ScoreError
from behavtest.scoring import builtin_registry, check_prompt, checked_score

_ANY = Completion(Prompt(()), "text")


class _Fixed:
    name = "fixed"

    def __init__(self, value: object) -> None:
        self._value = value

    def __call__(self, _completion: Completion, /) -> float:
        return self._value  # type: ignore[return-value] # the point of the test


@pytest.mark.parametrize(
    ("value", "score"),
    [
        (True, 1.0),
        (False, 0.0),
        (0, 0.0),
        (0.25, 0.25),
        (Fraction(1, 2), 0.5),
        (np.float32(0.5), 0.5),
        (np.bool_(True), 1.0),
        (np.array(0.5), 0.5),
        (np.int64(1), 1.0),
    ],
)
def test_numbers_and_booleans(value: object, score: float) -> None:
    result = checked_score(_Fixed(value), _ANY)
    assert result == score
    assert type(result) is float


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0000001, "fixed returned 1; a score lies in"),
        (-0.1, "fixed returned -0.1; a score lies in"),
        (float("nan"), "fixed returned nan"),
        (float("inf"), "fixed returned inf"),
        (None, "fixed returned nothing; a score in [0, 1] or a bool is expected"),
        ("0.5", "fixed returned the text '0.5'"),
        (1j, "fixed returned a complex"),
        ([1], "fixed returned a list"),
        (np.array([1.0, 0.0]), "fixed returned a ndarray"),
    ],
)
def test_anything_else_is_an_error(value: object, message: str) -> None:
    with pytest.raises(ScoreError) as caught:
        checked_score(_Fixed(value), _ANY)
    assert message in str(caught.value)


def test_combinators_check_what_they_combine() -> None:
    from behavtest.scoring.combine import All, Any, Not

    bad, good = _Fixed(2), builtin_registry().build("refusal")
    for scorer in (Not(bad), All([good, bad]), Any([good, bad])):
        with pytest.raises(ScoreError, match="fixed returned 2"):
            checked_score(scorer, _ANY)
    assert checked_score(Not(_Fixed(0.25)), _ANY) == 0.75
    assert checked_score(All([_Fixed(0.25), _Fixed(0.5)]), _ANY) == 0.25
    assert checked_score(Any([_Fixed(0.25), _Fixed(0.5)]), _ANY) == 0.5


def test_a_scorer_that_raises_fails_its_behavior_and_not_the_run() -> None:
    class Raises:
        name = "raises"

        def __call__(self, completion: Completion) -> float:
            return 1 / len(completion.text)

    with pytest.raises(ScoreError, match=r"raises raised ZeroDivisionError: .*completion ''"):
        checked_score(Raises(), Completion(Prompt(()), ""))


def test_a_scorer_that_exits_fails_its_behavior_and_not_the_run() -> None:
    class Exits:
        name = "exits"

        def __call__(self, completion: Completion) -> float:
            sys.exit(completion.text)

    with pytest.raises(ScoreError, match=r"exits raised SystemExit: bye"):
        checked_score(Exits(), Completion(Prompt(()), "bye"))


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (KeyError("x"), "checks raised KeyError on a prompt's fields: 'x'"),
        (ScoreError("in its own words"), "in its own words"),
    ],
)
def test_a_check_that_raises_refuses_the_prompt(raised: Exception, message: str) -> None:
    class Checks:
        name = "checks"

        def check(self, prompt: Prompt) -> None:
            raise raised

    with pytest.raises(ScoreError) as caught:
        check_prompt(Checks(), Prompt(()))
    assert str(caught.value) == message
