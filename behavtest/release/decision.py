"""What a gate decided, and why: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.release.coverage import Coverage
    from behavtest.release.evidence import Report
    from behavtest.release.policy import Role


class Outcome(StrEnum):
    """What a behavior does to the release."""

    FAILS = "fails"
    """It blocks the release."""
    WARNS = "warns"
    """It does not hold, and the policy lets it pass."""
    ACCEPTED = "accepted"
    """It does not hold, and somebody accepted that."""
    PASSES = "passes"


@dataclass(frozen=True, slots=True)
class Judged:
    """One behavior of one report.

    Args:
        report: Where it is.
        found: What the run found.
        role: Whether it blocks.
        outcome: What it does.
        reason: Why it does not pass, to be read after its name; empty if it passes.
        coverage: The acceptance it is accepted by.
    """

    report: Report
    found: BehaviorResult
    role: Role
    outcome: Outcome
    reason: str = ""
    coverage: Coverage | None = None

    @property
    def title(self) -> str:
        """Suite and behavior."""
        return f"{self.found.suite}/{self.found.behavior}"

    @property
    def shown(self) -> str:
        """What a person reads: suite, behavior and, where there are several, the model."""
        return f"{self.title}[{self.report.label}]" if self.report.label else self.title


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a release fails, or a warning, that is about no single behavior.

    Args:
        text: What is wrong.
        look: Where to look.
        fails: Whether the release fails by it.
    """

    text: str
    look: str
    fails: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a model may be released.

    Args:
        reports: What it was decided from.
        judged: Every behavior of every report.
        objections: What else is wrong.
        coverages: Every acceptance, and what became of it.
    """

    reports: tuple[Report, ...]
    judged: tuple[Judged, ...]
    objections: tuple[Objection, ...]
    coverages: tuple[Coverage, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether nothing fails."""
        return not self.failing and not any(objection.fails for objection in self.objections)

    @property
    def failing(self) -> tuple[Judged, ...]:
        """The behaviors that fail the release."""
        return self.having(Outcome.FAILS)

    def having(self, outcome: Outcome) -> tuple[Judged, ...]:
        """Return the behaviors with an outcome."""
        return tuple(judged for judged in self.judged if judged.outcome is outcome)
