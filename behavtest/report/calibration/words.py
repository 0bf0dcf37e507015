"""A calibration in sentences: no more than was measured."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Literal

from behavtest.experiment.calibration.result import CONFIDENCE, POWER
from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.experiment.calibration.result import (
        BehaviorPower,
        CalibratedBehavior,
        Calibration,
        LeftOut,
        PowerCurve,
        Reason,
        Share,
    )

_REASONS: dict[Reason, str] = {
    "absolute": "about one model alone",
    "exact": "scored exactly, where A scores twice the same",
    "greedy": "decoded greedily, where A answers twice the same",
    "intended": "expecting a change",
}


def tone(found: Calibration) -> Literal["violated", "calibration"]:
    """Choose the color of the headline: alarming if more was measured than is promised."""
    return "violated" if found.runs.lower > found.alpha else "calibration"


def title(found: Calibration) -> str:
    """Say what was measured."""
    runs = found.runs
    return f"{runs.count} of {fmt.plural(runs.total, 'run')} raised a false alarm"


def headline(found: Calibration) -> str:
    """Say what was measured, how sure it is, and what is promised."""
    return f"{title(found)} ({at_most(found.runs)}); {allowed(found)}."


def at_most(share: Share) -> str:
    """Bound the rate behind a share from above."""
    return f"at most {limit(share.upper)} with {fmt.percent(CONFIDENCE)} confidence"


def limit(rate: float) -> str:
    """Format an upper end of a rate as a percentage, rounded up: never less than it is."""
    return _percent(rate, math.ceil)


def _percent(rate: float, rounded: Callable[[float], int]) -> str:
    """Format a rate with three digits, rounded to the safe side."""
    percentage = 100 * rate
    digits = max(0, 2 - math.floor(math.log10(percentage))) if percentage else 0
    # a part in a billion is rounding, not a digit
    scaled = round(percentage * 10**digits, 9)
    shown = f"{rounded(scaled) / 10**digits:.{digits}f}"
    return (shown.rstrip("0").rstrip(".") if digits else shown) + f"{fmt.NBSP}%"


def allowed(found: Calibration) -> str:
    """Say what rate of false alarms is promised."""
    return f"alpha allows {fmt.percent(found.alpha)}"


def what_runs_show(found: Calibration) -> str:
    """Say what the measured rate shows of the promise, and what it cannot show."""
    if found.runs.lower > found.alpha:
        return "This is more than alpha allows: the verdicts of these behaviors cannot be trusted."
    if found.runs.upper <= found.alpha:
        return "The measured rate is below alpha."
    needed = math.ceil(math.log(1 - CONFIDENCE) / math.log(1 - found.alpha))
    if found.runs.total >= needed:
        return "This shows neither a rate below alpha nor one above."
    return (
        f"{fmt.plural(found.runs.total, 'run')} cannot show a rate below alpha: even without an "
        f"alarm that takes {needed}."
    )


def simulated(found: Calibration) -> str:
    """Say what the simulated runs found; empty if there are none."""
    share = found.simulated
    if share is None:
        return ""
    return (
        f"Resampled from the measured scores, {fmt.count(share.count)} of "
        f"{fmt.count(share.total)} simulated runs raised one; the simulation's own error leaves "
        f"at most {limit(share.upper)}."
    )


def at_boundary(found: Calibration) -> str:
    """Say how often a change of exactly what is allowed is declared; empty if none was simulated.

    The expectation still holds there, and nowhere is it easier to declare it violated by mistake.
    """
    rates = [
        power
        for behavior in found.behaviors
        if behavior.power is not None
        for curve in (behavior.power.independent, behavior.power.coupled)
        for change, power in zip(curve.changes, curve.powers, strict=True)
        if change == behavior.power.boundary
    ]
    if not rates:
        return ""
    return (
        "A change of exactly what is allowed, the hardest case, was declared violated in at most "
        f"{limit(max(rates))} of the simulated runs of any behavior."
    )


def left_out(found: Calibration) -> str:
    """Say what was left out, and why; empty if nothing was."""
    counts = Counter(one.reason for one in found.left_out)
    parts = [f"{counts[reason]} {what}" for reason, what in _REASONS.items() if counts[reason]]
    if not parts:
        return ""
    them = "it" if len(found.left_out) == 1 else "them"
    return f"Left out, as A against A says nothing about {them}: {', '.join(parts)}."


def why_left_out(one: LeftOut) -> str:
    """Say why one behavior was left out."""
    return _REASONS[one.reason]


def detectable_means(found: Calibration) -> str:
    """Say what a detectable change is."""
    others = found.family - 1
    several = f" and the other{f' {others} do' if others > 1 else ' does'} not" if others else ""
    limited = "" if found.total_pairs is None else ", an even part of the run's budget"
    return (
        f"A change is detectable if {fmt.percent(POWER)} of runs declare it violated within "
        f"{fmt.plural(found.pairs_each, 'pair')}{limited}, when this behavior changes{several}. "
        "It is simulated from the measured scores as cases that fail altogether. Independent: the "
        "models' noise is not shared. Coupled: it is, and B agrees with A wherever it did not "
        "change, which is the best case."
    )


def detectable(curve: PowerCurve) -> str:
    """Format a detectable change; ``none`` if there is none."""
    return "none" if curve.detectable is None else fmt.change(curve.detectable)


def impossible(behavior: CalibratedBehavior) -> str:
    """Say why no change can be detected, if none can be large enough; else empty."""
    power = behavior.power
    if power is None or behavior.mean is None or abs(power.reach) > abs(power.boundary):
        return ""
    direction = "lower" if power.reach < 0 or power.boundary < 0 else "higher"
    return (
        f"A's mean is {fmt.score(behavior.mean)}: no model can score {direction} than that by more "
        f"than the {fmt.score(abs(power.boundary))} that is allowed."
    )


def name(behavior: CalibratedBehavior) -> str:
    """Name a behavior with its suite."""
    return f"{behavior.suite}/{behavior.behavior}"


def rate(share: Share) -> str:
    """Say a rate with its interval."""
    return (
        f"{fmt.count(share.count)} of {fmt.plural(share.total, 'run')}, "
        f"between {_percent(share.lower, math.floor)} and {limit(share.upper)}"
    )


def curves(power: BehaviorPower) -> str:
    """Say what two power curves show, for who cannot see them."""
    parts = []
    for how, curve in (("independent", power.independent), ("coupled", power.coupled)):
        if curve.detectable is None:
            most = max(curve.powers)
            parts.append(f"{how}: none, {fmt.percent(round(most, 2))} at most")
        else:
            parts.append(f"{how}: a change of {fmt.change(curve.detectable)}")
    boundary = fmt.change(power.boundary)
    return f"Up to {boundary} is allowed. Detectable, {'; '.join(parts)}."
