"""A stored run decided again, from its observations alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from behavtest.errors import SettingsError, StoreError
from behavtest.experiment.family import Member, Rule, decisions
from behavtest.experiment.ledger import NEVER
from behavtest.experiment.measured import measured
from behavtest.experiment.result import RunResult
from behavtest.stats import Bounds, Evidence, Expectation, Kind, Procedure
from behavtest.stats.weighted import Weights
from behavtest.store import find_run, open_store, stored_values
from behavtest.suite import Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.store import StoredRun, StoredValues

TOLERANT = frozenset({Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED})
"""Expectations whose margin is a tolerance."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is decided otherwise; None leaves it as it was.

    Args:
        alpha: Error rate, in (0, 1).
        tolerance: Of every expectation that has one.
        procedure: What declares "violated".
    """

    alpha: float | None = None
    tolerance: float | None = None
    procedure: Procedure | None = None


def redecide(store: Path, reference: str, changes: Changes) -> RunResult:
    """Decide a run again; no model is loaded and no result is written.

    The observations are those the run took, so every e-value is one of an e-process at a stopping
    time, whatever the boundary: at an alpha, tolerance and procedure that were fixed before the
    results were seen the verdicts keep their error rates.

    Where they are chosen afterwards, less is promised. With one tolerance d for all, "every
    behavior holds" stays wrong with probability at most alpha whatever d is chosen: e_holds only
    grows with d, so where an expectation is false at d, e_holds of the one with the least room is
    at most its e-process at the true mean, and which one that is does not depend on d. The same
    bound gives E[1{wrong} / alpha] <= 1 for an alpha chosen afterwards. "violated" by closed
    e-BH and e-BH has E[FDP / alpha] <= 1 for such an alpha at a fixed tolerance, in place of
    E[FDP] <= alpha (FDP <= alpha times the mean of the null e-values, for all alpha at once: Xu,
    Fischer and Ramdas 2025, arXiv 2509.02517); the procedures on p-values promise nothing then.

    Args:
        store: The store; it must exist.
        reference: ``last``, or the beginning of a run's id.
        changes: What is decided otherwise.

    Raises:
        StoreError: There is no such run, or the store cannot be read.
        SettingsError: A change cannot be made.
    """
    with open_store(store, reading=True) as connection:
        run = find_run(connection, reference)
        values = stored_values(connection, run.run_id)
    try:
        result = _result(run)
        rule = _rule(result, changes)
        expectations = {found.name: _expectation(found, changes) for found in result.behaviors}
        if expectations and changes.tolerance is not None:
            _check_tolerant(expectations.values())
        return _decided(result, values, expectations, rule)
    except (msgspec.DecodeError, ValueError) as error:
        raise StoreError(
            f"run {run.run_id} in {store} was damaged or written by another version of behavtest, "
            f"and cannot be decided again ({error})"
        ) from error


def _result(run: StoredRun) -> RunResult:
    """Read a run's result; an older one says only in words that it drew without replacement."""
    result = msgspec.json.decode(run.result, type=RunResult)
    return replace(
        result,
        behaviors=tuple(
            replace(
                found,
                without_replacement=found.without_replacement
                or (not found.weighted and found.sampling.startswith("greedy")),
            )
            for found in result.behaviors
        ),
    )


def _rule(result: RunResult, changes: Changes) -> Rule:
    alpha = result.alpha if changes.alpha is None else changes.alpha
    if not 0 < alpha < 1:
        raise SettingsError(f"alpha is {alpha:g}; it must be between 0 and 1")
    procedure = changes.procedure or Procedure(result.procedure)
    if not procedure.stream:
        return Rule(alpha, procedure)
    ways_out = f"choose {', '.join(name for name in Procedure if not name.stream)}"
    if alpha != result.alpha:
        raise SettingsError(
            f"{procedure} decides at levels that earlier runs fixed at alpha {result.alpha:g}, and "
            f"there are none for this run at alpha {alpha:g}: {ways_out}"
        )
    if changes.tolerance is not None:
        raise SettingsError(
            f"{procedure} decides at the level of one test, and another tolerance is another test, "
            f"which has none: {ways_out}"
        )
    levels = {found.name: _level(found, procedure, result) for found in result.behaviors}
    if None in levels.values():
        raise SettingsError(
            f"{procedure} decides at levels that earlier runs fixed, and this run did not take "
            f"part in such a stream: {ways_out}"
        )
    return Rule(alpha, procedure, {name: level for name, level in levels.items() if level})


