"""One number of two scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import SamplingSettings
from behavtest.scoring import builtin_registry
from behavtest.stats.expectation import Bounds, Expectation, Kind
from behavtest.suite import Behavior, Relation, Source
from behavtest.suite.prompt_sets import FixedPrompts
from behavtest.suite.relation import observation_bounds

_SCORES = st.floats(0, 1)


def _number(relation: str, target: float, baseline: float) -> float:
    return Relation(relation).number(target=target, baseline=baseline)


@pytest.mark.parametrize(
    ("relation", "rise", "fall"),
    [
        ("difference", 0.5, -0.5),
        ("invariance", 0.5, 0.5),
        ("not_lower", 0.0, 0.5),
        ("not_higher", 0.5, 0.0),
    ],
)
def test_the_number_of_a_rise_and_of_a_fall(relation: str, rise: float, fall: float) -> None:
    assert _number(relation, 0.75, 0.25) == rise
    assert _number(relation, 0.25, 0.75) == fall
    assert str(_number(relation, 0.3, 0.3)) == "0.0", "neither is no change a negative zero"


@given(_SCORES, _SCORES, _SCORES, _SCORES)
def test_every_observation_lies_within_its_bounds(a: float, b: float, c: float, d: float) -> None:
    for relation in Relation:
        bounds = observation_bounds(contrast=True, absolute=True, relation=relation)
        mine, other = _number(relation, a, b), _number(relation, c, d)
        assert bounds.lower <= mine <= bounds.upper
        bounds = observation_bounds(contrast=True, absolute=False, relation=relation)
        assert bounds.lower <= other - mine <= bounds.upper


@given(_SCORES, _SCORES)
def test_a_move_is_a_fall_or_a_rise(target: float, baseline: float) -> None:
    fall, rise = (_number(name, target, baseline) for name in ("not_lower", "not_higher"))
    assert _number("invariance", target, baseline) == fall + rise
    assert _number("difference", target, baseline) == rise - fall
    assert min(fall, rise) == 0


@pytest.mark.parametrize("relation", list(Relation))
def test_without_a_contrast_a_relation_widens_nothing(relation: Relation) -> None:
    absolute = observation_bounds(contrast=False, absolute=True, relation=relation)
    assert absolute == Bounds(0, 1)
    assert observation_bounds(contrast=False, absolute=False, relation=relation) == Bounds(-1, 1)


def _statement(relation: str, kind: Kind, margin: float) -> str:
    return Behavior(
        id="a",
        suite="s",
        source=Source("s.behav.yaml", 1),
        prompts=FixedPrompts(()),
        scorer=builtin_registry().build("refusal"),
        expectation=Expectation(kind, margin),
        settings=SamplingSettings(),
        relation=Relation(relation),
    ).statement


@pytest.mark.parametrize(
    ("relation", "kind", "margin", "words"),
    [
        ("difference", Kind.NOT_WORSE, 0.1, "B's mean score is at most 0.1 below A's"),
        (
            "invariance",
            Kind.NOT_HIGHER,
            0.1,
            "B's mean distance from the baseline is at most 0.1 above A's",
        ),
        ("invariance", Kind.AT_MOST, 0.1, "mean distance from the baseline is at most 0.1"),
        ("not_lower", Kind.UNCHANGED, 0, "B's mean fall below the baseline equals A's"),
        ("not_higher", Kind.AT_LEAST, 0.5, "mean rise above the baseline is at least 0.5"),
    ],
)
def test_the_statement_says_what_the_mean_is_of(
    relation: str, kind: Kind, margin: float, words: str
) -> None:
    assert _statement(relation, kind, margin) == words


@pytest.mark.parametrize("margin", [0.0, 0.2])
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("relation", [relation for relation in Relation if relation.can_break])
def test_no_statement_about_an_amount_calls_it_the_score(
    relation: Relation, kind: Kind, margin: float
) -> None:
    words = _statement(relation, kind, margin)
    assert words.count(f"mean {relation.quantity}") == 1
    assert "mean score" not in words
