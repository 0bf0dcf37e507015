from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import AnytimePValues, PriorWeights, StoppedEValues, bh, by

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from numpy.typing import ArrayLike

    from behavtest.stats.vectors import BoolArray

    ForPValues = Callable[..., BoolArray]

# Benjamini and Hochberg 1995, section 3.2: fifteen null hypotheses about a heart treatment.
THROMBOLYSIS = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
p_families = st.lists(
    st.tuples(st.floats(0, 1) | st.floats(-12, 0).map(np.exp), st.floats(0.1, 10)), max_size=9
)


def declared(
    procedure: ForPValues, p_values: ArrayLike, alpha: float, weights: ArrayLike | None = None
) -> set[int]:
    prior = None if weights is None else PriorWeights.normalized(weights)
    found = procedure(AnytimePValues.known(p_values), alpha, weights=prior)
    return set(np.flatnonzero(found).tolist())


def step_up(p_values: list[float], alpha: float, weights: list[float], *, any_dependence: bool):
    """By the definition: everyone at or below the highest bar that enough of them are below."""
    count = len(p_values)
    mean = sum(weights) / count
    scores = [p * mean / weight for p, weight in zip(p_values, weights, strict=True)]
    harmonic = sum(1 / rank for rank in range(1, count + 1)) if any_dependence else 1.0
    for size in range(count, 0, -1):
        bar = alpha * size / (count * harmonic)
        below = {place for place, score in enumerate(scores) if score <= bar}
        if len(below) >= size:
            return below
    return set()


def test_the_example_of_the_1995_paper() -> None:
    first = np.random.default_rng(81).permutation(15)
    shuffled = np.array(THROMBOLYSIS)[first]
    assert {int(first[i]) for i in declared(bh, shuffled, 0.05)} == {0, 1, 2, 3}
    assert {int(first[i]) for i in declared(by, shuffled, 0.05)} == {0, 1, 2}


@pytest.mark.parametrize(("procedure", "any_dependence"), [(bh, False), (by, True)])
@pytest.mark.parametrize("spread", [0.0, 0.5, 1.5])
def test_step_up_by_its_definition(
    procedure: ForPValues, any_dependence: bool, spread: float
) -> None:
    rng = np.random.default_rng(82)
    sizes = []
    for _ in range(200):
        count = int(rng.integers(1, 12))
        p_values = (rng.random(count) ** rng.choice([1, 3, 6])).tolist()
        weights = np.exp(rng.normal(0, spread, count)).tolist()
        found = declared(procedure, p_values, 0.2, weights)
        assert found == step_up(p_values, 0.2, weights, any_dependence=any_dependence)
        sizes.append(len(found))
    assert len(set(sizes)) > 5


@given(p_families, st.randoms(use_true_random=False))
def test_the_order_of_the_family_does_not_matter(
    family: list[tuple[float, float]], random: Random
) -> None:
    shuffled = family.copy()
    random.shuffle(shuffled)
    for procedure in (bh, by):
        kept, again = (
            sorted(
                order[i]
                for i in declared(procedure, [p for p, _ in order], 0.2, [w for _, w in order])
            )
            for order in (family, shuffled)
        )
        assert kept == again


@given(p_families, st.integers(0, 8), st.floats(0, 1))
def test_more_evidence_never_takes_a_discovery_away(
    family: list[tuple[float, float]], place: int, factor: float
) -> None:
    p_values, weights = [p for p, _ in family], [w for _, w in family]
    lowered = [p * factor if i == place else p for i, p in enumerate(p_values)]
    for procedure in (bh, by):
        before = declared(procedure, p_values, 0.2, weights)
        assert before <= declared(procedure, lowered, 0.2, weights)


def test_weights_decide_who_is_found() -> None:
    assert declared(bh, [0.04, 0.9], 0.05) == set()
    assert declared(bh, [0.04, 0.9], 0.05, [1.9, 0.1]) == {0}
    assert declared(bh, [0.9, 0.02], 0.05, [1.9, 0.1]) == set()
    assert declared(bh, [0.0, 1.0], 0.05, [1e-300, 1.0]) == {0}


@pytest.mark.parametrize("procedure", [bh, by])
def test_nobody_and_no_evidence(procedure: ForPValues) -> None:
    assert declared(procedure, [], 0.05) == set()
    assert declared(procedure, [1.0] * 3, 0.5, [100.0, 1.0, 1.0]) == set()
    assert declared(procedure, [0.0] * 3, 0.01) == {0, 1, 2}


@pytest.mark.parametrize("procedure", [bh, by])
def test_only_anytime_p_values_are_taken(procedure: ForPValues) -> None:
    with pytest.raises(TypeError, match="must come as AnytimePValues, not StoppedEValues"):
        procedure(StoppedEValues.at_stop([0.01]), 0.05)
    with pytest.raises(TypeError, match="must come as AnytimePValues, not ndarray"):
        procedure(np.array([0.01]), 0.05)
    with pytest.raises(TypeError, match="weights must be PriorWeights"):
        procedure(AnytimePValues.known([0.01]), 0.05, weights=np.ones(1))
    with pytest.raises(ValueError, match="2 weights for 1 behaviors"):
        procedure(AnytimePValues.known([0.01]), 0.05, weights=PriorWeights.normalized([1, 1]))
    with pytest.raises(ValueError, match="alpha"):
        procedure(AnytimePValues.known([0.01]), 0.0)
