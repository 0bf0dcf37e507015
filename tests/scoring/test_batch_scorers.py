"""Scorers that score many completions at once: each completion once, each failure its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError
from behavtest.scoring import (
    BatchScorer,
    ScorerRegistry,
    ScorerSpecError,
    check_prompt,
    checked_score,
    checked_scores,
)
from behavtest.scoring.builtin import pytest_behavtest_scorers


def _completion(text: str, *, words: str = "Hi", tokens: tuple[int, ...] = (), **fields: object):
    return Completion(Prompt((Message("user", words),), fields), text, tokens)


class _Vowels:
    """The share of vowels; cannot score a text without letters."""

    name = "vowels"

    def __init__(self) -> None:
        self.calls: list[Sequence[Completion]] = []

    def score_many(self, completions: Sequence[Completion], /) -> list[float | ScoreError]:
        self.calls.append(completions)
        return [self._score(completion.text) for completion in completions]

    def check(self, prompt: Prompt) -> None:
        if "answer" not in prompt.fields:
            raise ScoreError("vowels needs an answer")

    @staticmethod
    def _score(text: str) -> float | ScoreError:
        if not text:
            return ScoreError("no letters in ''")
        return sum(letter in "aeiou" for letter in text) / len(text)


class _Each(_Vowels):
    """The same scorer, asked about one completion at a time."""

    def __call__(self, completion: Completion) -> float:
        score = self._score(completion.text)
        if isinstance(score, ScoreError):
            raise score
        return score

    score_many = None  # type: ignore[assignment]


class _Returns:
    name = "returns"

    def __init__(self, found: object) -> None:
        self._found = found

    def score_many(self, completions: Sequence[Completion], /) -> list[float | ScoreError]:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found  # type: ignore[return-value]  # the point of the tests


def _registry(made: object) -> ScorerRegistry:
    return ScorerRegistry({**pytest_behavtest_scorers(), "made": lambda arguments: made})


def test_a_round_is_one_call_and_equal_completions_are_in_it_once():
    vowels = _Vowels()
    texts = ["aa", "bb", "aa", "aa", "bb"]
    assert checked_scores(vowels, [_completion(text) for text in texts]) == [1, 0, 1, 1, 0]
    (call,) = vowels.calls
    assert [completion.text for completion in call] == ["aa", "bb"]


def test_what_a_scorer_can_see_of_a_completion_tells_it_from_another():
    """Fields count, which a prompt's equality leaves out, and 1 is not true to a template."""
    vowels = _Vowels()
    checked_scores(
        vowels,
        [
            _completion("a"),
            _completion("a", words="Ho"),
            _completion("a", answer="x"),
            _completion("a", answer="y"),
            _completion("a", answer=1),
            _completion("a", answer=True),
            _completion("a", tokens=(1,)),
            _completion("a", answer=object()),
            _completion("a", answer="x"),
        ],
    )
    assert [len(call) for call in vowels.calls] == [8]


def test_a_failure_is_a_missing_score_of_its_completion_alone():
    scores = checked_scores(_Vowels(), [_completion(text) for text in ("a", "", "b")])
    assert (scores[0], scores[2]) == (1, 0)
    assert isinstance(scores[1], ScoreError)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (ScoreError("the server is down"), "the server is down"),
        (OSError("no route"), "returns raised OSError: no route"),
        ([1.0], "returns returned 1 scores for 2 completions"),
        (None, "returns returned nothing (null) for 2 completions"),
        (0.5, "returns returned the number 0.5 for 2 completions"),
    ],
)
def test_a_call_that_fails_leaves_no_score(found, message):
    for outcome in checked_scores(_Returns(found), [_completion("a"), _completion("b")]):
        assert isinstance(outcome, ScoreError)
        assert message in str(outcome)


@pytest.mark.parametrize("bad", [1.5, float("nan"), None, "high", ValueError("no")])
def test_each_value_is_held_to_the_range(bad):
    good, missing = checked_scores(_Returns([0.5, bad]), [_completion("a"), _completion("b")])
    assert good == 0.5
    assert isinstance(missing, ScoreError)


def test_arrays_are_scores():
    found = checked_scores(_Returns(np.array([0.0, 0.25])), [_completion("a"), _completion("b")])
    assert found == [0, 0.25]
    assert {type(score) for score in found} == {float}


def test_no_completions_are_no_call():
    vowels = _Vowels()
    assert checked_scores(vowels, []) == []
    assert not vowels.calls


def test_a_suite_can_name_it_and_one_completion_can_be_scored():
    vowels = _Vowels()
    scorer = _registry(vowels).build("made")
    assert isinstance(scorer, BatchScorer)
    assert scorer.name == "vowels"
    assert checked_score(scorer, _completion("ab")) == 0.5
    with pytest.raises(ScoreError, match="no letters"):
        checked_score(scorer, _completion(""))


def test_it_can_refuse_a_prompt():
    for spec in ("made", {"not": "made"}, {"all": ["refusal", "made"]}):
        with pytest.raises(ScoreError, match="needs an answer"):
            check_prompt(_registry(_Vowels()).build(spec), Prompt(()))


def test_a_batch_scorer_needs_a_name():
    class Nameless:
        def score_many(self, completions):
            return [0.0 for _ in completions]

    with pytest.raises(ScorerSpecError, match="has a `name`"):
        _registry(Nameless()).build("made")


_SPECS = st.recursive(
    st.sampled_from(["made", {"contains": "a"}, {"length": {"at_most": 2}}]),
    lambda inner: (
        inner.map(lambda spec: {"not": spec})
        | st.lists(inner, min_size=1, max_size=3).map(lambda specs: {"all": specs})
        | st.lists(inner, min_size=1, max_size=3).map(lambda specs: {"any": specs})
        | st.lists(inner, min_size=1, max_size=3).map(
            lambda specs: {
                "weighted": [
                    {"score": spec, "weight": at} for at, spec in enumerate(specs, start=1)
                ]
            }
        )
    ),
    max_leaves=6,
)


@given(_SPECS, st.lists(st.text("ab", max_size=3), max_size=8), st.integers(1, 4))
def test_combined_or_not_no_score_depends_on_how_it_is_batched(spec, texts, size):
    """One at a time, in parts, or all at once: one result, failures included."""
    completions = [_completion(text) for text in texts]
    each, batch = (_registry(made()).build(spec) for made in (_Each, _Vowels))
    wanted = []
    for completion in completions:
        try:
            wanted.append(checked_score(each, completion))
        except ScoreError as error:
            wanted.append(str(error))
    parts = [
        outcome
        for start in range(0, len(completions), size)
        for outcome in checked_scores(batch, completions[start : start + size])
    ]
    for found in (checked_scores(batch, completions), parts):
        assert [str(one) if isinstance(one, ScoreError) else one for one in found] == wanted


def test_a_combination_passes_the_batch_on():
    vowels = _Vowels()
    scorer = _registry(vowels).build({"not": {"any": [{"all": ["made"]}, {"contains": "z"}]}})
    assert checked_scores(scorer, [_completion(text) for text in "abab"]) == [0, 1, 0, 1]
    assert [len(call) for call in vowels.calls] == [2]
