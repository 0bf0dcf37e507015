"""What earlier runs found of a behavior: plain data of the run's result."""

from __future__ import annotations

from dataclasses import dataclass

from behavtest.experiment.behavior_result import (  # noqa: TC001 -- msgspec reads them when decoding
    Interval,
    VerdictName,
)


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """What an earlier run found of a behavior.

    Args:
        behavior: Node id.
        verdict: By the error rate and the expectation of that run.
        expectation: Its kind then.
        margin: Its tolerance, intended change or bound then.
        exact: Whether no sampling error was left.
        pairs: Observations.
        estimate: Mean observation.
        interval: Confidence sequence for the same quantity.
        suite_version: What the suite's author called the suite's state, possibly empty.
    """

    behavior: str
    verdict: VerdictName
    expectation: str
    margin: float
    exact: bool
    pairs: int
    estimate: float
    interval: Interval | None
    suite_version: str = ""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """An earlier run of the store that tells of a run's behaviors, of two other models.

    Args:
        run_id: Its id.
        started: UTC time in ISO 8601.
        model_a: The base model as the user gave it.
        fingerprint_a: Its fingerprint.
        model_b: The modified model, if one was given.
        fingerprint_b: Its fingerprint.
        version: Of behavtest.
        findings: One for each behavior it tells of.
    """

    run_id: str
    started: str
    model_a: str
    fingerprint_a: str
    model_b: str | None
    fingerprint_b: str | None
    version: str
    findings: tuple[EarlierFinding, ...]
