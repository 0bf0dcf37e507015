"""Active prompt choice: its chances, that it is fair whatever it has seen, and its error rates."""

from __future__ import annotations

import math
from itertools import product

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_rates import KnownRates, Words, behavior
from scipy import stats

from behavtest.experiment.active import MOST_CASES, ActiveSchedule
from behavtest.experiment.redecide import Changes, redecide
from behavtest.experiment.rounds import round_size
from behavtest.experiment.schedule import Schedule
from behavtest.experiment.trial import Trial
from behavtest.stats import Bounds, Claim, Direction, Evidence, Expectation, Kind
from behavtest.stats.weighted import WeightedProcess, Weights

PAIRED = Bounds(-1, 1)

seen = st.lists(st.tuples(st.integers(0, 100), st.floats(-2, 2)), max_size=40)


def schedule(cases: int, *, seed: int = 0) -> ActiveSchedule:
    return ActiveSchedule(Words([str(case) for case in range(cases)]), seed=seed)


def taught(cases: int, observations, *, seed: int = 0) -> ActiveSchedule:
    active = schedule(cases, seed=seed)
    for case, value in observations:
        active.learn(case % cases, value)
    return active


@given(st.integers(1, 60), seen)
def test_the_chances_are_half_uniform_and_the_weights_undo_them(cases, observations):
    active = taught(cases, observations)
    chances = active.chances()
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert chances.min() >= 0.5 / cases * (1 - 1e-12)
    for draw in active.take(20):
        assert draw.weight * chances[draw.case_index] == pytest.approx(1 / cases, rel=1e-12)
        assert draw.weight <= draw.greatest_weight <= 2
        assert draw.greatest_weight >= 1 - 1e-12
        assert draw.greatest_weight == pytest.approx(1 / (cases * chances.min()), rel=1e-12)


@given(st.integers(1, 60), seen, st.integers(0, 9))
def test_a_case_that_differed_more_than_the_others_is_likelier(cases, observations, case):
    alike = taught(cases, [(other, 0.1) for other in range(cases)])
    assert alike.chances() == pytest.approx(np.full(cases, 1 / cases))
    if case < cases and cases > 1:
        before = alike.chances()[case]
        alike.learn(case, -1.0)
        assert alike.chances()[case] > before


@pytest.mark.parametrize("cases", [1, 3, 49, 50])
def test_it_is_uniform_until_something_differs(cases):
    """Not nearly: the weights are 1, and the cases those of the plain schedule."""
    active = schedule(cases, seed=5)
    plain = Schedule(active._prompts, seed=5, without_replacement=False)
    for _ in range(3):
        draws = active.take(40)
        assert draws == plain.take(40)
        assert {(draw.weight, draw.greatest_weight) for draw in draws} == {(1.0, 1.0)}
        for draw in draws:
            active.learn(draw.case_index, 0.0)


def test_the_cases_come_as_often_as_the_chances_say():
    active = taught(8, [(0, 1.0), (0, -1.0), (3, 0.5), (5, 0.0), (5, 0.0)], seed=0)
    chances = active.chances()
    drawn = np.bincount([draw.case_index for draw in active.take(8000)], minlength=8)
    assert stats.chisquare(drawn, 8000 * chances).pvalue > 0.01
    assert chances[0] > 1.4 * chances[5]


@given(seen, st.lists(st.integers(0, 12), max_size=6))
def test_the_chances_are_fixed_within_a_take_and_do_not_depend_on_its_cuts(observations, sizes):
    whole, parts = (taught(10, observations, seed=4) for _ in range(2))
    draws = whole.take(sum(sizes))
    assert [draw for size in sizes for draw in parts.take(size)] == draws
    assert len({draw.greatest_weight for draw in draws}) <= 1
    by_case = {draw.case_index: draw.weight for draw in draws}
    assert all(draw.weight == by_case[draw.case_index] for draw in draws)


class Chosen(ActiveSchedule):
    """Draws the cases it is told to, by giving it the bits that lead there."""

    def draw_case(self, case: int):
        ends = np.cumsum(self.chances())
        middle = (ends[case] + (ends[case - 1] if case else 0.0)) / 2 / ends[-1]
        self._told = int(middle * 2**64)
        (draw,) = self.take(1)
        assert draw.case_index == case
        return draw

    def _bits(self) -> int:
        return self._told


LAWS = ({-1.0: 0.75, 1.0: 0.25}, {0.0: 1.0}, {-1.0: 0.1, 0.0: 0.9})
"""Each case's D; Delta = -.2."""
DELTA = sum(value * chance for law in LAWS for value, chance in law.items()) / len(LAWS)
STEPS = 4


