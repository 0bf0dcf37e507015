from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import (
    BettingProcess,
    Bounds,
    CensusProcess,
    Claim,
    Direction,
    Evidence,
    Expectation,
    Kind,
    Verdict,
    expected_pairs,
    forecast,
)
from behavtest.stats.planning import detectable_gap, prospect

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
    ("tolerance", "churn", "published"),
    [
        # the pairs to an e-value of 20 that bets.py states; the first two are exact
        (0.05, 0.0, 83),
        (0.02, 0.0, 210),
        (0.05, 0.04, 179),
        (0.05, 0.2, 653),
        (0.05, 0.5, 1835),
    ],
)
def test_the_law_against_the_pairs_that_the_grid_was_chosen_by(
    tolerance: float, churn: float, published: int
) -> None:
    law = holds_at_zero(tolerance, variance=churn)
    assert published / 1.2 < law < published * 1.4


def holds_at_zero(tolerance: float, variance: float) -> float:
    expectation = Expectation(Kind.NOT_WORSE, tolerance)
    return prospect(expectation, mean=0.0, variance=variance, bounds=PAIRED, alpha=0.05).pairs


@pytest.mark.parametrize(
    ("change", "e_value"), [(-0.1, 20), (-0.15, 20), (-0.15, 400), (-0.3, 400), (-0.9, 20)]
)
def test_where_all_changes_go_one_way_the_law_is_on_the_safe_side(
    change: float, e_value: float
) -> None:
    ahead = prospect(
        Expectation(Kind.NOT_WORSE, 0.05),
        mean=change,
        variance=-change - change**2,
        bounds=PAIRED,
        alpha=0.05,
        violated_at=e_value,
    )
    assert ahead.verdict is Verdict.VIOLATED
    rng = np.random.default_rng(3)
    taken = []
    for _ in range(60):
        values = rng.choice([-1.0, 0.0], 1500, p=[-change, 1 + change])
        path = BettingProcess(Claim(Direction.BELOW, -0.05), PAIRED).update(values)
        taken.append(int(np.flatnonzero(path >= math.log(e_value))[0]) + 1)
    # measured: .48 to 1.13; the mean of 60 has a standard error of 5 to 9 %
    assert 0.4 * ahead.pairs < np.mean(taken) < 1.3 * ahead.pairs


@pytest.mark.parametrize("population", [25, 100, 400])
@pytest.mark.parametrize(
    ("down", "up", "direction", "e_value"),
    [
        (0.0, 0.0, Direction.ABOVE, 20),
        (0.12, 0.12, Direction.ABOVE, 20),
        (0.16, 0.0, Direction.BELOW, 400),
        (0.44, 0.04, Direction.BELOW, 400),
    ],
)
def test_the_law_without_replacement(
    population: int, down: float, up: float, direction: Direction, e_value: float
) -> None:
    downs, ups = round(down * population), round(up * population)
    scores = np.repeat([-1.0, 1.0, 0.0], [downs, ups, population - downs - ups])
    law = expected_pairs(
        gap=abs(scores.mean() + 0.05),
        variance=float(scores.var()),
        alpha=1 / e_value,
        greatest_bet=0.99 / (0.95 if direction is Direction.ABOVE else 1.05),
        population=population,
    )
    assert law <= population
    rng = np.random.default_rng(5)
    taken = []
    for _ in range(30):
        process = CensusProcess(Claim(direction, -0.05), PAIRED, population=population)
        reached = np.flatnonzero(process.update(rng.permutation(scores)) >= math.log(e_value))
        taken.append(int(reached[0]) + 1 if len(reached) else population)
    assert 0.5 * law < np.mean(taken) < 1.1 * law  # measured: .60 to 1.00


