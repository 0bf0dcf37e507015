"""What earlier runs found, behavior by behavior, beside what this report's runs found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.result import EarlierFinding, EarlierRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.result import BehaviorResult, RunResult


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


def past(runs: Sequence[RunResult]) -> dict[str, list[Step]]:
    """Collect what came before some runs.

    Args:
        runs: One run, or several of one session, whose own models are no past of each other.

    Returns:
        Node id -> its steps, the earliest first; behaviors without a past are left out.
    """
    ours = {_models(_now(run)) for run in runs}
    known = {earlier.run_id: earlier for run in runs for earlier in run.earlier}
    told = {(r.run_id, f.behavior): f for run in runs for r in run.earlier for f in r.findings}
    steps: dict[str, dict[tuple[str, str | None], Step]] = {}
    for (run_id, name), finding in told.items():
        run = known[run_id]
        if _models(run) in ours:
            continue
        before = steps.setdefault(name, {}).get(_models(run))
        if before is None or before.run.started < run.started:
            steps[name][_models(run)] = Step(run, finding)
    return {
        name: sorted(of.values(), key=lambda step: step.run.started) for name, of in steps.items()
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
