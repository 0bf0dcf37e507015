"""Which behaviors the accepted changes cover, and what became of each acceptance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.release.acceptance import ANY
from behavtest.release.decision import Judged, Outcome
from behavtest.report import format as fmt
from behavtest.report.zone import allowed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.release.acceptance import Acceptance

_ROUNDING: Final = 1e-9


class State(StrEnum):
    """What became of an acceptance."""

    USED = "used"
    EXPIRED = "expired"
    OUTGROWN = "outgrown"
    """The change is now larger than what was accepted, or to the other side."""
    OTHER = "other"
    """It was made for another model or expectation, or a lesser verdict."""
    UNNEEDED = "unneeded"
    """The behavior passes without it."""
    UNMATCHED = "unmatched"
    """No behavior of that name was run."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """An acceptance and what became of it.

    Args:
        acceptance: The acceptance.
        state: What became of it.
        remark: Why, in words; empty for one that was used.
    """

    acceptance: Acceptance
    state: State
    remark: str = ""


class Covered(NamedTuple):
    """Behaviors, with those accepted that are, and every acceptance."""

    judged: tuple[Judged, ...]
    coverages: tuple[Coverage, ...]


def cover(judged: Sequence[Judged], acceptances: Sequence[Acceptance], *, today: date) -> Covered:
    """Apply acceptances to what fails.

    Only verdicts are covered: `violated`, and `inconclusive`. What could not be measured, what is
    not there, and a verdict by fewer pairs than the policy wants are never.

    Args:
        judged: Every behavior of every report.
        acceptances: What was accepted.
        today: The day of the decision, UTC.
    """
    twins = Counter((one.report.look, one.title) for one in judged)
    results = list(judged)
    coverages = []
    for acceptance in acceptances:
        named = [
            place
            for place, one in enumerate(judged)
            if acceptance.behavior == one.found.name
            or (acceptance.behavior == one.title and twins[one.report.look, one.title] == 1)
        ]
        tried = {place: _tried(acceptance, judged[place], today=today) for place in named}
        for place, coverage in tried.items():
            if coverage.state is State.USED:
                results[place] = replace(judged[place], outcome=Outcome.ACCEPTED, coverage=coverage)
        coverages.append(_most_telling(acceptance, list(tried.values()), twins))
    return Covered(tuple(results), tuple(coverages))


def _tried(acceptance: Acceptance, judged: Judged, *, today: date) -> Coverage:
    """Say what an acceptance does for a behavior of its name."""
    found = judged.found
    if judged.outcome is Outcome.PASSES:
        return Coverage(acceptance, State.UNNEEDED, "the behavior holds now")
    other = _other(acceptance, judged)
    if other:
        return Coverage(acceptance, State.OTHER, other)
    if not acceptance.created <= today <= acceptance.until:
        when = "ended" if today > acceptance.until else "begins"
        day = acceptance.until if today > acceptance.until else acceptance.created
        return Coverage(acceptance, State.EXPIRED, f"it {when} on {day}")
    beyond = _beyond(acceptance, found)
    if beyond:
        return Coverage(acceptance, State.OUTGROWN, beyond)
    return Coverage(acceptance, State.USED)


def _other(acceptance: Acceptance, judged: Judged) -> str:
    """Say why an acceptance is of something else; empty if it is of this."""
    found = judged.found
    base, modified = judged.report.models
    if found.verdict not in {"violated", "inconclusive"}:
        return "what was not measured is not accepted"
    if found.verdict == "violated" and acceptance.verdict == "inconclusive":
        return "it was accepted as inconclusive, and is violated now"
    if acceptance.expect != found.expectation:
        return f"it was accepted for {acceptance.expect}; the suite now says {found.expectation}"
    if acceptance.model and not judged.report.is_called(acceptance.model):
        return f"it was accepted for the model {acceptance.model}"
    for role, wanted, given in (
        ("base", acceptance.base, base),
        ("modified", acceptance.modified, modified),
    ):
        if wanted not in {ANY, given}:
            shown = "none" if given is None else fmt.fingerprint(given)
            return f"it is bound to the {role} model {fmt.fingerprint(wanted)}; this is {shown}"
    return ""


def _beyond(acceptance: Acceptance, found: BehaviorResult) -> str:
    """Say by what the change is outside what was accepted; empty if it is inside.

    An acceptance has one end; at the other, what the expectation allows is the end.
    """
    zone, estimate = allowed(found), found.estimate
    if zone is None or estimate is None:
        return "there is no estimate to compare with what was accepted"
    lowest = zone.lower if acceptance.lowest is None else acceptance.lowest
    highest = zone.upper if acceptance.highest is None else acceptance.highest
    number = fmt.score
    if estimate < lowest - _ROUNDING:
        return f"{number(estimate)} is below the {number(lowest)} that was accepted"
    if estimate > highest + _ROUNDING:
        return f"{number(estimate)} is above the {number(highest)} that was accepted"
    return ""


_TELLING: Final = (State.USED, State.OUTGROWN, State.EXPIRED, State.OTHER, State.UNNEEDED)


def _most_telling(
    acceptance: Acceptance, tried: Sequence[Coverage], twins: Counter[tuple[str, str]]
) -> Coverage:
    """Choose what to say of an acceptance that several behaviors have the name of."""
    for state in _TELLING:
        for coverage in tried:
            if coverage.state is state:
                return coverage
    remark = "no such behavior was run"
    if any(title == acceptance.behavior for _, title in twins):
        remark = "two files have a behavior of that name: accept it by its node id"
    return Coverage(acceptance, State.UNMATCHED, remark)
