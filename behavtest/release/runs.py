"""What can be wrong with a whole run, or with several together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from behavtest.release.decision import Objection
from behavtest.release.policy import CountsAs, Role
from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.release.evidence import Report
    from behavtest.release.policy import Policy

_CLOCKS: Final = timedelta(minutes=10)
"""How far two machines' clocks may be apart."""


def about_runs(reports: Sequence[Report], policy: Policy, *, now: datetime) -> Iterator[Objection]:
    """Find what is wrong with the runs themselves.

    Args:
        reports: The reports. Those of the same models are parts of one comparison: together they
            must have what the policy requires.
        policy: What is required.
        now: The moment of the decision, UTC.
    """
    if not reports:
        yield Objection("there is no report", "--behavtest-json writes one")
    comparisons: dict[tuple[str, str | None], list[Report]] = {}
    for report in reports:
        yield from _about_run(report, policy, now=now)
        comparisons.setdefault(report.models, []).append(report)
    for parts in comparisons.values():
        yield from _missing(parts, policy)


def _about_run(report: Report, policy: Policy, *, now: datetime) -> Iterator[Objection]:
    run, path = report.run, report.look
    base, modified = report.models
    if modified is None:
        yield Objection(
            f"only {run.model_a.name} was run: no change was measured (policy field `alone`)",
            path,
            fails=policy.alone is CountsAs.FAIL,
        )
    elif modified == base:
        yield Objection(
            f"both models have the same weights, {fmt.fingerprint(base)}: nothing was compared, "
            "unless they are asked differently (policy field `same_weights`)",
            path,
            fails=policy.same_weights is CountsAs.FAIL,
        )
    if run.redecided:
        yield Objection(
            "its verdicts are by another scorer, alpha, tolerance or procedure than the run's own "
            "(policy field `redecided`)",
            path,
            fails=policy.redecided is CountsAs.FAIL,
        )
    if not 0.0 < run.alpha <= policy.alpha:
        yield Objection(
            f"its error rate alpha is {run.alpha:g}, where the policy allows {policy.alpha:g}", path
        )
    yield from _about_age(report, policy, now=now)


def _about_age(report: Report, policy: Policy, *, now: datetime) -> Iterator[Objection]:
    if policy.max_age is None:
        return
    path, started = report.look, report.run.started
    try:
        when = datetime.fromisoformat(started)
    except ValueError:
        yield Objection(f"it does not say when it was run, but {started!r}", path)
        return
    age = now - (when if when.tzinfo is not None else when.replace(tzinfo=UTC))
    if age > policy.max_age:
        hours = policy.max_age // timedelta(hours=1)
        yield Objection(
            f"it is of {fmt.moment(started)}, more than {fmt.plural(hours, 'hour')} ago", path
        )
    elif age < -_CLOCKS:
        yield Objection(f"it is of {fmt.moment(started)}, which is in the future", path)


def _missing(parts: Sequence[Report], policy: Policy) -> Iterator[Objection]:
    """Find what one comparison lacks."""
    look = ", ".join(part.look for part in parts)
    found = [behavior for part in parts for behavior in part.run.behaviors]
    suites = {behavior.suite for behavior in found}
    names = {f"{behavior.suite}/{behavior.behavior}" for behavior in found}
    tags = {tag for behavior in found for tag in behavior.tags}
    for suite in policy.required_suites:
        if suite not in suites:
            yield Objection(f"no behavior of the required suite {suite} was run", look)
    for name in policy.required_behaviors:
        if name not in names:
            yield Objection(f"the required behavior {name} was not run", look)
    for tag in policy.blocking:
        if tag not in tags:
            yield Objection(f"no behavior with the blocking tag {tag} was run", look)
    if all(policy.role(behavior.tags) is Role.ADVISORY for behavior in found):
        yield Objection(
            "no behavior was run" if not found else "no behavior that blocks was run", look
        )
