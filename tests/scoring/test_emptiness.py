"""``empty`` and ``truncated``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import completion_of, score_of

from behavtest.scoring import ScorerSpecError, builtin_registry, checked_score


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("", 1),
        (" \n\t\u00a0\u2028", 1),
        ("\u200b\ufeff\x00\x1b\ud800", 1),
        (".", 0),
        ("\u200bx", 0),
    ],
)
def test_empty_is_where_nothing_can_be_seen(text: str, score: float) -> None:
    assert score_of("empty", text) == score


@given(st.text(), st.text(alphabet=" \n\t\u200b"))
def test_white_space_makes_nothing_fuller(text: str, space: str) -> None:
    assert score_of("empty", text) == score_of("empty", f"{space}{text}{space}")


def test_truncated_is_what_the_limit_ended() -> None:
    scorer = builtin_registry().build("truncated")
    assert checked_score(scorer, completion_of("One day", finish_reason="length")) == 1
    assert checked_score(scorer, completion_of("One day", finish_reason="stop")) == 0


@pytest.mark.parametrize("name", ["empty", "truncated"])
def test_they_take_no_arguments(name: str) -> None:
    assert builtin_registry().build(name).name == name
    with pytest.raises(ScorerSpecError, match=f"{name} takes no arguments; found the number 3"):
        builtin_registry().build({name: 3})