def histories(weigh):
    """Every way in which `STEPS` draws can go: its probability, values, weights and greatest ones.

    Args:
        weigh: (schedule before, schedule after, draw) -> weight and greatest weight.
    """
    outcomes = [(case, value) for case, law in enumerate(LAWS) for value in law]
    for history in product(outcomes, repeat=STEPS):
        active = Chosen(Words("abc"), seed=0)
        chance, weights = 1.0, []
        for case, value in history:
            chance *= active.chances()[case] * LAWS[case][value]
            draw = active.draw_case(case)
            active.learn(case, value)
            weights.append(weigh(active, draw))
        yield chance, np.array([value for _, value in history]), np.array(weights).T


def as_drawn(active, draw):
    return draw.weight, draw.greatest_weight


def after_the_fact(active, draw):
    """The mistake to avoid: chances that the observation itself has moved."""
    relative = len(LAWS) * active.chances()
    return 1 / relative[draw.case_index], 1 / relative.min()


@pytest.mark.parametrize("direction", Direction)
def test_at_the_boundary_the_evidence_is_a_martingale(direction):
    """Exactly, over all 625 histories of four draws: E[e-value] = 1 and E[mean w D] = Delta."""
    total = e_value = mean = 0.0
    for chance, values, weights in histories(as_drawn):
        process = WeightedProcess(Claim(direction, DELTA), PAIRED)
        total += chance
        e_value += chance * math.exp(process.update(values, *weights)[-1])
        mean += chance * np.mean(values * weights[0])
    assert total == pytest.approx(1, abs=1e-12)
    assert e_value == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx(DELTA, abs=1e-12)


def test_weights_that_the_observation_has_moved_would_be_unfair():
    """What was seen to differ counts for less, so the mean shrinks towards 0."""
    e_value = mean = 0.0
    for chance, values, weights in histories(after_the_fact):
        process = WeightedProcess(Claim(Direction.ABOVE, DELTA), PAIRED)
        e_value += chance * math.exp(process.update(values, *weights)[-1])
        mean += chance * np.mean(values * weights[0])
    assert e_value > 1.02
    assert mean > DELTA + 0.005


WORDS = [f"w{number}" for number in range(20)]
BASE = dict.fromkeys(WORDS, 0.9)
WORSE = {**BASE, "w0": 0.1, "w1": 0.3, "w2": 0.5}
"""Delta = -.09."""


