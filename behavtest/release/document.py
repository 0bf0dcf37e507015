"""A decision as plain data, for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from behavtest.experiment.behavior_result import VerdictName  # noqa: TC001 -- the schema's maker reads it
from behavtest.release.coverage import State  # noqa: TC001 -- the same
from behavtest.release.decision import Outcome  # noqa: TC001 -- the same
from behavtest.release.lines import failures, first_line, warnings
from behavtest.release.policy import Role  # noqa: TC001 -- the same

if TYPE_CHECKING:
    from behavtest.release.decision import Decision, Judged


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that fails a release, or is told with it.

    Args:
        what: What it is.
        look: Where to look.
    """

    what: str
    look: str


@dataclass(frozen=True, slots=True)
class BehaviorDecision:
    """One behavior of one report.

    Args:
        report: The report's file.
        model: The modified model's label, where there are several; else empty.
        name: Node id of the pytest item.
        suite: The suite's name.
        behavior: The behavior's id within it.
        verdict: The run's verdict.
        role: Whether the policy lets it block.
        outcome: What it does to the release.
        reason: Why it does not pass; empty if it does.
        file: Suite file.
        line: Line in it, from 1.
    """

    report: str
    model: str
    name: str
    suite: str
    behavior: str
    verdict: VerdictName
    role: Role
    outcome: Outcome
    reason: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class AcceptanceState:
    """An acceptance.

    Args:
        behavior: ``suite/behavior``, or the node id.
        place: File and line where it is written.
        until: The last day on which it counts, ISO 8601.
        state: What became of it.
        remark: Why, in words; empty for one that was used.
    """

    behavior: str
    place: str
    until: str
    state: State
    remark: str


@dataclass(frozen=True, slots=True)
class DecisionDocument:
    """All of a decision.

    Args:
        passes: Whether the model may be released.
        summary: The first line a person reads.
        failures: What fails, the gravest first.
        warnings: What does not hold and does not fail.
        behaviors: Every behavior of every report.
        acceptances: Every acceptance.
    """

    passes: bool
    summary: str
    failures: tuple[Said, ...]
    warnings: tuple[Said, ...]
    behaviors: tuple[BehaviorDecision, ...]
    acceptances: tuple[AcceptanceState, ...]


def document(decision: Decision) -> DecisionDocument:
    """Write a decision down as plain data."""
    return DecisionDocument(
        passes=decision.passes,
        summary=first_line(decision),
        failures=tuple(Said(*found) for found in failures(decision)),
        warnings=tuple(Said(*found) for found in warnings(decision)),
        behaviors=tuple(map(_behavior, decision.judged)),
        acceptances=tuple(
            AcceptanceState(
                behavior=one.acceptance.behavior,
                place=one.acceptance.place,
                until=one.acceptance.until.isoformat(),
                state=one.state,
                remark=one.remark,
            )
            for one in decision.coverages
        ),
    )


def _behavior(judged: Judged) -> BehaviorDecision:
    found = judged.found
    return BehaviorDecision(
        report=str(judged.report.path),
        model=judged.report.label,
        name=found.name,
        suite=found.suite,
        behavior=found.behavior,
        verdict=found.verdict,
        role=judged.role,
        outcome=judged.outcome,
        reason=judged.reason,
        file=found.file,
        line=found.line,
    )
