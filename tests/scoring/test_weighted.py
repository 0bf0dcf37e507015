"""``weighted``: the weighted mean of scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_texts import completion_of, score_of

from behavtest.errors import ScoreError
from behavtest.scoring import ScorerSpecError, builtin_registry, check_prompt
from behavtest.scoring.batch import checked_scores

_A, _B = {"contains": "a"}, {"contains": "b"}


def test_scores() -> None:
    spec = {"weighted": [{"score": _A, "weight": 3}, {"score": {"not": _B}, "weight": 1}]}
    assert [score_of(spec, text) for text in ("a", "ab", "b", "")] == [1, 0.75, 0, 0.25]


@given(st.lists(st.tuples(st.floats(5e-324, 1.7e308), st.booleans()), min_size=1, max_size=6))
def test_the_mean_stays_in_range(items: list[tuple[float, bool]]) -> None:
    spec = {"weighted": [{"score": _A if one else _B, "weight": weight} for weight, one in items]}
    assert 0 <= score_of(spec, "a") <= 1
    assert score_of(spec, "ab") == 1
    assert score_of(spec, "") == 0


def test_many_at_once_score_as_they_do_one_by_one() -> None:
    spec = {"weighted": [{"score": _A, "weight": 3}, {"score": _B, "weight": 1}]}
    texts = ["a", "b", "ab", "", "a"]
    found = checked_scores(builtin_registry().build(spec), [completion_of(text) for text in texts])  # type: ignore[arg-type]
    assert found == [score_of(spec, text) for text in texts]


def test_a_prompt_that_one_scorer_refuses_is_refused() -> None:
    spec = {"weighted": [{"score": {"contains": "{{ answer }}"}, "weight": 1}]}
    with pytest.raises(ScoreError, match="'answer', which is not a field here"):
        check_prompt(builtin_registry().build(spec), completion_of("").prompt)


@pytest.mark.parametrize(
    ("arguments", "message", "path"),
    [
        (None, "found nothing (null), expected a list of scorers: {weighted: [{score:", ()),
        ([], "found an empty list, expected a list of scorers", ("weighted",)),
        (["refusal"], "found the text 'refusal', expected a score and its weight", ("weighted", 0)),
        ([{"score": "json"}], "found a mapping of score, expected a score and", ("weighted", 0)),
        (
            [{"score": "json", "weight": 0}],
            "found the number 0, expected a number above 0",
            ("weighted", 0, "weight"),
        ),
        (
            [{"score": "jsn", "weight": 1}],
            "there is no scorer 'jsn'",
            ("weighted", 0, "score"),
        ),
        (
            [{"score": {"likelihood": "x"}, "weight": 1}],
            "scores texts that the suite gives, the others of weighted would score an answer",
            ("weighted", 0, "score"),
        ),
    ],
)
def test_wrong_arguments(arguments: object, message: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build("weighted" if arguments is None else {"weighted": arguments})
    assert message in str(caught.value)
    assert caught.value.path == path


def test_the_name_says_the_weights() -> None:
    spec = {"weighted": [{"score": "refusal", "weight": 2}, {"score": "json", "weight": 0.5}]}
    assert builtin_registry().build(spec).name == "weighted(2 refusal, 0.5 json)"
