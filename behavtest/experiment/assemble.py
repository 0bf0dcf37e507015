"""From finished trials to the run's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.behavior_result import BehaviorResult, LedgerNote
from behavtest.experiment.examples import PairExample
from behavtest.experiment.family import decisions
from behavtest.experiment.measured import measured
from behavtest.experiment.result import ModelRecord, RunResult
from behavtest.stats import Verdict
from behavtest.store import VerdictRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from behavtest.experiment.answers import Answers
    from behavtest.experiment.behavior_result import StopReason
    from behavtest.experiment.budget import Spending
    from behavtest.experiment.family import Rule
    from behavtest.experiment.ledger import Stream
    from behavtest.experiment.likelihoods import Likelihoods
    from behavtest.experiment.measured import Measured
    from behavtest.experiment.pairing import ModelPair
    from behavtest.experiment.trial import Observation, Trial


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run before its first pair; see `RunResult` for the fields."""

    run_id: str
    started: str
    seed: int
    versions: dict[str, str]
    store: str


class Finished(NamedTuple):
    """A family whose behaviors have all stopped.

    Args:
        trials: The behaviors.
        rule: What decides.
        stopped: Name -> the decision at which a behavior stopped sampling.
        stream: The behaviors' tests in the ledger, None if the run is none of its releases.
    """

    trials: Sequence[Trial]
    rule: Rule
    stopped: Mapping[str, Verdict]
    stream: Stream | None


def assemble(
    finished: Finished, *, facts: RunFacts, models: ModelPair, spending: Spending
) -> RunResult:
    """Write down what a run found.

    Args:
        finished: The family.
        facts: The run.
        models: Who answered.
        spending: What it took.
    """
    trials, rule, stopped, stream = finished
    most = spending.budget.max_pairs
    return RunResult(
        run_id=facts.run_id,
        started=facts.started,
        seconds=spending.elapsed,
        seed=facts.seed,
        alpha=rule.alpha,
        procedure=rule.procedure,
        pairing=models.pairing.name,
        pairing_reason=models.pairing.reason,
        model_a=_model_record(models.a, models.readers.a, took_turns=models.took_turns),
        model_b=None
        if models.b is None or models.readers.b is None
        else _model_record(models.b, models.readers.b, took_turns=models.took_turns),
        behaviors=behavior_results(
            trials,
            rule,
            stop=lambda trial: _stop(trial, stopped.get(trial.name), most),
            stream=stream,
        ),
        versions=facts.versions,
        store=facts.store,
    )


def _model_record(answers: Answers, likelihoods: Likelihoods, *, took_turns: bool) -> ModelRecord:
    turns = ", in memory by turns with the other" if took_turns else ""
    return ModelRecord(
        name=answers.backend.name,
        fingerprint=answers.backend.fingerprint,
        description=answers.backend.describe() + turns,
        generated_tokens=answers.generated_tokens,
        generated=answers.generated,
        reused=answers.reused,
        replayed_tokens=answers.replayed_tokens,
        texts_read=likelihoods.texts_read,
        texts_reused=likelihoods.texts_reused,
    )


def behavior_results(
    trials: Sequence[Trial],
    rule: Rule,
    *,
    stop: Callable[[Trial], StopReason],
    stream: Stream | None = None,
) -> tuple[BehaviorResult, ...]:
    """Decide a family, and write down what was found of each behavior.

    Args:
        trials: The family.
        rule: What decides.
        stop: Tells why a behavior's sampling stopped.
        stream: Their tests in the ledger, None if they are in none.
    """
    family = [trial.member for trial in trials]
    verdicts = decisions(family, rule)
    return tuple(
        _behavior_result(
            trial,
            measured(
                trial.evidence,
                "error" if trial.error is not None else verdicts[trial.name].value,
                alpha=rule.alpha,
                enough=rule.enough(trial.member, family),
            ),
            stop=stop(trial),
            stream=stream,
        )
        for trial in trials
    )


def _behavior_result(
    trial: Trial, found: Measured, *, stop: StopReason, stream: Stream | None
) -> BehaviorResult:
    """Write down what was found of one behavior.

    Args:
        trial: The behavior.
        found: What its evidence tells.
        stop: Why sampling stopped.
        stream: Its test in the ledger, None if it is in none.
    """
    behavior = trial.behavior
    return BehaviorResult(
        **found,
        name=trial.name,
        suite=behavior.suite,
        behavior=behavior.id,
        description=behavior.description,
        tags=behavior.tags,
        file=behavior.source.file,
        line=behavior.source.line,
        scorer=behavior.scorer.name,
        sampling=behavior.sampling,
        expectation=behavior.expectation.kind.value,
        margin=behavior.expectation.margin,
        statement=behavior.statement,
        error=trial.error,
        stop=stop,
        population=trial.population,
        range_lower=trial.bounds.lower,
        range_upper=trial.bounds.upper,
        mean_a=trial.mean_a,
        mean_b=trial.mean_b,
        changed=None if trial.mean_a is None or trial.mean_b is None else trial.changed,
        examples=tuple(_example(seen) for seen in trial.telling()),
        relation=behavior.relation.value if behavior.prompts.contrast else None,
        prior_weight=behavior.weight,
        suite_version=behavior.suite_version,
        remark=behavior.prompts.remark,
        ledger=None if stream is None else _note(trial, stream),
    )


def _note(trial: Trial, stream: Stream) -> LedgerNote | None:
    """Say what the ledger makes of a behavior, if it was measured."""
    if trial.error is not None or not trial.pairs:
        return None
    standing = stream.standings[trial.name]
    return LedgerNote(
        procedure=stream.procedure,
        test=standing.test,
        level=standing.level,
        alarm=stream.alarm(trial),
        counts=standing.stands_for(trial.pairs),
    )


def _stop(trial: Trial, stopped: Verdict | None, max_pairs: int) -> StopReason:
    if trial.used_up:
        return "census"
    if trial.error is not None:
        return "error"
    if stopped is not None:
        return "violated" if stopped is Verdict.VIOLATED else "holds"
    return "max_pairs" if trial.pairs >= max_pairs else "budget"


def _example(seen: Observation) -> PairExample:
    return PairExample(
        index=seen.place,
        value=seen.value,
        target=seen.target,
        baseline=seen.baseline,
        gap=seen.gap,
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
            suite_version=found.suite_version,
        )
        for found in result.behaviors
    ]
