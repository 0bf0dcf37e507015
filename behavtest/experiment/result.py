"""What a run found: plain data, written as JSON, read by the report and by pytest's items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from behavtest.core.sections import ReportSection  # noqa: TC001 -- msgspec reads it when decoding
from behavtest.experiment.audited import AuditResult  # noqa: TC001 -- msgspec reads it when decoding
from behavtest.experiment.behavior_result import BehaviorResult  # noqa: TC001 -- msgspec reads it when decoding
from behavtest.experiment.past import EarlierRun  # noqa: TC001 -- msgspec reads it when decoding


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """One model of the comparison.

    Args:
        name: As the user gave it.
        fingerprint: Hex digest of the weights' content and whatever else decides its answers.
        description: Architecture, size and dtype in a few words.
        generated_tokens: Tokens this run decoded with it (0 if all came from the store).
        generated: Completions this run made with it.
        reused: Completions taken from the store.
        replayed_tokens: Tokens of the completions made that were accepted from the other model's
            answers, or from guesses checked in the same way, and so not decoded.
        texts_read: Given texts whose likelihood this run computed with it.
        texts_reused: Given texts whose likelihood was in the store.
    """

    name: str
    fingerprint: str
    description: str
    generated_tokens: int
    generated: int
    reused: int
    replayed_tokens: int = 0
    texts_read: int = 0
    texts_reused: int = 0


@dataclass(frozen=True, slots=True)
class RunResult:
    """One comparison over a family of behaviors.

    Args:
        run_id: Identifier of the run in the store.
        started: UTC time in ISO 8601.
        seconds: Wall time of the run.
        seed: The run's seed; with the models and the suites it determines every number here.
        alpha: Error rate the verdicts are held to.
        procedure: How false discoveries are controlled, a `behavtest.stats.Procedure`.
        pairing: ``coupled`` or ``independent``; ``single`` if model A runs alone.
        pairing_reason: Why the pairs are independent, if they are.
        model_a: The base model.
        model_b: The modified model, if one was given.
        behaviors: One result per behavior, in the order they were collected.
        versions: Library -> version.
        store: Path of the store.
        redecided: Whether these verdicts are by another scorer, alpha, tolerance or procedure than
            the run's own.
        audit: What became of completions generated again, if that was asked for. No verdict
            depends on it.
        sections: What plugins add to the report.
        earlier: What earlier runs of the store found of the same behaviors by the same scorers, of
            other models: of each behavior the latest 30 at most, two models counted once, the
            earliest run first. No verdict depends on it.
    """

    run_id: str
    started: str
    seconds: float
    seed: int
    alpha: float
    procedure: str
    pairing: Literal["coupled", "independent", "single"]
    pairing_reason: str
    model_a: ModelRecord
    model_b: ModelRecord | None
    behaviors: tuple[BehaviorResult, ...]
    versions: dict[str, str]
    store: str
    redecided: bool = False
    audit: AuditResult | None = None
    sections: tuple[ReportSection, ...] = ()
    earlier: tuple[EarlierRun, ...] = ()
