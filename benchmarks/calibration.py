"""Measure how often a true null is refuted under constant peeking, and what a decision costs.

    python benchmarks/calibration.py [--runs 500]

Every null here is true with equality, the hardest case, and is looked at after each of 1,000
pairs. The naive column is what looking at a z-test's p-value after each pair (from the 30th on)
would do. It takes about a minute and needs no model.
"""

from __future__ import annotations

import argparse
import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from behavtest.stats import BettingProcess, Bounds, Claim, Direction, expected_pairs

ALPHA = 0.05
PAIRS = 1000
PAIRED = Bounds(-1, 1)


class Scenario(NamedTuple):
    """Independent observations with their values and chances."""

    name: str
    values: tuple[float, ...]
    chances: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean observation."""
        return float(np.dot(self.values, self.chances))

    @property
    def variance(self) -> float:
        """Variance of an observation."""
        return float(np.dot(np.square(self.values), self.chances)) - self.mean**2


SCENARIOS = (
    Scenario("rare losses, skewed", (-0.95, 0.05), (0.05, 0.95)),
    Scenario("2 % flips each way", (-1, 0, 1), (0.02, 0.96, 0.02)),
    Scenario("25 % flips each way", (-1, 0, 1), (0.25, 0.5, 0.25)),
)


def ever_proven(values: np.ndarray, direction: Direction, boundary: float) -> bool:
    """Return whether the false claim reaches 1 / alpha at any look."""
    path = BettingProcess(Claim(direction, boundary), PAIRED).update(values)
    return bool(path.max() >= math.log(1 / ALPHA))


def ever_significant(values: np.ndarray, boundary: float) -> bool:
    """Return whether a one-sided z-test for "mean < boundary" is ever significant."""
    counts = np.arange(1, len(values) + 1)
    means = np.cumsum(values) / counts
    spread = np.sqrt(np.maximum(np.cumsum(values**2) / counts - means**2, 1e-12) / counts)
    return bool(((means - boundary) / spread < ndtri(ALPHA))[29:].any())


def report_false_alarms(rng: np.random.Generator, runs: int) -> None:
    """Print the share of runs that refute a true null."""
    error = math.sqrt(ALPHA * (1 - ALPHA) / runs)
    print(f"refuted true nulls, nominal {ALPHA:g}, {runs} runs (standard error {error:.3f})")
    print(f"  {'':22} {'below':>7} {'above':>7} {'naive below':>12}")
    for scenario in SCENARIOS:
        samples = rng.choice(scenario.values, (runs, PAIRS), p=scenario.chances)
        below, above = (
            np.mean([ever_proven(values, direction, scenario.mean) for values in samples])
            for direction in (Direction.BELOW, Direction.ABOVE)
        )
        naive = np.mean([ever_significant(values, scenario.mean) for values in samples])
        print(f"  {scenario.name:22} {below:7.3f} {above:7.3f} {naive:12.3f}")


def report_pairs(rng: np.random.Generator, runs: int, tolerance: float = 0.1) -> None:
    """Print the pairs to prove "not worse" when nothing changed, beside the law."""
    print(f"pairs to prove not_worse within {tolerance:g}, Delta = 0, {runs} runs")
    print(f"  {'':22} {'median':>7} {'mean':>7} {'law':>12}")
    for scenario in SCENARIOS:
        law = expected_pairs(
            gap=scenario.mean + tolerance,
            variance=scenario.variance,
            alpha=ALPHA,
            greatest_bet=0.99 / (1 - tolerance),
        )
        taken = []
        for _ in range(runs):
            values = rng.choice(scenario.values, 8 * PAIRS, p=scenario.chances)
            path = BettingProcess(Claim(Direction.ABOVE, -tolerance), PAIRED).update(values)
            reached = np.flatnonzero(path >= math.log(1 / ALPHA))
            taken.append(int(reached[0]) + 1 if len(reached) else 8 * PAIRS)
        print(f"  {scenario.name:22} {np.median(taken):7.0f} {np.mean(taken):7.0f} {law:12.0f}")


def main() -> None:
    """Run both measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=500, help="simulated runs per scenario")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    report_false_alarms(rng, arguments.runs)
    report_pairs(rng, max(arguments.runs // 5, 1))


if __name__ == "__main__":
    main()
