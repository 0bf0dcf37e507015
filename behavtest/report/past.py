"""What earlier runs found, behavior by behavior, beside what this report's runs found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.past import EarlierFinding, EarlierRun
from behavtest.report.budget import steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult


class Step(NamedTuple):
    """A behavior in one run, earlier or of this report.

    Args:
        run: The run; its findings are of no matter here.
        found: What it found of the behavior.
        now: Whether the run is one of this report.
    """

    run: EarlierRun
    found: EarlierFinding
    now: bool = False


def past(runs: Sequence[RunResult], names: Sequence[str]) -> list[Sequence[Step]]:
    """Collect what came before some runs, as much of it as a page has room for.

    Args:
        runs: One run, or several of one session, whose own models are no past of each other.
        names: Node ids of behaviors, the most important first.

    Returns:
        For each behavior its latest steps, the earliest first.
    """
    found = _all(runs)
    known = [found.get(name, []) for name in names]
    rooms = steps(len(of) for of in known)
    return [of[len(of) - room :] for of, room in zip(known, rooms, strict=True)]


def _all(runs: Sequence[RunResult]) -> dict[str, list[Step]]:
    ours = {_models(_now(run)) for run in runs}
    known = {earlier.run_id: earlier for run in runs for earlier in run.earlier}
    told = {(r.run_id, f.behavior): f for run in runs for r in run.earlier for f in r.findings}
    found: dict[str, dict[tuple[str, str | None], Step]] = {}
    for (run_id, name), finding in told.items():
        run = known[run_id]
        if _models(run) in ours:
            continue
        before = found.setdefault(name, {}).get(_models(run))
        if before is None or before.run.started < run.started:
            found[name][_models(run)] = Step(run, finding)
    return {
        name: sorted(of.values(), key=lambda step: step.run.started) for name, of in found.items()
    }


def present(run: RunResult, behavior: BehaviorResult) -> tuple[Step, ...]:
    """Put what a run of this report found in the same form; nothing if it has no estimate."""
    if behavior.estimate is None:
        return ()
    finding = EarlierFinding(
        behavior=behavior.name,
        verdict=behavior.verdict,
        expectation=behavior.expectation,
        margin=behavior.margin,
        exact=behavior.exact,
        pairs=behavior.pairs,
        estimate=behavior.estimate,
        interval=behavior.interval,
        suite_version=behavior.suite_version,
    )
    return (Step(_now(run), finding, now=True),)


def _now(run: RunResult) -> EarlierRun:
    b = run.model_b
    return EarlierRun(
        run_id=run.run_id,
        started=run.started,
        model_a=run.model_a.name,
        fingerprint_a=run.model_a.fingerprint,
        model_b=None if b is None else b.name,
        fingerprint_b=None if b is None else b.fingerprint,
        version=run.versions.get("behavtest", ""),
        findings=(),
    )


def _models(run: EarlierRun) -> tuple[str, str | None]:
    return run.fingerprint_a, run.fingerprint_b
