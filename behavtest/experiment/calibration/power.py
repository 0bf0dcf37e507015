"""Simulated runs of the engine's rule: how often it raises a false alarm, and what it notices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats.bets import BETS, log_growth, log_mean_exp
from behavtest.stats.eprocess import distances

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from behavtest.experiment.calibration.law import Law
    from behavtest.stats import Bounds, Claim, Expectation
    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.vectors import BoolArray

    Places = NDArray[np.intp]

BLOCK = 10_000
"""Behaviors in runs simulated at once; bounds the memory to some 50 megabytes."""

_LONGEST_BLOCK = 500


class Question(NamedTuple):
    """What is tested, and on what.

    Args:
        expectation: The expectation.
        bounds: Range of an observation.
        law: Distribution of an observation.
    """

    expectation: Expectation
    bounds: Bounds
    law: Law


class StopRule(NamedTuple):
    """When the engine looks, and what it takes for an answer.

    Args:
        looks: Pairs seen at each look, ascending.
        holds: Log e-value at which "holds" is declared.
        declare: From the family's log e-values for "violated" at a look, shape (runs, m), and the
            largest so far of each, to which ones are declared violated, shape (runs, m).
        every_pair: Whether the largest so far must be known of every pair, not only of the looks.
    """

    looks: tuple[int, ...]
    holds: float
    declare: Callable[[FloatArray, FloatArray], BoolArray]
    every_pair: bool = False


class Outcome(NamedTuple):
    """What became of simulated runs of m behaviors.

    Args:
        violated: Which were declared violated, shape (runs, m).
        holds: Which were declared to hold, shape (runs, m).
        pairs: Pairs at the stop, shape (runs, m).
    """

    violated: BoolArray
    holds: BoolArray
    pairs: FloatArray


class _Wealth:
    """The wealth of the bets on one claim, in many runs.

    Wealth after n pairs depends on how often each value came, not on the order, so between two
    looks the counts are drawn at once: the log e-value at a look is that of `BettingProcess`.
    """

    def __init__(self, claim: Claim, question: Question, runs: int) -> None:
        far = distances(question.law.values, question.bounds, claim.direction)
        gap = float(distances(np.asarray(claim.boundary), question.bounds, claim.direction))
        self._growth = log_growth(far / gap)
        self._log_wealth: FloatArray = np.zeros((runs, BETS))

    def grow(self, counts: FloatArray, places: Places) -> FloatArray:
        """Bet on the values that came in some runs; return their log e-values."""
        wealth: FloatArray = self._log_wealth[places] + counts @ self._growth
        self._log_wealth[places] = wealth
        return log_mean_exp(wealth)


class _Runs:
    """One behavior in many simulated runs."""

    def __init__(self, question: Question, runs: int) -> None:
        claims = question.expectation.claims(question.bounds)
        self._law = question.law
        self._holds = [_Wealth(claim, question, runs) for claim in claims.holds]
        self._violated = [_Wealth(claim, question, runs) for claim in claims.violated]
        self.log_e_holds: FloatArray = np.zeros(runs)
        self.log_e_violated: FloatArray = np.zeros(runs)
        self.log_sup_violated: FloatArray = np.zeros(runs)

    def draw(self, pairs: int, places: Places, rng: np.random.Generator) -> None:
        """Draw further pairs in some of the runs, and look once."""
        counts = rng.multinomial(pairs, self._law.chances, size=len(places)).astype(np.float64)
        holds = [wealth.grow(counts, places) for wealth in self._holds]
        violated = [wealth.grow(counts, places) for wealth in self._violated]
        mean = np.logaddexp.reduce(violated, axis=0) - math.log(len(violated))
        self.log_e_holds[places] = np.minimum.reduce(holds)
        self.log_e_violated[places] = mean
        self.log_sup_violated[places] = np.maximum(self.log_sup_violated[places], mean)


def simulate(
    family: Sequence[Question], rule: StopRule, *, runs: int, rng: np.random.Generator
) -> Outcome:
    """Simulate runs of a family by the engine's rule.

    A behavior draws until a look at which the family's decisions, from the current e-values of
    those that go on and the frozen ones of those that stopped, decide it; the last decisions
    count. Behaviors are drawn independently of each other, also those that would share prompts.

    Args:
        family: The behaviors, at least one.
        rule: The rule.
        runs: How many, >= 1.
        rng: Source of randomness.
    """
    size = max(1, min(_LONGEST_BLOCK, BLOCK // len(family)))
    blocks = [
        _simulate(family, rule, min(size, runs - start), rng) for start in range(0, runs, size)
    ]
    return Outcome(*(np.concatenate(part) for part in zip(*blocks, strict=True)))


def _simulate(
    family: Sequence[Question], rule: StopRule, runs: int, rng: np.random.Generator
) -> Outcome:
    states = [_Runs(question, runs) for question in family]
    going = np.ones((runs, len(family)), dtype=np.bool_)
    pairs = np.zeros(going.shape)
    violated = np.zeros_like(going)
    holds = np.zeros_like(going)
    for look, step in _steps(rule):
        for column, state in enumerate(states):
            places = np.flatnonzero(going[:, column])
            for count in step if len(places) else ():
                state.draw(count, places, rng)
        pairs[going] = look
        violated = rule.declare(
            np.stack([state.log_e_violated for state in states], axis=1),
            np.stack([state.log_sup_violated for state in states], axis=1),
        )
        holds = np.stack([state.log_e_holds >= rule.holds for state in states], axis=1) & ~violated
        going &= ~(violated | holds)
        if not going.any():
            break
    return Outcome(violated, holds, pairs)


def _steps(rule: StopRule) -> Iterator[tuple[int, list[int]]]:
    """Yield each look, and the pairs drawn before it, cut where the evidence must be known."""
    for before, look in zip((0, *rule.looks), rule.looks, strict=False):
        count = look - before
        yield look, [1] * count if rule.every_pair else [count]