@given(
    pairs=st.floats(5, 1e5),
    variance=st.floats(0.001, 1),
    alpha=st.sampled_from([0.05, 0.0025]),
    greatest_bet=st.sampled_from([math.inf, 0.99 / 0.95]),
)
def test_the_detectable_gap_is_the_law_solved(
    pairs: float, variance: float, alpha: float, greatest_bet: float
) -> None:
    law = {"variance": variance, "alpha": alpha, "greatest_bet": greatest_bet}
    gap = detectable_gap(pairs=pairs, greatest=0.95, **law)
    if gap is None:
        assert expected_pairs(gap=0.95, **law) > pairs
    else:
        assert 0 < gap <= 0.95
        assert expected_pairs(gap=gap, **law) == pytest.approx(pairs, rel=1e-6)


def test_the_variance_may_depend_on_the_gap() -> None:
    def fewest_changes(gap: float) -> float:
        change = gap + 0.05  # violated by this much, tolerance .05
        return change - change**2

    gap = detectable_gap(pairs=300, variance=fewest_changes, alpha=0.05, greatest=0.95)
    assert gap is not None
    law = expected_pairs(gap=gap, variance=fewest_changes(gap), alpha=0.05)
    assert law == pytest.approx(300, rel=1e-6)
    wider = detectable_gap(pairs=300, variance=0.5, alpha=0.05, greatest=0.95)
    assert wider is not None
    assert wider > gap


def test_no_gap_is_detectable_if_the_greatest_is_not() -> None:
    assert detectable_gap(pairs=3, variance=0.2, alpha=0.05, greatest=0.95) is None
    with pytest.raises(ValueError, match="pairs is 0"):
        detectable_gap(pairs=0, variance=0.2, alpha=0.05, greatest=0.95)


def ahead(
    kind: Kind, margin: float, mean: float, population: int | None = None, bounds: Bounds = PAIRED
) -> tuple[Verdict, float]:
    verdict, pairs = prospect(
        Expectation(kind, margin),
        mean=mean,
        variance=0.2,
        bounds=bounds,
        alpha=0.05,
        population=population,
    )
    return verdict, pairs


@pytest.mark.parametrize(
    ("kind", "margin", "mean", "verdict"),
    [
        (Kind.NOT_WORSE, 0.05, 0.0, Verdict.HOLDS),
        (Kind.NOT_WORSE, 0.05, -0.1, Verdict.VIOLATED),
        (Kind.NOT_HIGHER, 0.05, -0.1, Verdict.HOLDS),
        (Kind.NOT_HIGHER, 0.05, 0.1, Verdict.VIOLATED),
        (Kind.UNCHANGED, 0.05, 0.0, Verdict.HOLDS),
        (Kind.UNCHANGED, 0.05, 0.1, Verdict.VIOLATED),
        (Kind.UNCHANGED, 0.05, -0.1, Verdict.VIOLATED),
        (Kind.INCREASES, 0.2, 0.3, Verdict.HOLDS),
        (Kind.INCREASES, 0.2, 0.1, Verdict.VIOLATED),
        (Kind.DECREASES, 0.2, -0.3, Verdict.HOLDS),
        (Kind.DECREASES, 0.2, 0.3, Verdict.VIOLATED),
    ],
)
def test_what_is_true_is_what_comes(kind: Kind, margin: float, mean: float, verdict: Verdict):
    assert ahead(kind, margin, mean)[0] is verdict
    assert 10 < ahead(kind, margin, mean)[1] < 3000


def test_on_the_boundary_nothing_is_ever_decided() -> None:
    never = (Verdict.INCONCLUSIVE, math.inf)
    assert ahead(Kind.NOT_WORSE, 0.05, -0.05) == never
    assert ahead(Kind.UNCHANGED, 0.3, 0.1 + 0.2) == never  # rounding is no evidence
    assert ahead(Kind.INCREASES, 0.2, 0.2) == never
    # but when all of a finite population are seen, equality holds
    assert ahead(Kind.NOT_WORSE, 0.05, -0.05, population=40) == (Verdict.HOLDS, 40)


