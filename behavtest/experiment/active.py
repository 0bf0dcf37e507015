"""Active prompt choice: ask more often where the models have been seen to differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behavtest.experiment.schedule import Draw, Schedule

if TYPE_CHECKING:
    from behavtest.stats.arrays import FloatArray
    from behavtest.suite.behavior import PromptSet

MOST_CASES = 100_000
"""Largest population whose cases are told apart; in a larger one hardly any comes twice."""

_WORDS = 2.0**64


class ActiveSchedule(Schedule):
    """A stream of draws whose chances follow what earlier draws showed.

    Case i is drawn with chance ``q_i = 1 / (2 N) + s_i / (2 sum s)``, s_i the root mean square of
    the observations of case i so far, shrunk towards that of all cases by one observation's worth;
    q is uniform as long as nothing differed. The variance of the importance-weighted mean is least
    for q_i proportional to that root mean square (Owen, "Monte Carlo theory, methods and
    examples", chapter 9), which is the divergence predicted for the case.

    Validity: q is fixed before the draws it governs and depends on this behavior's earlier
    observations alone, so with weight w_i = 1 / (N q_i) every draw has E[w (D - m) | past] =
    Delta - m, which is all `behavtest.stats.WeightedProcess` asks for. As q is at least half
    uniform, no weight exceeds 2; the greatest weight possible is known before the draw and widens
    the bounds. E[w (D - m) | past] is Delta - m given what other behaviors have seen, too, as long
    as they advance in lockstep (`behavtest.experiment.effort`). What would break it is a weight
    that the observation it weighs has moved.

    It pays where few prompts change and their variance decides how many pairs are needed, and
    costs a little where changes are spread evenly, since the estimated chances then differ by
    noise alone. Median pairs to a verdict on one behavior at alpha .05, 400 simulated runs each,
    50 prompts, tolerance .05 unless stated; +-c is a change up and down at rate c each:

        truth                                                   uniform   active
        nothing differs (coupled)                                    96       96
        mean 0: 5 prompts +-.5                                      365      257
        mean 0: 2 prompts +-.5                                      162      162
        mean -.1: 10 prompts -.75, +.25                             582      365
        mean -.1: 5 prompts always worse                            182      182
        mean -.04, tolerance .02: 2 prompts always worse            461      365
        mean 0: all prompts +-.03                                   229      257
        mean -.1: all prompts worse at rate .1                      182      204
        mean 0, tolerance .1: all prompts +-.25 (independent)       461      518

    Args:
        prompts: The population, of at most `MOST_CASES` cases.
        seed: The run's seed.
    """

    def __init__(self, prompts: PromptSet, *, seed: int) -> None:
        super().__init__(prompts, seed=seed, without_replacement=False)
        self._squares: FloatArray = np.zeros(len(prompts))
        self._counts: FloatArray = np.zeros(len(prompts))

    def learn(self, case_index: int, value: float) -> None:
        """Take note of an observation; it moves the chances of the draws after the next `take`."""
        self._squares[case_index] += value**2
        self._counts[case_index] += 1

    def chances(self) -> FloatArray:
        """Return each case's chance now, shape (N,), each at least 1 / (2 N), summing to 1."""
        relative = self._relative()
        return relative / len(relative)

    def _relative(self) -> FloatArray:
        """Return N q, shape (N,): 1 for each as long as nothing differed."""
        if not self._squares.any():
            return np.ones(len(self._squares))
        overall = self._squares.sum() / self._counts.sum()
        spread = np.sqrt((self._squares + overall) / (self._counts + 1))
        relative: FloatArray = 0.5 + spread / (2 * spread.mean())
        return relative

    def take(self, count: int) -> list[Draw]:
        """Draw the next observations, all with the chances as they are now."""
        relative = self._relative()
        weights = 1 / relative
        ends = np.cumsum(relative)
        return [self._choose(ends, weights, float(weights.max())) for _ in range(count)]

    def _choose(self, ends: FloatArray, weights: FloatArray, greatest: float) -> Draw:
        place = self._bits() / _WORDS * ends[-1]
        case_index = min(int(np.searchsorted(ends, place, side="right")), len(ends) - 1)
        return self._draw(case_index, float(weights[case_index]), greatest)
