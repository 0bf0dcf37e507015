"""From the runs of A against A to what is said of each behavior."""

from __future__ import annotations

import hashlib
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.experiment.calibration.curves import behavior_power
from behavtest.experiment.calibration.law import Scores
from behavtest.experiment.calibration.power import Question, simulate
from behavtest.experiment.calibration.result import CalibratedBehavior, Share
from behavtest.experiment.calibration.rule import family_rule, lone_rule
from behavtest.suite.relation import observation_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.calibration.runs import Replicate
    from behavtest.experiment.session import RunSettings
    from behavtest.stats import Bounds
    from behavtest.suite.behavior import Behavior

SIMULATED_RUNS = 4000
"""Runs simulated for the false-alarm rate; without an alarm it is then below .075 %."""

SIMULATED_RUNS_EVERY_PAIR = 400
"""The same where the evidence must be followed from pair to pair, which takes far longer."""

LARGE_FAMILY = 25
"""Number of behaviors from which fewer runs are simulated, in proportion."""


class Measured(NamedTuple):
    """One behavior in all runs.

    Args:
        name: Node id.
        behavior: The behavior.
        bounds: Range of an observation.
        scores: Of all runs together; None if there are none.
        error: Why it could not be measured, if it could not.
    """

    name: str
    behavior: Behavior
    bounds: Bounds
    scores: Scores | None
    error: str | None


def measured(name: str, behavior: Behavior, runs: Sequence[Replicate]) -> Measured:
    """Put a behavior's scores of all runs together."""
    contrast, relation = behavior.prompts.contrast, behavior.relation
    first = np.concatenate([run.scores[name].first for run in runs])
    second = np.concatenate([run.scores[name].second for run in runs])
    bounds = observation_bounds(contrast=contrast, absolute=True, relation=relation)
    errors = [_result(run, name).error for run in runs]
    return Measured(
        name,
        behavior,
        observation_bounds(contrast=contrast, absolute=False, relation=relation),
        Scores(first, second, bounds) if len(first) else None,
        next((error for error in errors if error is not None), None),
    )


def simulated_alarms(
    behaviors: Sequence[Measured], settings: RunSettings, *, seed: int
) -> Share | None:
    """Simulate runs of the family in which nothing changed; count those with a false alarm.

    Args:
        behaviors: The family.
        settings: The runs'.
        seed: Of the simulation.

    Returns:
        None if no behavior has been measured.
    """
    known = [one for one in behaviors if one.scores is not None and one.error is None]
    family = [
        Question(one.behavior.expectation, one.bounds, one.scores.unchanged())
        for one in known
        if one.scores is not None
    ]
    if not family:
        return None
    rule = family_rule(settings, [one.behavior for one in known])
    runs = SIMULATED_RUNS_EVERY_PAIR if rule.every_pair else SIMULATED_RUNS
    runs = max(1, runs * LARGE_FAMILY // max(LARGE_FAMILY, len(family)))
    rng = np.random.default_rng(_key(seed, "no change"))
    violated = simulate(family, rule, runs=runs, rng=rng).violated
    return Share.of(int(violated.any(axis=1).sum()), runs)


def calibrated_behavior(
    one: Measured,
    runs: Sequence[Replicate],
    settings: RunSettings,
    *,
    selected: Mapping[str, Behavior],
    seed: int,
) -> CalibratedBehavior:
    """Count what became of a behavior, and simulate what it would notice.

    Args:
        one: The behavior.
        runs: All runs.
        settings: Theirs.
        selected: Name -> behavior: the family that a comparison would have.
        seed: Of the simulation.
    """
    results = [_result(run, one.name) for run in runs]
    verdicts = [result.verdict for result in results]
    scores = one.scores if one.error is None else None
    power = None
    if scores is not None:
        expectation, key = one.behavior.expectation, _key(seed, one.name)
        rule = lone_rule(settings, one.name, selected)
        power = behavior_power(expectation, one.bounds, scores, rule, seed=key)
    return CalibratedBehavior(
        name=one.name,
        suite=one.behavior.suite,
        behavior=one.behavior.id,
        statement=one.behavior.statement,
        mean=None if scores is None else scores.mean,
        variance=None if scores is None else scores.unchanged().variance,
        observations=sum(result.pairs for result in results),
        false_alarms=verdicts.count("violated"),
        holds=verdicts.count("holds"),
        inconclusive=verdicts.count("inconclusive"),
        median_pairs=float(median(result.pairs for result in results)),
        power=power,
        error=one.error,
    )


def _result(run: Replicate, name: str) -> BehaviorResult:
    return next(found for found in run.result.behaviors if found.name == name)


def _key(seed: int, purpose: str) -> int:
    """Derive a seed for numpy; no behavior's depends on which others are simulated."""
    text = f"{seed}\n{purpose}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
