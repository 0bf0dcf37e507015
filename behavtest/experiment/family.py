"""The family's verdicts at any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from behavtest.stats import (
    AnytimePValues,
    PriorWeights,
    Procedure,
    StoppedEValues,
    decide,
    declare,
    declare_at_levels,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from behavtest.stats import Evidence, Verdict


class Member(NamedTuple):
    """One behavior of a family.

    Args:
        name: Unique in the family.
        evidence: What is known of it; None if its computation failed.
        weight: Its prior weight, above 0.
    """

    name: str
    evidence: Evidence | None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What turns a family's evidence into verdicts.

    Args:
        alpha: Error rate, in (0, 1).
        procedure: What declares "violated".
        levels: For a procedure over releases: name -> the level of the behavior's test.
    """

    alpha: float
    procedure: Procedure = Procedure.CLOSED_E_BH
    levels: Mapping[str, float] = field(default_factory=dict)

    def enough(self, member: Member, family: Sequence[Member]) -> float:
        """Return the evidence for "violated" that always suffices alone, as an e-value or 1 / p.

        Args:
            member: One of the family.
            family: All of it.
        """
        if self.procedure.stream:
            return 1 / self.levels[member.name]
        total = sum(other.weight for other in family)
        bar = total / (member.weight * self.alpha)
        if self.procedure is Procedure.BY:
            bar *= sum(1 / rank for rank in range(1, len(family) + 1))
        return bar


def decisions(family: Sequence[Member], rule: Rule) -> dict[str, Verdict]:
    """Decide every behavior from its current evidence.

    A behavior that failed stays in the family with e-values of 0, which can only make the others
    harder to declare: the family is what was selected, not what went well.

    Args:
        family: All behaviors of the run.
        rule: What decides.

    Returns:
        Name -> verdict; meaningless for a failed behavior.
    """
    known = [member.evidence for member in family]
    stopped = StoppedEValues.at_stop([e.e_violated if e else 0.0 for e in known])
    p_values = AnytimePValues.known([e.p_violated if e else 1.0 for e in known])
    if rule.procedure.stream:
        levels = [rule.levels[member.name] for member in family]
        violated = declare_at_levels(
            rule.procedure, stopped=stopped, p_values=p_values, levels=levels
        )
    else:
        violated = declare(
            rule.procedure,
            stopped=stopped,
            p_values=p_values,
            alpha=rule.alpha,
            weights=PriorWeights.normalized([member.weight for member in family]),
        )
    verdicts = decide(
        holds=StoppedEValues.at_stop([e.e_holds if e else 0.0 for e in known]),
        violated=violated,
        alpha=rule.alpha,
    )
    return {member.name: verdict for member, verdict in zip(family, verdicts, strict=True)}
