"""What each rule needs in one scenario, summarised."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from efficiency_arms.fixed import Plans, margin_plans, mcnemar_pairs
from efficiency_arms.learned import BATCH, BATCHES, greatest_growth, learned_stops
from efficiency_arms.scenarios import ALPHA, FloatArray, IntArray, Law, Sampling, Scenario
from efficiency_arms.sequential import (
    SAID_HOLDS,
    SAID_NOTHING,
    SAID_VIOLATED,
    Stops,
    behavtest_stops,
    check_against_package,
    least_mean,
    sprt_stops,
)
from scipy.stats import binom

WORST_BASE = 0.5
REPLAYED = 5
"""Runs of each law replayed through `behavtest.stats.Evidence`."""


@dataclass(frozen=True)
class Effort:
    """How much to simulate.

    Args:
        runs: Of each sequential rule.
        learned_runs: Of the learned-bet test, which trains networks.
        seed: Everything is a function of it.
    """

    runs: int
    learned_runs: int
    seed: int


@dataclass(frozen=True)
class Spread:
    """The pairs that runs took; an undecided run counts with the pairs it was given.

    Args:
        median: Of the pairs.
        interval: 95 % interval for the true median, from order statistics, without assumptions.
        mean: Of the pairs.
        standard_error: Of the mean.
        ninety: Pairs by which 90 % of the runs had ended: the cap at which the rule has power .9.
        right: Share of runs with the verdict that is true.
        wrong: Share with the opposite verdict.
        undecided: Share with none.
    """

    median: float
    interval: tuple[float, float]
    mean: float
    standard_error: float
    ninety: float
    right: float
    wrong: float
    undecided: float


def spread(stops: Stops, scenario: Scenario) -> Spread:
    """Summarise runs."""
    true = SAID_VIOLATED if scenario.changed else SAID_HOLDS
    runs, ordered = len(stops.pairs), np.sort(stops.pairs)
    return Spread(
        median=float(np.median(ordered)),
        interval=median_interval(ordered),
        mean=float(ordered.mean()),
        standard_error=float(ordered.std(ddof=1) / math.sqrt(runs)),
        ninety=float(ordered[math.ceil(0.9 * runs) - 1]),
        right=float((stops.said == true).mean()),
        wrong=float((stops.said == -true).mean()),
        undecided=float((stops.said == SAID_NOTHING).mean()),
    )


def median_interval(ordered: IntArray) -> tuple[float, float]:
    """Return a 95 % interval for the median: order statistics at Binomial(n, 1/2) quantiles."""
    low = int(binom.ppf(0.025, len(ordered), 0.5))
    return float(ordered[max(low - 1, 0)]), float(
        ordered[min(len(ordered) - low, len(ordered) - 1)]
    )


@cache
def behavtest_pairs(law: Law, tolerance: float, effort: Effort) -> Stops:
    """Run behavtest's rule, once for all scenarios with this law, and check it."""
    seed = numbers(effort, law, tolerance, arm=1)
    stops = behavtest_stops(seed, law, tolerance, effort.runs)
    check_against_package(seed, law, tolerance, stops=stops, runs=REPLAYED)
    return stops


@cache
def sprt_pairs(law: Law, tolerance: float, *, claims_holds: bool, effort: Effort) -> Stops:
    """Run Wald's test, once for all scenarios with this law."""
    seed = numbers(effort, law, tolerance, arm=2)
    return sprt_stops(seed, law, tolerance, claims_holds=claims_holds, runs=effort.runs)


def numbers(effort: Effort, law: Law, tolerance: float, *, arm: int) -> list[int]:
    """Return the seed of one arm at one law."""
    return [effort.seed, arm, *(round(1e6 * part) for part in (*law, tolerance))]


def fixed_plans(scenario: Scenario) -> dict[str, dict[str, int | float]]:
    """Return the fixed-sample plans, by what their planner knows."""

    def plans(of: Scenario) -> Plans:
        return margin_plans(of.law, of.tolerance, claims_holds=not of.changed)

    twin = Scenario(not scenario.changed, scenario.sampling, scenario.base, scenario.tolerance)
    both = (plans(scenario.uncoupled()), plans(twin.uncoupled()))
    found = {
        "law_known": plans(scenario),
        "uncoupled": both[0],
        "either_verdict": max(both, key=lambda each: each.exact.pairs),
        "nothing_known": plans(scenario.uncoupled(WORST_BASE)),
    }
    return {
        knows: {
            "exact": each.exact.pairs,
            "exact_power": each.exact.power,
            "nominal": each.nominal.pairs,
            "nominal_power": each.nominal.power,
            "nominal_size": each.nominal.size,
        }
        for knows, each in found.items()
    }


@cache
def learned(law: Law, tolerance: float, effort: Effort) -> dict[str, float | None]:
    """Return the learned-bet test's medians (None if under half the runs reject) and shares."""
    seed = numbers(effort, law, tolerance, arm=3)
    stops = learned_stops(seed, law, tolerance, effort.learned_runs)
    result: dict[str, float | None] = {"growth": greatest_growth(law, tolerance)}
    for name, pairs in stops._asdict().items():
        result[f"{name}_median"] = censored_median(pairs)
        result[f"{name}_share"] = float((pairs > 0).mean())
    return result


def censored_median(pairs: FloatArray | IntArray) -> float | None:
    """Return the median with 0 meaning "not by the cap"; None where the median is not reached."""
    beyond = BATCH * BATCHES + 1
    median = float(np.median(np.where(pairs > 0, pairs, beyond)))
    return median if median < beyond else None


def row(scenario: Scenario, effort: Effort) -> dict[str, object]:
    """Return everything measured in one scenario."""
    law, tolerance = scenario.law, scenario.tolerance
    other = scenario.uncoupled()
    sprt = sprt_pairs(law, tolerance, claims_holds=not scenario.changed, effort=effort)
    return {
        **asdict(scenario),
        "loss": law.loss,
        "gain": law.gain,
        "behavtest": asdict(spread(behavtest_pairs(law, tolerance, effort), scenario)),
        "behavtest_independent": asdict(
            spread(behavtest_pairs(other.law, tolerance, effort), other)
        ),
        "sprt": asdict(spread(sprt, scenario)),
        "least_mean": least_mean(law, tolerance, claims_holds=not scenario.changed),
        "fixed": fixed_plans(scenario),
        "mcnemar": mcnemar_pairs(law) if scenario.changed else None,
        "learned": learned(law, tolerance, effort) if scenario.changed else None,
        "least_of_any_test": least_of_any_test(scenario),
    }


def least_of_any_test(scenario: Scenario) -> int | None:
    """Return the fewest pairs with which any test can show ``not_worse`` from D = 0 alone.

    A law with P(D = -1) = tolerance, else 0, violates it (Delta = -tolerance) and gives n zeros
    with probability (1 - tolerance)^n. A test, fixed or sequential, that says "holds" on n zeros
    errs there at least that often, so n >= ln(alpha) / ln(1 - tolerance).
    """
    if scenario.changed or scenario.sampling is not Sampling.COUPLED:
        return None
    return math.ceil(math.log(ALPHA) / math.log1p(-scenario.tolerance))