def _level(found: BehaviorResult, procedure: Procedure, result: RunResult) -> float | None:
    """Return the level of a behavior's test in a stream; None if it had none."""
    if procedure == result.procedure and found.enough:
        return 1 / found.enough
    if found.ledger is not None and found.ledger.procedure == procedure:
        return found.ledger.level
    return None if found.pairs and found.verdict != "error" else NEVER


def _decided(
    result: RunResult,
    values: Mapping[str, StoredValues],
    expectations: Mapping[str, Expectation],
    rule: Rule,
) -> RunResult:
    evidence = {
        found.name: _evidence(found, expectations[found.name], values.get(found.name))
        for found in result.behaviors
    }
    family = [
        Member(
            found.name,
            evidence[found.name] if found.pairs and found.verdict != "error" else None,
            found.prior_weight,
        )
        for found in result.behaviors
    ]
    verdicts = decisions(family, rule)
    behaviors = tuple(
        replace(
            found,
            margin=expectations[found.name].margin,
            statement=Relation(found.relation or Relation.DIFFERENCE).worded(
                expectations[found.name].statement()
            ),
            # Another tolerance is another test, which the ledger has not.
            ledger=found.ledger if expectations[found.name].margin == found.margin else None,
            **measured(
                evidence[found.name],
                "error" if found.verdict == "error" else verdicts[found.name].value,
                alpha=rule.alpha,
                enough=rule.enough(member, family),
            ),
        )
        for found, member in zip(result.behaviors, family, strict=True)
    )
    again = replace(result, alpha=rule.alpha, procedure=rule.procedure, behaviors=behaviors)
    if _rules(again) == _rules(result):
        return again
    stops = tuple(
        found if found.stop in {"census", "error"} else replace(found, stop="redecided")
        for found in again.behaviors
    )
    return replace(again, redecided=True, behaviors=stops)


def _rules(result: RunResult) -> tuple[float, str, list[float]]:
    return result.alpha, result.procedure, [found.margin for found in result.behaviors]


def _expectation(found: BehaviorResult, changes: Changes) -> Expectation:
    kind = Kind(found.expectation)
    if changes.tolerance is None or kind not in TOLERANT:
        return Expectation(kind, found.margin)
    expectation = Expectation(kind, changes.tolerance)
    try:
        expectation.check(Bounds(found.range_lower, found.range_upper))
    except ValueError as error:
        raise SettingsError(f"--tolerance does not suit {found.name}: {error}") from error
    return expectation


def _check_tolerant(expectations: Collection[Expectation]) -> None:
    if not any(expectation.kind in TOLERANT for expectation in expectations):
        kinds = ", ".join(sorted({expectation.kind.value for expectation in expectations}))
        raise SettingsError(
            f"no behavior of the run has a tolerance: their expectations are {kinds}"
        )


def _evidence(
    found: BehaviorResult, expectation: Expectation, stored: StoredValues | None
) -> Evidence:
    """Rebuild the evidence; a behavior without observations has none.

    Raises:
        ValueError: The observations do not belong to the result.
    """
    evidence = Evidence(
        expectation,
        Bounds(found.range_lower, found.range_upper),
        population=found.population if found.without_replacement else None,
        weighted=found.weighted,
    )
    if stored is not None:
        weights = Weights(stored.weights, stored.greatest) if found.weighted else None
        evidence.update(stored.values, weights)
    if evidence.pairs != found.pairs:
        raise ValueError(f"{evidence.pairs} of the {found.pairs} pairs of {found.name} are there")
    return evidence
