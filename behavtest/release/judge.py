"""The rules of the gate: what each behavior of a report does to the release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.release.coverage import cover
from behavtest.release.decision import Decision, Judged, Outcome
from behavtest.release.policy import CountsAs, Role
from behavtest.release.runs import about_runs
from behavtest.report import format as fmt
from behavtest.report.headline import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.release.acceptance import Acceptance
    from behavtest.release.evidence import Report
    from behavtest.release.policy import Policy

_ROUNDING: Final = 1e-9
_KINDS: Final = {
    "violated": "",
    "inconclusive": "is inconclusive: ",
    "error": "could not be measured: ",
}


def decide(
    reports: Sequence[Report],
    policy: Policy,
    *,
    now: datetime,
    acceptances: Sequence[Acceptance] = (),
) -> Decision:
    """Decide whether a model may be released.

    Args:
        reports: What was measured; with none, it may not.
        policy: What must be shown.
        now: The moment of the decision, UTC: reports and acceptances age.
        acceptances: Changes that were accepted. They cover verdicts only, never what was not
            measured.
    """
    judged = [_judge(report, found, policy) for report in reports for found in report.run.behaviors]
    covered = cover(judged, acceptances, today=now.date())
    return Decision(
        reports=tuple(reports),
        judged=covered.judged,
        objections=tuple(about_runs(reports, policy, now=now)),
        coverages=covered.coverages,
    )


def _judge(report: Report, found: BehaviorResult, policy: Policy) -> Judged:
    role = policy.role(found.tags)
    reason = _short_of_proof(report, found, policy)
    outcome = Outcome.FAILS
    if not reason:
        outcome = Outcome.PASSES
    elif found.verdict == "error" and policy.requires(suite=found.suite, behavior=found.behavior):
        reason = f"is required and {reason}"
    elif role is Role.ADVISORY or _counts(found, policy) is CountsAs.WARN:
        outcome = Outcome.WARNS
    return Judged(report, found, role, outcome, reason)


def _counts(found: BehaviorResult, policy: Policy) -> CountsAs:
    match found.verdict:
        case "inconclusive":
            return policy.inconclusive
        case "error":
            return policy.error
        case _:
            return CountsAs.FAIL


def _short_of_proof(report: Report, found: BehaviorResult, policy: Policy) -> str:
    """Say why a behavior has not been shown to hold; empty if it has."""
    if found.verdict != "holds":
        return _KINDS[found.verdict] + sentence(found)
    if found.error is not None or found.e_holds * report.run.alpha < 1.0 - _ROUNDING:
        return (
            f"is said to hold, and its e-value of {fmt.e_value(found.e_holds)} does not show it "
            f"at alpha {report.run.alpha:g}: the report was changed or is damaged"
        )
    if found.pairs < policy.min_pairs:
        return (
            f"holds by {fmt.plural(found.pairs, 'pair')}, where the policy wants "
            f"{fmt.plural(policy.min_pairs, 'pair')}"
        )
    return ""
