"""Measured false discovery rates of streams. Each bound is alpha plus 3 standard errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import pytest
from scipy.special import ndtr

from behavtest.stats.online import Decision, ELond, Saffron, open_stream
from behavtest.stats.online.weights import logarithmic_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.multiplicity import BoolArray

    Values = Callable[[np.random.Generator], FloatArray]

ALPHA = 0.05
TESTS = 200
NONE = np.zeros(TESTS, dtype=bool)
SPARSE = np.arange(TESTS) % 20 == 19  # one in twenty is no null
EFFECT = 3.5  # standard deviations


class Rule(Protocol):
    def test(self, value: float) -> Decision: ...


class Measured(NamedTuple):
    """What a simulation found.

    Args:
        fdr: Mean false discovery proportion at the end.
        error: Its standard error.
        greatest: Mean of the greatest proportion met at any time.
        power: Share of the signals found.
    """

    fdr: float
    error: float
    greatest: float
    power: float


def summary(rejected: BoolArray, signals: BoolArray) -> Measured:
    """Sum up repeats, shape (repeats, TESTS)."""
    false = np.cumsum(rejected & ~signals, axis=1)
    path = false / np.maximum(np.cumsum(rejected, axis=1), 1)
    return Measured(
        fdr=float(path[:, -1].mean()),
        error=float(path[:, -1].std()) / math.sqrt(len(path)),
        greatest=float(path.max(axis=1).mean()),
        power=float(rejected[:, signals].mean()) if signals.any() else math.nan,
    )


def measure(open_: Callable[[], Rule], values: Values, signals: BoolArray) -> Measured:
    rng = np.random.default_rng(7)
    rejected = []
    for _ in range(400):
        stream = open_()
        rejected.append([stream.test(value).reject for value in values(rng).tolist()])
    return summary(np.array(rejected), signals)


def p_values(rng: np.random.Generator) -> FloatArray:
    return ndtr(-rng.standard_normal(TESTS) - EFFECT * SPARSE)


def likelihood_ratio(noise: FloatArray) -> FloatArray:
    """Of mean EFFECT against mean 0: an e-value."""
    return np.exp(EFFECT * (noise + EFFECT * SPARSE) - EFFECT**2 / 2)


def e_values(rng: np.random.Generator) -> FloatArray:
    return likelihood_ratio(rng.standard_normal(TESTS))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["saffron", "addis", "lord++", "lond", "e-lond"])
def test_independent_nulls_and_sparse_signals(name: str) -> None:
    values = e_values if name == "e-lond" else p_values
    measured = measure(lambda: open_stream(name, alpha=ALPHA), values, SPARSE)
    assert measured.fdr <= ALPHA + 3 * measured.error
    assert measured.power > 0.1  # it finds signals, so the bound says something


class NeverSpends:
    """What a published tool for auditing models calls SAFFRON: a foil, not to be used.

    Its level is alpha / 2 for as long as nothing is rejected, however many tests that takes, and
    alpha more after each rejection, capped by a bound that decays from one rejection to the next.
    It has no candidates, and no test that fails costs anything.
    """

    def __init__(self) -> None:
        self.wealth = self.bound = ALPHA / 2
        self.tests = self.rejections = self.last = 0

    def test(self, value: float) -> Decision:
        self.tests += 1
        level = self.wealth
        if self.rejections:
            level = min(self.wealth, 0.9 ** (self.tests - self.last) * self.bound)
        reject = value <= level
        if reject:
            self.rejections += 1
            self.last = self.tests
            self.wealth += ALPHA - level
            self.bound = ALPHA / 2 / self.rejections
        return Decision(reject, level)


def budget_spent(rule: Rule, tests: int) -> float:
    """SAFFRON's estimate of the false rejections when every p-value is 1; its budget is ALPHA."""
    return sum(rule.test(1.0).level for _ in range(tests)) / (1 - 0.5)


def test_saffron_stays_within_its_budget_and_the_foil_does_not() -> None:
    assert 0.9 * ALPHA / 2 < budget_spent(Saffron(alpha=ALPHA), 1000) <= ALPHA / 2
    assert budget_spent(NeverSpends(), 1000) == pytest.approx(1000 * ALPHA)


@pytest.mark.slow
def test_the_simulation_catches_a_saffron_that_never_spends() -> None:
    """The foil's FDR was measured at .148 here, ours at .024."""
    foil = measure(NeverSpends, p_values, SPARSE)
    ours = measure(lambda: Saffron(alpha=ALPHA), p_values, SPARSE)
    assert foil.fdr - 3 * foil.error > 2 * ALPHA
    assert ours.fdr <= ALPHA + 3 * ours.error
    assert ours.power > 0.75 * foil.power  # not bought with power


