"""A plan as lines of text, at most 80 columns."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from behavtest.experiment.budget import Budget
    from behavtest.experiment.planning.result import (
        BehaviorPlan,
        Cost,
        Course,
        Outlook,
        Plan,
        Supposed,
        Total,
    )

_WIDTH = 80
_MOST_NAME = 36
_MANY = 99_999
_ASSUMED = "~"
_BEYOND = "*"


def plan_lines(plan: Plan, budget: Budget, remarks: Iterable[str] = ()) -> Iterator[str]:
    """Tabulate a plan, add up what it costs, and say where its numbers come from.

    Args:
        plan: The plan.
        budget: The run's limits.
        remarks: Said last.
    """
    yield from map(_plain, _table(plan))
    yield ""
    for note in (*_notes(plan, budget), *remarks):
        yield from textwrap.wrap(_plain(note), _WIDTH)


def _plain(text: str) -> str:
    return text.replace(fmt.NBSP, " ")


def _table(plan: Plan) -> Iterator[str]:
    yield _row("true change", "verdict to come", "coupled", "independent", "tokens", "time")
    for behavior in plan.behaviors:
        yield _heading(behavior)
        for outlook in behavior.outlooks:
            yield _outlook(plan, behavior, outlook)
    yield ""
    for total in plan.totals:
        cost = _chosen(plan, total)
        pairs = _short(total.coupled.pairs), _short(total.independent.pairs)
        yield f"{_supposed(total.supposed):<34}" + _numbers(*pairs, *_cost(cost))


def _row(change: str, verdict: str, *numbers: str) -> str:
    return f"{change:>11}  {verdict:<21}" + _numbers(*numbers)


def _numbers(coupled: str, independent: str, tokens: str, time: str) -> str:
    return f"{coupled:>9}{independent:>12}{tokens:>12}{time:>13}"


def _chosen(plan: Plan, total: Total) -> Cost:
    return total.independent if plan.pairing == "independent" else total.coupled


def _heading(behavior: BehaviorPlan) -> str:
    name = f"{behavior.suite}/{behavior.behavior}"
    if len(name) > _MOST_NAME:
        name = f"…{name[1 - _MOST_NAME :]}"
    return textwrap.shorten(f"{name}: {behavior.statement}", _WIDTH, placeholder=" …")


def _outlook(plan: Plan, behavior: BehaviorPlan, outlook: Outlook) -> str:
    at_mean = f"at {fmt.score(outlook.mean)}"  # as in the summary of a run
    supposed = at_mean if behavior.absolute else fmt.change(outlook.change)
    coupled, independent = outlook.coupled, outlook.independent
    if coupled is None or independent is None:
        return f"{supposed:>11}  not possible"
    chosen = independent if plan.pairing == "independent" else coupled
    return _row(
        supposed,
        _verdict(outlook, chosen),
        _pairs(coupled, measured=behavior.measured_coupled),
        _pairs(independent, measured=behavior.measured_independent),
        *_cost(chosen.cost),
    )


def _verdict(outlook: Outlook, course: Course) -> str:
    if outlook.truth == "boundary":
        return "never decided"
    if course.verdict == "inconclusive":
        return f"inconclusive at {_short(course.cost.pairs)}"
    return course.verdict.value


def _pairs(course: Course, *, measured: bool) -> str:
    """Write the pairs drawn, or what a decision would take if that is more."""
    if course.expected is None:
        return fmt.NONE
    mark = "" if measured else _ASSUMED
    if _beyond(course):
        return f"{mark}{_short(course.expected)}{_BEYOND}"
    return f"{mark}{_short(course.cost.pairs)}"


def _courses(plan: Plan) -> Iterator[Course]:
    for behavior in plan.behaviors:
        for outlook in behavior.outlooks:
            yield from (course for course in (outlook.coupled, outlook.independent) if course)


def _beyond(course: Course) -> bool:
    """Whether a decision would take more pairs than are allowed."""
    return course.verdict == "inconclusive" and course.expected is not None


def _short(number: float) -> str:
    """Write a count in at most 6 characters, up to a thousand million."""
    if number <= _MANY:
        return f"{number:,.0f}"
    for unit, size in (("k", 1e3), ("M", 1e6)):
        if number < size * 1e3:
            return f"{number / size:.3g}{unit}"
    return f"{number:.0e}"


def _cost(cost: Cost) -> tuple[str, str]:
    return f"{cost.tokens:,}", "unknown" if cost.seconds is None else fmt.duration(cost.seconds)


def _supposed(supposed: Supposed) -> str:
    match supposed:
        case "holds":
            return "total if every behavior holds"
        case "violated":
            return "total if every one is violated"
        case _:
            return f"total at {fmt.change(supposed)}"


def _notes(plan: Plan, budget: Budget) -> Iterator[str]:
    """Say what the numbers mean and where they come from."""
    pairs = "" if plan.pairing == "single" else f": of {plan.pairing} pairs"
    yield (
        f"Pairs to a verdict at alpha {plan.alpha:g}, violated as the only one of "
        f"{fmt.plural(len(plan.behaviors), 'behavior')}: beside others it takes fewer. Tokens "
        f"and time to decode them{pairs}, if none is in the store yet."
    )
    yield _sources(plan)
    if any(behavior.absolute for behavior in plan.behaviors):
        yield "at: the mean of the one model that an expectation is about."
    if any(map(_beyond, _courses(plan))):
        yield (
            f"{_BEYOND} more than --behavtest-max-pairs allows: inconclusive at "
            f"{_short(plan.max_pairs)}."
        )
    texts = max(_chosen(plan, total).texts for total in plan.totals)
    if texts:
        yield f"Up to {texts:,} given texts are read besides, in one pass each: nothing is decoded."
    yield from _limits(plan, budget)
    if any(_chosen(plan, total).seconds is None for total in plan.totals):
        yield "time: unknown until a run of these models is in the store."
    elif plan.same_pace:
        yield "time: one model has not run yet and is taken to be as fast as the other."


def _sources(plan: Plan) -> str:
    """Say which numbers come from the store and which from an assumption, and from which."""
    behaviors = plan.behaviors
    known = sum(behavior.measured_in is not None for behavior in behaviors)
    assumed = []
    if not all(behavior.measured_coupled for behavior in behaviors):
        assumed.append("coupled models differ in the fewest pairs that make the change")
    if not all(behavior.measured_independent for behavior in behaviors):
        assumed.append("scores with noise of their own are 0 or 1, half and half")
    if not all(behavior.measured_tokens for behavior in behaviors):
        assumed.append("completions are as long as max_new_tokens allows")
    measured = (
        "From the store: how scores and changes spread, and how long completions are, in "
        f"{known} of {fmt.plural(len(behaviors), 'behavior')}."
    )
    parts = [measured if known else "From the store: nothing."]
    if assumed:
        parts.append(f"{_ASSUMED} assumed: {'; '.join(assumed)}.")
    return " ".join(parts)


def _limits(plan: Plan, budget: Budget) -> Iterator[str]:
    """Say which totals the budget does not allow."""
    for total in plan.totals:
        cost = _chosen(plan, total)
        if cost.pairs > (budget.total_pairs or math.inf) or (cost.seconds or 0) > (
            budget.seconds or math.inf
        ):
            what = _supposed(total.supposed)
            yield f"{what}: more than --behavtest-budget allows; some would stay inconclusive."
