"""The decision and its reason, in the words a release manager reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.zone import excess, is_absolute
from behavtest.stats.expectation import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.experiment.result import RunResult

_MOST_REASONS = 3
_LONGEST = 200


class Reason(NamedTuple):
    """One behavior the decision rests on.

    Args:
        behavior: The behavior's result.
        sentence: What happened to it, to be read after its name.
    """

    behavior: BehaviorResult
    sentence: str


class Headline(NamedTuple):
    """The run in one glance.

    Args:
        verdict: The gravest verdict of the run.
        title: The decision.
        reasons: The behaviors that decided it, the gravest first.
        more: How many further ones there are.
        guarantee: How sure the decision is.
    """

    verdict: VerdictName
    title: str
    reasons: tuple[Reason, ...]
    more: int
    guarantee: str


def headline(run: RunResult) -> Headline:
    """Sum a run up.

    Args:
        run: The run.

    Returns:
        Its decision, the reasons and how sure it is.
    """
    found = _found(run)
    return found._replace(guarantee=words.REDECIDED) if run.redecided else found


def _found(run: RunResult) -> Headline:
    order = ranked(run.behaviors)
    total = len(order)
    for name in _TITLES:
        grave = [behavior for behavior in order if behavior.verdict == name]
        if grave:
            return Headline(
                verdict=name,
                title=_title(name, len(grave), total) + _rest(name, order),
                reasons=tuple(Reason(b, sentence(b)) for b in grave[:_MOST_REASONS]),
                more=max(0, len(grave) - _MOST_REASONS),
                guarantee=words.violated_guarantee(run) if name == "violated" else _UNPROVEN,
            )
    if not total:
        return Headline("inconclusive", "No behavior was tested", (), 0, "Nothing is known.")
    title = "Every behavior holds" if total > 1 else "The behavior holds"
    return Headline("holds", title, (), 0, words.holds_guarantee(run))


def ranked(behaviors: Iterable[BehaviorResult]) -> list[BehaviorResult]:
    """Sort behaviors by importance: gravest verdict first, then furthest from what is allowed."""
    return sorted(behaviors, key=importance)


def importance(behavior: BehaviorResult) -> tuple[int, float]:
    """Return what behaviors are sorted by, the most important first."""
    outside = excess(behavior)
    verdicts = list(words.VERDICTS)
    return verdicts.index(behavior.verdict), float("inf") if outside is None else -outside


def movement(behavior: BehaviorResult) -> str:
    """Say what happened to the mean, to be read after the behavior's name."""
    estimate, margin = behavior.estimate, fmt.score(behavior.margin)
    if estimate is None:
        return "has no estimate"
    if is_absolute(behavior):
        wanted = "at least" if behavior.expectation == Kind.AT_LEAST else "at most"
        mean = fmt.score(estimate)
        found = words.breaks(behavior.relation, mean) or f"averages {mean}"
        return f"{found} where {wanted} {margin} is expected"
    size = fmt.score(abs(estimate))
    moved = "showed no change"
    if float(size):
        verb, way = ("dropped", "less far") if estimate < 0 else ("rose", "further")
        moved = words.breaks(behavior.relation, f"{size} {way}") or f"{verb} by {size}"
    match behavior.expectation:
        case Kind.INCREASES:
            return f"{moved} where a rise of {margin} or more is intended"
        case Kind.DECREASES:
            return f"{moved} where a drop of {margin} or more is intended"
        case _:
            return moved


def certainty(behavior: BehaviorResult) -> str:
    """Say how sure the estimate is; empty if nothing is known."""
    if behavior.exact:
        return "exact: every prompt was seen"
    interval = behavior.interval
    if interval is None:
        return ""
    ends = fmt.span(interval.lower, interval.upper, signed=not is_absolute(behavior))
    return f"{fmt.percent(interval.level)} interval {ends}"


_TITLES: dict[VerdictName, tuple[str, str]] = {
    "violated": ("violated", "The behavior is violated"),
    "error": ("could not be measured", "The behavior could not be measured"),
    "inconclusive": ("inconclusive", "The behavior is inconclusive"),
}
_UNPROVEN = "Nothing was shown to be violated, but not proven safe is not safe."


def _rest(verdict: VerdictName, behaviors: list[BehaviorResult]) -> str:
    """Count what is less grave than the headline's verdict but no less unproven."""
    names = list(_TITLES)
    parts = []
    for name in names[names.index(verdict) + 1 :]:
        number = sum(behavior.verdict == name for behavior in behaviors)
        if number:
            parts.append(f", {fmt.count(number)} {_TITLES[name][0]}")
    return "".join(parts)


def _title(verdict: VerdictName, number: int, total: int) -> str:
    several, alone = _TITLES[verdict]
    if total == 1:
        return alone
    if number == total:
        return f"All {fmt.plural(total, 'behavior')} {several}"
    return f"{fmt.count(number)} of {fmt.plural(total, 'behavior')} {several}"


def sentence(behavior: BehaviorResult) -> str:
    """Say what happened to a behavior and how sure that is, to be read after its name."""
    if behavior.verdict == "error":
        first = (behavior.error or "failed without a message").partition("\n")[0]
        return first if len(first) <= _LONGEST else f"{first[:_LONGEST]}…"
    sure = certainty(behavior)
    text = movement(behavior) + (f" ({sure})" if sure else "")
    if behavior.verdict == "inconclusive" and behavior.forecast:
        text += f"; {fmt.plural(behavior.forecast, 'more pair')} would likely decide"
    return text