def common_noise(rng: np.random.Generator) -> FloatArray:
    """Correlation .95 between any two tests."""
    own = rng.standard_normal(TESTS)
    return likelihood_ratio(math.sqrt(0.95) * rng.standard_normal() + math.sqrt(0.05) * own)


def opposite_noise(rng: np.random.Generator) -> FloatArray:
    """The noise of tests 2k and 2k + 1 adds to 0: one is evidence when the other is not."""
    half = rng.standard_normal(TESTS // 2)
    return likelihood_ratio(np.stack([half, -half], axis=1).ravel())


@pytest.mark.slow
@pytest.mark.parametrize("values", [common_noise, opposite_noise], ids=lambda v: v.__name__)
def test_e_lond_when_the_noise_is_shared(values: Values) -> None:
    measured = measure(lambda: ELond(alpha=ALPHA), values, SPARSE)
    assert measured.fdr <= ALPHA + 3 * measured.error
    assert measured.power > 0.1


STRATA = 1000


def against_an_adversary(signals: BoolArray, *, positive: bool) -> Measured:
    """Run e-LOND where a null's e-value is 1 / level, on an event of probability level, or 0.

    No e-value can reject with more probability. Signals are always rejected. All events are made
    of one uniform number: [0, level) each time, so that nulls are rejected together, or intervals
    side by side, so that they take turns. That number goes through STRATA midpoints of [0, 1]: no
    Monte-Carlo error is left.
    """
    rejected = np.zeros((STRATA, TESTS), dtype=bool)
    for number_of_stratum, row in enumerate(rejected):
        stream, place, start = ELond(alpha=ALPHA), (number_of_stratum + 0.5) / STRATA, 0.0
        for number, signal in enumerate(signals):
            level = stream.next_level
            lucky = start <= place < start + level
            start += 0.0 if positive or signal else level
            row[number] = stream.test(math.inf if signal else lucky / level).reject
    return summary(rejected, signals)


@pytest.mark.slow
@pytest.mark.parametrize("signals", [NONE, SPARSE], ids=["all null", "sparse"])
def test_e_lond_when_nulls_are_rejected_together(signals: BoolArray) -> None:
    measured = against_an_adversary(signals, positive=True)
    assert 0 < measured.fdr <= measured.greatest <= ALPHA


@pytest.mark.slow
@pytest.mark.parametrize("signals", [NONE, SPARSE], ids=["all null", "sparse"])
def test_e_lond_when_nulls_take_turns_spends_exactly_what_it_may(signals: BoolArray) -> None:
    """Then every step of its proof is an equality: E[sup FDP] = alpha sum over nulls of gamma."""
    measured = against_an_adversary(signals, positive=False)
    exact = ALPHA * logarithmic_weights(1 + np.flatnonzero(~signals)).sum()
    assert exact <= ALPHA
    # sup FDP is 1 / (D + 1), then 0, along the strata: monotone from 1 to 0, so 1 / STRATA off
    assert abs(measured.greatest - exact) <= 1 / STRATA
    assert measured.fdr <= measured.greatest


def jointly_candidates(rng: np.random.Generator) -> FloatArray:
    """Nulls, each uniform: with one toss of a coin all are below .5, otherwise all are above."""
    return (rng.random(TESTS) + (rng.random() < 0.5)) / 2


def mostly_one(rng: np.random.Generator) -> FloatArray:
    """Independent nulls, each super-uniform: .002 with probability .002 and 1 otherwise."""
    return np.where(rng.random(TESTS) < 0.002, 0.002, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "values", "least", "most"),
    [
        # half of the time nothing is ever spent, and a level of .0055 is met 200 times
        ("saffron", jointly_candidates, 0.4, 0.5),
        # 1 - .998^200 = .33: whatever is not rejected is discarded
        ("addis", mostly_one, 0.25, 0.4),
        # within the promises
        ("saffron", mostly_one, 0.0, ALPHA),
        ("lord++", mostly_one, 0.0, ALPHA),
        ("lond", mostly_one, 0.0, ALPHA),
    ],
)
def test_where_the_promises_reach_and_where_not(
    name: str, values: Values, least: float, most: float
) -> None:
    """As the docstrings of `Saffron` and `Addis` warn; a change here must change them too."""
    measured = measure(lambda: open_stream(name, alpha=ALPHA), values, NONE)
    assert least - 3 * measured.error <= measured.fdr <= most + 3 * measured.error
