"""The decision over several modified models: which of them, by which behavior, how sure."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.headline import Headline, Reason, headline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.behavior_result import VerdictName
    from behavtest.experiment.result import RunResult
    from behavtest.report.columns.column import Column

_LEAST_REASONS = 4
_MOST_REASONS = 8

_TITLES: dict[VerdictName, tuple[str, str]] = {
    "violated": ("violates a behavior", "violate a behavior"),
    "error": ("could not be measured whole", "could not be measured whole"),
    "inconclusive": ("is inconclusive", "are inconclusive"),
}
"""What is said of one model with that verdict, and of several."""


class ColumnReason(NamedTuple):
    """One behavior of one model that the decision rests on.

    Args:
        column: The model.
        reason: The behavior, and what happened to it.
    """

    column: Column
    reason: Reason


class Decision(NamedTuple):
    """Several modified models in one glance.

    Args:
        verdict: The gravest verdict of all.
        title: How many models are how good.
        reasons: What decided it: the gravest behavior of each model first.
        more: How many further ones there are.
        guarantee: How sure that is, of each model and of all.
        own: Each model's own headline, in their order.
    """

    verdict: VerdictName
    title: str
    reasons: tuple[ColumnReason, ...]
    more: int
    guarantee: str
    own: tuple[Headline, ...]


def decision(columns: Sequence[Column]) -> Decision:
    """Sum several modified models up.

    Args:
        columns: The models, at least one.
    """
    own = tuple(headline(column.run) for column in columns)
    verdict = min((each.verdict for each in own), key=list(words.VERDICTS).index)
    grave = [(c, each) for c, each in zip(columns, own, strict=True) if each.verdict == verdict]
    lists = [[ColumnReason(column, reason) for reason in each.reasons] for column, each in grave]
    reasons = [found for found in chain.from_iterable(zip_longest(*lists)) if found is not None]
    shown = reasons[: min(max(_LEAST_REASONS, len(grave)), _MOST_REASONS)]
    total = sum(len(each.reasons) + each.more for _, each in grave)
    return Decision(
        verdict=verdict,
        title=_title(verdict, own),
        reasons=tuple(shown),
        more=total - len(shown),
        guarantee=_guarantee([column.run for column in columns], grave[0][1]),
        own=own,
    )


def each_alone(runs: Sequence[RunResult]) -> str:
    """Say that error rates are held for each modified model, and what that makes of all."""
    alpha, number = fmt.percent(runs[0].alpha), fmt.count(len(runs))
    together = fmt.percent(min(1.0, len(runs) * runs[0].alpha))
    return (
        f"{fmt.ALPHA} = {alpha} is held for each modified model by itself, as if it had been run "
        f"alone; over the {number} together that makes at most {number} {fmt.TIMES} {alpha} = "
        f"{together}."
    )


def _guarantee(runs: Sequence[RunResult], grave: Headline) -> str:
    # One run's sentence serves for all: they are of one family, by one procedure.
    if any(run.redecided for run in runs) or grave.verdict not in {"violated", "holds"}:
        return grave.guarantee
    return f"{grave.guarantee} {each_alone(runs)}"


def _title(verdict: VerdictName, own: Sequence[Headline]) -> str:
    """Count the models by their own gravest verdicts."""
    numbers = {name: sum(each.verdict == name for each in own) for name in words.VERDICTS}
    total = len(own)
    if verdict == "holds":
        return f"Every behavior holds in all {fmt.count(total)} modified models"
    number = numbers[verdict]
    said = _TITLES[verdict][number > 1]
    who = f"All {fmt.count(total)}" if number == total else f"{fmt.count(number)} of {total:,}"
    less = [name for name in list(_TITLES) if numbers[name] and name != verdict]
    rest = "".join(
        f", {fmt.count(numbers[name])} {_TITLES[name][numbers[name] > 1]}" for name in less
    )
    return f"{who} modified models {said}{rest}"
