"""The family's verdicts at any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from behavtest.stats import (
    AnytimePValues,
    PriorWeights,
    Procedure,
    StoppedEValues,
    Verdict,
    decide,
    declare,
    declare_at_levels,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from behavtest.stats import Evidence


class Member(NamedTuple):
    """One behavior of a family.

    Args:
        name: Unique in the family.
        evidence: What is known of it; None if its computation failed or nothing was seen yet.
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

    A behavior that failed, or of which nothing was seen, stays in the family with e-values of 0,
    which can only make the others harder to declare: the family is what was selected, not what
    went well.

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


def settled(
    family: Sequence[Member], rule: Rule, *, stopped: Mapping[str, Verdict]
) -> dict[str, Verdict]:
    """Find the behaviors that can stop, since nothing to come can change their verdict.

    Declared sets of e-BH's closure can shrink as the evidence on others falls. A behavior that
    stopped because it was in one, and fell out later, could not go on: others may have seen its
    future by then. So violated ones stop together, and only if they are declared even where all
    that are neither among them nor stopped have e = 0: what those come to show can only help.
    (With prior weights more evidence on one can cost another its place, in fewer than 1 in 1,000
    families of extreme weights; that one then ends inconclusive.)

    Args:
        family: All behaviors of the run, with their evidence so far.
        rule: What decides.
        stopped: Those that have stopped, and why.

    Returns:
        Name -> verdict of those that hold or are settled as violated.
    """
    verdicts = decisions(family, rule)
    violated = _declared(verdicts)
    while True:
        kept = violated | stopped.keys()
        masked = [one if one.name in kept else one._replace(evidence=None) for one in family]
        still = _declared(decisions(masked, rule)) & violated
        if still == violated:
            break
        violated = still
    holds = {name: known for name, known in verdicts.items() if known is Verdict.HOLDS}
    return holds | dict.fromkeys(violated, Verdict.VIOLATED)


def _declared(verdicts: Mapping[str, Verdict]) -> set[str]:
    return {name for name, verdict in verdicts.items() if verdict is Verdict.VIOLATED}
