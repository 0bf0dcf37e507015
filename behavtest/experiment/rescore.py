"""A stored run scored again with the suites as they are now: no model is loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from behavtest.errors import SettingsError, StoreError
from behavtest.experiment.assemble import behavior_results
from behavtest.experiment.family import Rule
from behavtest.experiment.marked import carried_over
from behavtest.experiment.recalled import Recalled, UnscorableError
from behavtest.experiment.result import RunResult
from behavtest.stats import Procedure
from behavtest.store import find_run, open_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.experiment.behavior_result import StopReason
    from behavtest.experiment.result import ModelRecord
    from behavtest.experiment.trial import Trial
    from behavtest.suite.behavior import Behavior


class LeftOut(NamedTuple):
    """A behavior that could not be scored again.

    Args:
        name: Its node id.
        reason: Why, and the way out.
    """

    name: str
    reason: str


class Rescored(NamedTuple):
    """A stored run, scored again.

    Args:
        result: The verdicts on the behaviors that could be: they are the family.
        left_out: The others of those selected.
    """

    result: RunResult
    left_out: tuple[LeftOut, ...]


def rescore(
    store: Path,
    reference: str,
    family: Mapping[str, Behavior],
    *,
    alpha: float | None = None,
    procedure: Procedure | None = None,
) -> Rescored:
    """Score a finished run's completions with the scorers of today, and decide again.

    What is asked must be what was asked; scorers, expectations, tolerances, weights and fields that
    only scorers read may have changed. Nothing is generated, and nothing is written.

    Each behavior keeps the pairs it had when the run stopped. How many they are depends on the
    completions so far alone, so it is a stopping time for the e-process of any scorer, and the
    verdicts keep their error rates by a scorer that was fixed before the completions were seen. By
    one that was chosen because of what it makes of these completions they promise nothing, as ever
    when a sample is looked at twice: confirm such verdicts with another seed.

    Args:
        store: The store; it must exist.
        reference: ``last``, or the beginning of a run's id.
        family: Node id -> behavior, as the suites have it now.
        alpha: Error rate, in (0, 1); None is the run's.
        procedure: What declares "violated"; None is the run's.

    Raises:
        StoreError: There is no such run, or the store cannot be read.
        SettingsError: No behavior can be scored again, or alpha or the procedure cannot be used.
    """
    with open_store(store, reading=True) as connection:
        run = find_run(connection, reference)
        try:
            result = msgspec.json.decode(run.result, type=RunResult)
        except (msgspec.DecodeError, ValueError) as error:
            raise StoreError(
                f"run {run.run_id} in {store} was damaged or written by another version of "
                f"behavtest, and cannot be scored again ({error})"
            ) from error
        rule = _rule(result.alpha if alpha is None else alpha, procedure or result.procedure)
        recalled = Recalled(connection, result)
        trials: list[Trial] = []
        left_out: list[LeftOut] = []
        for name, behavior in family.items():
            try:
                trials.append(recalled.trial(name, behavior))
            except UnscorableError as error:
                left_out.append(LeftOut(name, str(error)))
    if not trials:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in left_out[:3])
        raise SettingsError(f"nothing of run {run.run_id[:8]} can be scored again: {reasons}")
    before = {found.name: found for found in result.behaviors}
    again = replace(
        result,
        alpha=rule.alpha,
        procedure=rule.procedure,
        model_a=_reused(result.model_a, len(recalled.used_a)),
        model_b=None if result.model_b is None else _reused(result.model_b, len(recalled.used_b)),
        behaviors=tuple(
            carried_over(found, before[found.name])
            for found in behavior_results(trials, rule, stop=_stop)
        ),
        redecided=True,
    )
    return Rescored(again, tuple(left_out))


def _rule(alpha: float, name: str) -> Rule:
    procedure = Procedure(name)
    if not 0 < alpha < 1:
        raise SettingsError(f"alpha is {alpha:g}; it must be between 0 and 1")
    if procedure.stream:
        raise SettingsError(
            f"{procedure} decides at the level of one test, and another scorer is another test, "
            f"which has none: choose {', '.join(one for one in Procedure if not one.stream)}"
        )
    return Rule(alpha, procedure)


def _reused(model: ModelRecord, count: int) -> ModelRecord:
    """Say what scoring again took of a model: so many stored completions, and nothing else."""
    return replace(
        model, generated_tokens=0, generated=0, reused=count, replayed_tokens=0, texts_read=0
    )


def _stop(trial: Trial) -> StopReason:
    if trial.used_up:
        return "census"
    return "redecided" if trial.error is None else "error"
