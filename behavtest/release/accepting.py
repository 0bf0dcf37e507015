"""Making an acceptance of what a report says, bound to the size of the change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from behavtest.errors import SettingsError
from behavtest.release.acceptance import ANY, LONGEST, Acceptance
from behavtest.report import format as fmt
from behavtest.report.zone import allowed
from behavtest.scoring.hints import did_you_mean
from behavtest.stats.expectation import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.release.evidence import Report
    from behavtest.report.zone import Zone

SLACK: Final = 0.05
"""How much larger than the one accepted a change may be, at most, in score units: another seed
estimates the same change a little otherwise."""

_TOLERANT: Final = {Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED}
_STEPS: Final = 10_000
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to accept.

    Args:
        behavior: ``suite/behavior``, a behavior's id alone, or its node id.
        reason: Why.
        by: Who.
        until: The last day on which it counts.
        worst: The estimate up to which it counts; None for a little more than what was measured.
        any_base: Whether it counts against any base model.
        this_model: Whether it counts for this modified model alone.
        model: The name or label of the modified model meant, and alone accepted; empty for any.
    """

    behavior: str
    reason: str
    by: str
    until: date
    worst: float | None = None
    any_base: bool = False
    this_model: bool = False
    model: str = ""


def accept(wish: Wish, report: Report, *, today: date) -> Acceptance:
    """Make an acceptance of a behavior that does not hold.

    Args:
        wish: What is wanted.
        report: The run that shows it.
        today: The day, UTC.

    Raises:
        SettingsError: There is no such behavior, or nothing of it to accept, or a text or the day
            cannot be used.
    """
    found, name = _behavior(wish.behavior, report)
    verdict = _verdict(found)
    _check(wish, today=today)
    zone, estimate = allowed(found), found.estimate
    if zone is None or estimate is None:
        raise SettingsError(f"{name} has no estimate, so that no acceptance could be bound to it")
    side = _side(found, zone, estimate)
    bound = _bound(found, estimate, side) if wish.worst is None else wish.worst
    if (bound - estimate) * side < -_ROUNDING:
        raise SettingsError(
            f"--worst is {bound:g}, which does not cover the {fmt.change(estimate)} of this run"
        )
    base, modified = report.models
    return Acceptance(
        behavior=name,
        verdict=verdict,
        expect=found.expectation,
        estimate=round(estimate, 4),
        base=ANY if wish.any_base else base,
        modified=modified if wish.this_model and modified is not None else ANY,
        reason=" ".join(wish.reason.split()),
        by=" ".join(wish.by.split()),
        created=today,
        until=wish.until,
        lowest=min(bound, round(estimate, 4)) if side < 0 else None,
        highest=max(bound, round(estimate, 4)) if side > 0 else None,
        model=wish.model,
    )


def report_of(model: str, reports: Sequence[Report]) -> Report:
    """Find the run of the model that is meant.

    Args:
        model: Its name or label; empty for the one there is.
        reports: The runs of a file.

    Raises:
        SettingsError: There is no such model, or several.
    """
    meant = [report for report in reports if not model or report.is_called(model)]
    if len(meant) == 1:
        return meant[0]
    path, labels = reports[0].path, [report.label for report in reports if report.label]
    if not model:
        raise SettingsError(
            f"{path} is of several modified models; choose one with --model: {', '.join(labels)}"
        )
    if meant:
        raise SettingsError(f"several models are called {model!r}: {', '.join(labels)}")
    known = f": {', '.join(labels)}" if labels else ""
    raise SettingsError(f"{path} has no modified model {model!r}{known}")


def _behavior(name: str, report: Report) -> tuple[BehaviorResult, str]:
    """Find a behavior, and the name that is its alone."""
    behaviors = report.run.behaviors
    titles = [f"{found.suite}/{found.behavior}" for found in behaviors]
    by_title = [place for place, title in enumerate(titles) if title == name]
    by_id = [place for place, found in enumerate(behaviors) if name in {found.behavior, found.name}]
    places = by_title or by_id
    if not places:
        begun = [title for title in titles if title.startswith(name)]
        hint = did_you_mean(name, begun) or did_you_mean(name, titles)
        raise SettingsError(f"{report.path} has no behavior {name!r}{hint}")
    if len(places) > 1:
        known = ", ".join(behaviors[place].name for place in places)
        raise SettingsError(f"several behaviors are called {name!r}; choose one of {known}")
    found, title = behaviors[places[0]], titles[places[0]]
    return found, title if titles.count(title) == 1 else found.name


def _verdict(found: BehaviorResult) -> Literal["violated", "inconclusive"]:
    if found.verdict == "error":
        raise SettingsError(
            f"{found.suite}/{found.behavior} could not be measured; what nobody has seen cannot be "
            "accepted. Mend it, or take it out of the suite"
        )
    if found.verdict == "holds":
        raise SettingsError(f"{found.suite}/{found.behavior} holds: there is nothing to accept")
    return found.verdict


def _check(wish: Wish, *, today: date) -> None:
    for option, text in (("--reason", wish.reason), ("--by", wish.by)):
        if not text.strip() or not text.isprintable():
            raise SettingsError(f"{option} is {text!r}; say it in plain words")
    if wish.until < today:
        raise SettingsError(f"--until is {wish.until}, which is past")
    if wish.until - today > LONGEST:
        raise SettingsError(
            f"--until is {wish.until}, more than a year away; a change that is to stay belongs "
            "into the suite, as another tolerance or expectation"
        )
    if wish.worst is not None and not math.isfinite(wish.worst):
        raise SettingsError(f"--worst is {wish.worst}; it must be a number")


def _side(found: BehaviorResult, zone: Zone, estimate: float) -> Literal[-1, 1]:
    """Return the side to which the change is, or could be, too large."""
    down = estimate - zone.lower if zone.lower > found.range_lower else math.inf
    up = zone.upper - estimate if zone.upper < found.range_upper else math.inf
    return -1 if down <= up else 1


def _bound(found: BehaviorResult, estimate: float, side: Literal[-1, 1]) -> float:
    """Return the estimate up to which an acceptance counts, a little beyond what was measured."""
    slack = min(found.margin, SLACK) if found.expectation in _TOLERANT else SLACK
    bound = estimate + side * slack
    return side * math.ceil(side * bound * _STEPS - 1e-6) / _STEPS