def test_the_slower_of_two_boundaries_decides_that_both_hold() -> None:
    both = ahead(Kind.UNCHANGED, 0.1, 0.05)
    near, far = ahead(Kind.NOT_HIGHER, 0.1, 0.05), ahead(Kind.NOT_WORSE, 0.1, 0.05)
    assert both == near
    assert near[1] > far[1]


def test_one_of_two_claims_needs_twice_the_evidence_alone() -> None:
    shared = ahead(Kind.UNCHANGED, 0.05, -0.2)
    alone = prospect(
        Expectation(Kind.NOT_WORSE, 0.05),
        mean=-0.2,
        variance=0.2,
        bounds=PAIRED,
        alpha=0.05,
        violated_at=40,
    )
    assert shared == alone
    assert shared[1] > ahead(Kind.NOT_WORSE, 0.05, -0.2)[1]


def test_a_range_twice_as_wide_is_the_same_question_in_other_units() -> None:
    wide = prospect(
        Expectation(Kind.NOT_WORSE, 0.1),
        mean=0.0,
        variance=0.8,
        bounds=Bounds(-2, 2),
        alpha=0.05,
    )
    assert wide.pairs == pytest.approx(ahead(Kind.NOT_WORSE, 0.05, 0.0)[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gap": 0.0}, "gap is 0.0"),
        ({"gap": math.nan}, "gap is nan"),
        ({"variance": -1.0}, "variance is -1.0"),
        ({"alpha": 1.0}, "alpha is 1.0"),
        ({"greatest_bet": 0.0}, "greatest_bet is 0.0"),
        ({"population": 0}, "population is 0"),
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


@pytest.mark.parametrize("seen", [20, 60])
@pytest.mark.parametrize(
    ("kind", "margin", "pattern"),
    [
        (Kind.NOT_WORSE, 0.05, [0.0]),  # the greatest bet binds
        (Kind.NOT_WORSE, 0.05, [0.0] * 4 + [1.0] + [0.0] * 4 + [-1.0]),
        (Kind.NOT_WORSE, 0.05, [-1.0, 0.0, 0.0, 0.0, 1.0]),
        (Kind.NOT_WORSE, 0.05, [-1.0, 0.0, 0.0, 1.0, -1.0, -1.0, 0.0, 0.0, 1.0, 0.0]),
        (Kind.UNCHANGED, 0.05, [0.2, -0.2]),
        (Kind.INCREASES, 0.1, [-0.5, 0.5]),
    ],
)
def test_law_and_forecast_are_one_formula(
    kind: Kind, margin: float, pattern: list[float], seen: int
) -> None:
    """What is planned for a mean and a variance is what is forecast after pairs that have them.

    They differ by the law's second order in the bet, and by the regret paid so far, which the
    law knows as (1 / 2) ln(n / 2 pi) and the forecast exactly.
    """
    evidence = evidence_of(kind, margin, np.tile(pattern, seen // len(pattern)))
    planned = prospect(
        Expectation(kind, margin),
        mean=float(np.mean(pattern)),
        variance=float(np.var(pattern)),
        bounds=PAIRED,
        alpha=0.05,
    )
    more = forecast(evidence, 0.05)
    assert more is not None
    assert more > 0
    assert evidence.pairs + more == pytest.approx(planned.pairs, rel=0.25)


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


@pytest.mark.parametrize(("population", "seen"), [(25, 4), (100, 15), (100, 50), (400, 60)])
def test_a_forecast_without_replacement_is_near_what_comes(population: int, seen: int) -> None:
    evidence = evidence_of(Kind.NOT_WORSE, 0.05, np.zeros(seen), population=population)
    more = forecast(evidence, 0.05)
    evidence.update(np.zeros(population - seen))
    really = int(np.flatnonzero(evidence.path.log_e_holds >= math.log(20))[0]) + 1 - seen
    assert more == pytest.approx(really, abs=1)


def test_forecast_checks_alpha() -> None:
    with pytest.raises(ValueError, match="alpha"):
        forecast(evidence_of(Kind.NOT_WORSE, 0.05, [0.0]), 0.0)
