from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from behavtest.stats import (
    BettingProcess,
    Bounds,
    Claim,
    Direction,
    Evidence,
    Expectation,
    Kind,
    expected_pairs,
    forecast,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Chances = tuple[float, float, float]

PAIRED = Bounds(-1, 1)


def pairs_taken(
    rng: np.random.Generator, chances: Chances, boundary: float, *, repeats: int, limit: int
) -> NDArray[np.int_]:
    """Simulated pairs to e-value 20 for "mean > boundary" with D in {-1, 0, 1}."""
    taken = []
    for _ in range(repeats):
        path = BettingProcess(Claim(Direction.ABOVE, boundary), PAIRED).update(
            rng.choice([-1.0, 0.0, 1.0], limit, p=chances)
        )
        reached = np.flatnonzero(path >= math.log(20))
        assert len(reached), "the limit is too low for the scenario"
        taken.append(int(reached[0]) + 1)
    return np.array(taken)


@pytest.mark.parametrize(
    ("chances", "boundary"),
    [
        ((0.02, 0.96, 0.02), -0.05),  # few texts differ, no change: Delta = 0
        ((0.10, 0.80, 0.10), -0.05),
        ((0.10, 0.60, 0.30), 0.0),  # a change of .2
        ((0.25, 0.50, 0.25), -0.1),
    ],
)
def test_v12_law_of_expected_pairs(chances: Chances, boundary: float) -> None:
    mean = chances[2] - chances[0]
    variance = chances[2] + chances[0] - mean**2
    law = expected_pairs(
        gap=mean - boundary,
        variance=variance,
        alpha=0.05,
        greatest_bet=0.99 / (boundary + 1),
    )
    taken = pairs_taken(np.random.default_rng(12), chances, boundary, repeats=60, limit=6000)
    assert 0.6 * law < taken.mean() < 1.2 * law  # the regret is a rough upper estimate
    assert 0.5 * law < np.median(taken) < 1.1 * law


def test_v12_without_regret_is_the_closed_form() -> None:
    law = 2 * math.log(20) * (0.2 + 0.05**2) / 0.05**2
    pairs = expected_pairs(gap=0.05, variance=0.2, alpha=0.05)
    regret = math.log(pairs / (2 * math.pi)) / 2
    assert pairs == pytest.approx(law * (1 + regret / math.log(20)), rel=1e-9)
    # where the regret is nothing, the closed form alone: one pair of certain gain
    assert expected_pairs(gap=1.0, variance=0, alpha=0.05) == pytest.approx(2 * math.log(20))


def test_it_grows_with_variance_and_falls_with_gap_and_alpha() -> None:
    def pairs(gap: float = 0.05, variance: float = 0.2, alpha: float = 0.05) -> float:
        return expected_pairs(gap=gap, variance=variance, alpha=alpha)

    assert pairs(variance=0.4) > pairs() > pairs(gap=0.1)
    assert pairs(alpha=0.01) > pairs() > pairs(alpha=0.1)


def test_a_bet_cannot_risk_more_than_it_has() -> None:
    # D = 0 always: the unbounded law says a handful, the bounded one what really happens.
    process = BettingProcess(Claim(Direction.ABOVE, -0.05), PAIRED)
    really = int(np.flatnonzero(process.update(np.zeros(300)) >= math.log(20))[0]) + 1
    bounded = expected_pairs(gap=0.05, variance=0, alpha=0.05, greatest_bet=0.99 / 0.95)
    assert really == pytest.approx(bounded, rel=0.3)
    assert expected_pairs(gap=0.05, variance=0, alpha=0.05) < really / 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gap": 0.0}, "gap is 0.0"),
        ({"gap": math.nan}, "gap is nan"),
        ({"variance": -1.0}, "variance is -1.0"),
        ({"alpha": 1.0}, "alpha is 1.0"),
        ({"greatest_bet": 0.0}, "greatest_bet is 0.0"),
    ],
)
def test_arguments_outside_their_range(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        expected_pairs(**{"gap": 0.1, "variance": 0.1, "alpha": 0.05, **arguments})


def evidence_of(
    kind: Kind, margin: float, values: ArrayLike, population: int | None = None
) -> Evidence:
    evidence = Evidence(Expectation(kind, margin), PAIRED, population=population)
    evidence.update(values)
    return evidence


def pairs_left(kind: Kind, margin: float, pattern: list[float], seen: int) -> int:
    """Pairs until a claim's e-value is 20, if the pattern goes on, after the first ``seen``."""
    evidence = Evidence(Expectation(kind, margin), PAIRED)
    values = np.tile(pattern, 4000 // len(pattern))
    evidence.update(values)
    best = np.maximum(evidence.path.log_e_holds, evidence.path.log_e_violated)
    return int(np.flatnonzero(best >= math.log(20))[0]) + 1 - seen


@pytest.mark.parametrize(
    ("kind", "margin", "pattern"),
    [
        (Kind.NOT_WORSE, 0.05, [0.0]),
        (Kind.NOT_WORSE, 0.05, [0.0, 1.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        (Kind.NOT_WORSE, 0.05, [-1.0, 0.0, 0.0, 0.0, 0.0]),  # towards violated
        (Kind.UNCHANGED, 0.1, [0.0, 0.1]),  # the nearer of two boundaries decides
        (Kind.UNCHANGED, 0.05, [0.0, 0.0, 0.0, 1.0]),  # violated by one of two
        (Kind.INCREASES, 0.3, [1.0, 0.0]),
    ],
)
def test_forecast_is_near_what_comes_if_things_go_on(
    kind: Kind, margin: float, pattern: list[float]
) -> None:
    evidence = evidence_of(kind, margin, np.tile(pattern, 20 // len(pattern)))
    left = pairs_left(kind, margin, pattern, evidence.pairs)
    assert left > 0
    assert forecast(evidence, 0.05) == pytest.approx(left, rel=0.35, abs=3)


def test_one_of_two_boundaries_needs_twice_the_evidence() -> None:
    values = [0.0, 0.0, 0.0, 1.0] * 5
    one_of_two = forecast(evidence_of(Kind.UNCHANGED, 0.05, values), 0.05)
    alone = forecast(evidence_of(Kind.NOT_HIGHER, 0.05, values), 0.05)
    assert one_of_two is not None
    assert alone is not None
    assert one_of_two > alone


def test_forecast_of_a_decided_behavior_is_zero() -> None:
    assert forecast(evidence_of(Kind.NOT_WORSE, 0.05, np.zeros(500)), 0.05) == 0
    assert forecast(evidence_of(Kind.NOT_WORSE, 0.05, -np.ones(50)), 0.05) == 0
    assert forecast(evidence_of(Kind.NOT_WORSE, 0.05, [0.1], population=1), 0.05) == 0


def test_no_forecast_without_data_or_on_the_boundary() -> None:
    assert forecast(Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED), 0.05) is None
    assert forecast(evidence_of(Kind.NOT_WORSE, 0.25, [-0.25] * 30), 0.05) is None
    assert forecast(evidence_of(Kind.UNCHANGED, 0.0, np.zeros(30)), 0.05) is None


def test_a_population_limits_the_forecast() -> None:
    assert forecast(evidence_of(Kind.NOT_WORSE, 0.05, np.zeros(10), population=25), 0.05) == 15
    on_the_boundary = evidence_of(Kind.NOT_WORSE, 0.25, [-0.25] * 5, population=8)
    assert forecast(on_the_boundary, 0.05) == 3
    untouched = Evidence(Expectation(Kind.NOT_WORSE, 0.05), PAIRED, population=9)
    assert forecast(untouched, 0.05) == 9


def test_forecast_checks_alpha() -> None:
    with pytest.raises(ValueError, match="alpha"):
        forecast(evidence_of(Kind.NOT_WORSE, 0.05, [0.0]), 0.0)
