"""Two runs side by side: what became of each behavior, and what of it can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult, Interval
    from behavtest.experiment.result import RunResult

Difference = Literal["expectation", "scorer", "sampling", "relation", "prompts"]

_DEFINITION: dict[Difference, tuple[str, ...]] = {
    "expectation": ("expectation", "margin"),
    "scorer": ("scorer",),
    "sampling": ("sampling",),
    "relation": ("relation",),
    "prompts": ("population",),
}
"""What of a behavior's definition a result records, by the fields that hold it."""


@dataclass(frozen=True, slots=True)
class BehaviorComparison:
    """One behavior in two runs.

    Args:
        name: Node id.
        first: What the first run found.
        second: What the second found.
        differs: What of its definition the results show to differ.
        apart: Whether the intervals have no value in common; None where that says nothing: an
            interval is missing, or the definition differs in more than the expectation's margin.
    """

    name: str
    first: BehaviorResult
    second: BehaviorResult
    differs: tuple[Difference, ...]
    apart: bool | None

    @property
    def verdict_changed(self) -> bool:
        """Whether the verdicts differ."""
        return self.first.verdict != self.second.verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs.

    Args:
        first: The first run.
        second: The second.
        behaviors: Those in both, in the first's order.
        only_first: Node ids of behaviors that are in the first alone.
        only_second: The same of the second.
        chance: Probability at most with which two intervals of a behavior come apart though both
            runs measured one and the same: each of the four ends may be wrong.
    """

    first: RunResult
    second: RunResult
    behaviors: tuple[BehaviorComparison, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    chance: float

    @property
    def same_base(self) -> bool:
        """Whether both have the same model A."""
        return self.first.model_a.fingerprint == self.second.model_a.fingerprint

    @property
    def same_modified(self) -> bool:
        """Whether both have the same model B, or none."""
        b = [None if run.model_b is None else run.model_b.fingerprint for run in self._runs]
        return b[0] == b[1]

    @property
    def same_rule(self) -> bool:
        """Whether verdicts are by one procedure at one error rate."""
        rules = [(run.alpha, run.procedure) for run in self._runs]
        return rules[0] == rules[1]

    @property
    def _runs(self) -> tuple[RunResult, RunResult]:
        return self.first, self.second


def compare(first: RunResult, second: RunResult) -> Comparison:
    """Lay two runs side by side.

    An end of an interval is wrong with probability at most its run's alpha, whenever sampling
    stopped. So if a behavior has one true mean in both runs, its two intervals are disjoint with
    probability at most 2 (alpha_1 + alpha_2) (Boole's inequality over four ends), whatever the
    dependence between the runs. That is for one behavior; among many some will be.

    Args:
        first: The earlier one, as a rule.
        second: The other.
    """
    theirs = {found.name: found for found in second.behaviors}
    ours = {found.name for found in first.behaviors}
    return Comparison(
        first,
        second,
        tuple(
            _behavior(found, theirs[found.name])
            for found in first.behaviors
            if found.name in theirs
        ),
        tuple(found.name for found in first.behaviors if found.name not in theirs),
        tuple(found.name for found in second.behaviors if found.name not in ours),
        min(1.0, 2 * (first.alpha + second.alpha)),
    )


def _behavior(first: BehaviorResult, second: BehaviorResult) -> BehaviorComparison:
    differs = tuple(
        what
        for what, fields in _DEFINITION.items()
        if any(getattr(first, field) != getattr(second, field) for field in fields)
    )
    # Another tolerance moves the boundary, not what is measured.
    measured_alike = first.expectation in _alike(second.expectation) and not (
        set(differs) - {"expectation"}
    )
    a, b = _ends(first), _ends(second)
    apart = None
    if a is not None and b is not None and measured_alike:
        apart = a[1] < b[0] or b[1] < a[0]
    return BehaviorComparison(first.name, first, second, differs, apart)


def _alike(expectation: str) -> frozenset[str]:
    """Return the kinds of expectation that are about the same mean: a change, or one model's."""
    absolute = frozenset({"at_least", "at_most"})
    changes = frozenset({"not_worse", "not_higher", "unchanged", "increases", "decreases"})
    return absolute if expectation in absolute else changes


def _ends(found: BehaviorResult) -> tuple[float, float] | None:
    if found.exact and found.estimate is not None:
        return found.estimate, found.estimate
    ends: Interval | None = found.interval
    return None if ends is None else (ends.lower, ends.upper)
