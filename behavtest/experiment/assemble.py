"""From finished trials to the run's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.experiment.family import decisions
from behavtest.experiment.result import (
    BehaviorResult,
    Interval,
    ModelRecord,
    PairExample,
    PathPoint,
    RunResult,
)
from behavtest.stats import Verdict, e_value, forecast
from behavtest.store import VerdictRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from behavtest.experiment.answers import Answers
    from behavtest.experiment.budget import Spending
    from behavtest.experiment.pairing import ModelPair
    from behavtest.experiment.result import StopReason, VerdictName
    from behavtest.experiment.trial import Observation, Trial

PROCEDURE = "closed-e-bh"
_PATH_POINTS = 100


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run before its first pair; see `RunResult` for the fields."""

    run_id: str
    started: str
    seed: int
    alpha: float
    versions: dict[str, str]
    store: str


class _Family(NamedTuple):
    """What the behaviors' results have in common.

    Args:
        alpha: The run's error rate.
        size: Number of behaviors.
        max_pairs: Most observations of one.
        stopped: Name -> the decision at which a behavior stopped sampling.
    """

    alpha: float
    size: int
    max_pairs: int
    stopped: Mapping[str, Verdict]


def assemble(
    trials: Sequence[Trial],
    *,
    facts: RunFacts,
    models: ModelPair,
    spending: Spending,
    stopped: Mapping[str, Verdict],
) -> RunResult:
    """Write down what a run found.

    Args:
        trials: The family, finished.
        facts: The run.
        models: Who answered.
        spending: What it took.
        stopped: Name -> the decision at which a behavior stopped sampling.
    """
    verdicts = decisions(trials, facts.alpha)
    family = _Family(facts.alpha, len(trials), spending.budget.max_pairs, stopped)
    return RunResult(
        run_id=facts.run_id,
        started=facts.started,
        seconds=spending.elapsed,
        seed=facts.seed,
        alpha=facts.alpha,
        procedure=PROCEDURE,
        pairing=models.pairing.name,
        pairing_reason=models.pairing.reason,
        model_a=_model_record(models.a),
        model_b=None if models.b is None else _model_record(models.b),
        behaviors=tuple(
            _behavior_result(
                trial,
                "error" if trial.error is not None else verdicts[trial.name].value,
                family,
            )
            for trial in trials
        ),
        versions=facts.versions,
        store=facts.store,
    )


def _model_record(answers: Answers) -> ModelRecord:
    return ModelRecord(
        name=answers.backend.name,
        fingerprint=answers.backend.fingerprint,
        description=answers.backend.describe(),
        generated_tokens=answers.generated_tokens,
        generated=answers.generated,
        reused=answers.reused,
    )


def _behavior_result(trial: Trial, verdict: VerdictName, family: _Family) -> BehaviorResult:
    behavior, evidence = trial.behavior, trial.evidence
    interval = evidence.interval(family.alpha) if trial.pairs else None
    undecided = verdict == "inconclusive"
    return BehaviorResult(
        name=trial.name,
        suite=behavior.suite,
        behavior=behavior.id,
        description=behavior.description,
        tags=behavior.tags,
        file=behavior.source.file,
        line=behavior.source.line,
        scorer=behavior.scorer.name,
        sampling=str(behavior.settings),
        expectation=behavior.expectation.kind.value,
        margin=behavior.expectation.margin,
        statement=behavior.expectation.statement(),
        verdict=verdict,
        error=trial.error,
        exact=evidence.exact,
        stop=_stop(trial, verdict, family),
        pairs=trial.pairs,
        population=trial.population,
        estimate=evidence.estimate,
        interval=None
        if interval is None
        else Interval(interval.lower, interval.upper, 1 - 2 * family.alpha),
        range_lower=trial.bounds.lower,
        range_upper=trial.bounds.upper,
        mean_a=trial.mean_a,
        mean_b=trial.mean_b,
        changed=None if trial.mean_a is None or trial.mean_b is None else trial.changed,
        e_holds=evidence.e_holds,
        e_violated=evidence.e_violated,
        forecast=forecast(evidence, family.alpha, family=family.size) if undecided else None,
        path=_path(trial),
        examples=tuple(_example(seen) for seen in trial.telling()),
    )


def _stop(trial: Trial, verdict: VerdictName, family: _Family) -> StopReason:
    if trial.used_up:
        return "census"
    if verdict == "error":
        return verdict
    if trial.name in family.stopped:
        return "violated" if family.stopped[trial.name] is Verdict.VIOLATED else "holds"
    return "max_pairs" if trial.pairs >= family.max_pairs else "budget"


def _path(trial: Trial) -> tuple[PathPoint, ...]:
    """Thin the path to what a chart can show, the last point included."""
    holds, violated = trial.evidence.path
    if not len(holds):
        return ()
    places = np.unique(np.linspace(0, len(holds) - 1, _PATH_POINTS).astype(int))
    return tuple(
        PathPoint(
            pairs=int(place) + 1,
            e_holds=_rounded(float(holds[place])),
            e_violated=_rounded(float(violated[place])),
        )
        for place in places
    )


def _rounded(log_e: float) -> float:
    """Return an e-value with the digits a chart can show."""
    return float(f"{e_value(log_e):.4g}")


def _example(seen: Observation) -> PairExample:
    return PairExample(
        index=seen.place, value=seen.value, target=seen.target, baseline=seen.baseline
    )


def verdict_records(result: RunResult) -> list[VerdictRecord]:
    """Return the rows of ``verdicts`` for a run."""
    return [
        VerdictRecord(
            behavior=found.name,
            suite=found.suite,
            expectation=found.expectation,
            margin=found.margin,
            scorer=found.scorer,
            verdict=found.verdict,
            error=found.error,
            exact=found.exact,
            stop=found.stop,
            pairs=found.pairs,
            estimate=found.estimate,
            lower=None if found.interval is None else found.interval.lower,
            upper=None if found.interval is None else found.interval.upper,
            mean_a=found.mean_a,
            mean_b=found.mean_b,
            changed=found.changed,
            e_holds=found.e_holds,
            e_violated=found.e_violated,
        )
        for found in result.behaviors
    ]