def test_a_run_stores_what_it_takes_to_decide_again(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {
        "few": behavior(WORDS, (Kind.NOT_WORSE, 0.05)),
        "same": behavior(WORDS[3:], (Kind.UNCHANGED, 0.1)),
    }
    result = compare(family, BASE, WORSE, store=store, active=True)
    few, same = result.behaviors
    assert few.weighted
    assert same.weighted
    assert few.interval.lower <= -0.09 <= few.interval.upper
    with duckdb.connect(str(store), read_only=True) as connection:
        rows = connection.execute(
            "SELECT behavior, min(weight), max(weight), max(greatest_weight), "
            "min(greatest_weight - weight), avg(weight) FROM pairs GROUP BY 1 ORDER BY 1"
        ).fetchall()
        asked = connection.execute(
            "SELECT avg((case_index < 3)::INT) FROM pairs WHERE behavior = 'few' AND pair >= 100"
        ).fetchone()[0]
    (name, least, most, greatest, slack, average), plain = rows
    assert name == "few"
    assert least < 0.8
    assert 1.1 < most <= greatest <= 2
    assert slack >= 0
    assert average == pytest.approx(1, abs=0.1)
    assert plain == ("same", 1, 1, 1, 0, 1)
    assert asked > 2 * 3 / 20
    again = redecide(store, "last", Changes())
    assert again == result
    looser = redecide(store, "last", Changes(tolerance=0.2)).behaviors[0]
    assert looser.estimate == few.estimate
    assert looser.e_violated < few.e_violated


def drawn(store):
    """What the run's last behavior ``few`` drew, in order."""
    with duckdb.connect(str(store), read_only=True) as connection:
        return connection.execute(
            "SELECT DISTINCT pair, case_index, value, weight, log_e_holds FROM pairs "
            "WHERE behavior = 'few' ORDER BY pair"
        ).fetchall()


def test_a_run_depends_on_neither_cache_nor_batches_nor_the_rest_of_the_family(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {"few": behavior(WORDS, (Kind.UNCHANGED, 0.05))}
    first = compare(family, BASE, WORSE, store=store, active=True).behaviors
    a = KnownRates("a", BASE)
    assert compare(family, a, WORSE, store=store, active=True).behaviors == first
    assert not a.answered
    b, other = KnownRates("b", WORSE, batch=3), tmp_path / "o.duckdb"
    compare({"x": behavior(WORDS[:5]), **family}, BASE, b, store=other, active=True)
    alone, among = drawn(store), drawn(other)
    shared = min(len(alone), len(among))  # how soon it is decided does depend on the others
    assert shared > 200
    assert among[:shared] == alone[:shared]


def test_without_a_difference_it_is_the_plain_run(compare, tmp_path):
    store = tmp_path / "s.duckdb"
    family = {"same": behavior(WORDS, (Kind.UNCHANGED, 0.05))}
    (plain,) = compare(family, BASE, BASE, store=store).behaviors
    a = KnownRates("a", BASE)
    (active,) = compare(family, a, BASE, store=store, active=True).behaviors
    assert not a.answered
    assert (active.path, active.interval, active.examples) == (
        plain.path,
        plain.interval,
        plain.examples,
    )


class Many(Words):
    def __init__(self, cases):
        super().__init__(["w0"])
        self._cases = cases

    def __len__(self):
        return self._cases


@pytest.mark.parametrize(
    ("one", "active"),
    [
        (behavior(WORDS), True),
        (behavior(Words(WORDS[:4], WORDS[4:8])), True),
        (behavior(Many(MOST_CASES)), True),
        (behavior(Many(MOST_CASES + 1)), False),
        (behavior(WORDS, temperature=0), False),
        # Of one model there is no difference to go by.
        (behavior(WORDS, (Kind.AT_LEAST, 0.5)), False),
        (behavior(WORDS, (Kind.AT_MOST, 0.5)), False),
    ],
)
def test_where_prompts_can_be_chosen(one, active):
    trial = Trial("x", one, seed=0, active=True)
    assert isinstance(trial.schedule, ActiveSchedule) == active
    assert trial.evidence.weighted == active
    assert not Trial("x", one, seed=0).evidence.weighted


def lossy(cases: int, losing: int, rate: float, *, rng: np.random.Generator):
    """An observer of prompts of which few lose at a high rate and the rest never change."""

    def observe(indices):
        return -1.0 * ((indices < losing) & (rng.random(len(indices)) < rate))

    return observe, -rate * losing / cases


def follow(observe, *, cases: int, boundary: float, pairs: int, seed: int, late: bool) -> Evidence:
    """One behavior's rounds; ``late`` weighs by chances that have seen what they weigh."""
    active = schedule(cases, seed=seed)
    evidence = Evidence(Expectation(Kind.NOT_WORSE, -boundary), PAIRED, weighted=True)
    while evidence.pairs < pairs:
        draws = active.take(round_size(evidence.pairs, max_pairs=pairs))
        indices = np.array([draw.case_index for draw in draws])
        values = observe(indices)
        for index, value in zip(indices, values, strict=True):
            active.learn(int(index), float(value))
        weight = np.array([draw.weight for draw in draws])
        greatest = np.array([draw.greatest_weight for draw in draws])
        if late:
            moved = 1 / (cases * active.chances())
            weight, greatest = moved[indices], np.full(len(draws), moved.max())
        evidence.update(values, Weights(weight, greatest))
    return evidence


def crossings(*, cases: int, losing: int, rate: float, repeats: int, late: bool = False):
    """Simulate runs of 400 pairs at the boundary of "holds" and "violated", which are both false.

    Returns:
        The shares of runs in which each is proven at alpha = .1 after any pair, and in which the
        last interval misses. (One at an earlier look misses if and only if one is proven there:
        an interval is what is not refuted.)
    """
    rng, alpha = np.random.default_rng(81), 0.1
    observe, delta = lossy(cases, losing, rate, rng=rng)
    proven = np.zeros(3)
    for seed in range(repeats):
        evidence = follow(observe, cases=cases, boundary=delta, pairs=400, seed=seed, late=late)
        proven[:2] += [log_e.max() >= math.log(1 / alpha) for log_e in evidence.path]
        lower, upper = evidence.interval(alpha)[:2]
        proven[2] += not lower <= delta <= upper
    return proven / repeats


@pytest.mark.slow
@pytest.mark.parametrize(("cases", "losing", "rate"), [(200, 20, 0.8), (20, 1, 1.0)])
def test_a_false_claim_is_rarely_proven_however_unlike_the_prompts_are(cases, losing, rate):
    """At the boundary, where both claims are false, looking after every pair; alpha is .1.

    An interval misses by either end: 2 alpha at most.
    """
    repeats = 300
    holds, violated, missed = crossings(cases=cases, losing=losing, rate=rate, repeats=repeats)
    bar = 0.1 + 3 * math.sqrt(0.1 * 0.9 / repeats)
    assert holds <= bar
    assert violated <= bar
    assert missed <= 0.2 + 3 * math.sqrt(0.2 * 0.8 / repeats)
    assert holds + violated > 0  # the threshold is within reach, so the bar says something


@pytest.mark.slow
def test_weights_that_have_seen_what_they_weigh_would_prove_false_claims():
    """The foil: the same rounds, but the chances are read after the round has moved them."""
    holds, _, missed = crossings(cases=200, losing=20, rate=0.8, repeats=100, late=True)
    assert holds > 0.4
    assert missed > 0.2
