"""What a plan says: plain data, written as JSON, read by the command that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from behavtest.stats import Verdict

Truth = Literal["holds", "violated", "boundary", "impossible"]
Supposed = float | Literal["holds", "violated"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What generating answers takes, if none of them is in the store yet.

    Args:
        pairs: Pairs drawn.
        tokens: Tokens decoded, by both models.
        seconds: Time it takes to decode them; None if no model's pace is known.
        texts: Given texts read, by both models, which decodes nothing.
    """

    pairs: int
    tokens: int
    seconds: float | None
    texts: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """How one behavior will go with one way of pairing the models' noise.

    Args:
        variance: Variance of an observation.
        expected: Pairs a decision is expected to take; None if no number of pairs is enough.
        verdict: What it will come to within the pairs allowed.
        cost: What is drawn for it: `expected` rounded up to where the engine looks.
    """

    variance: float
    expected: float | None
    verdict: Verdict
    cost: Cost


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a supposed change leads to.

    Args:
        change: Delta; for an expectation about one model, its mean's distance from the bound.
        mean: The mean observation: Delta again, or that model's mean.
        truth: What is true of the expectation then; ``boundary`` if nobody could ever tell.
        coupled: With the same noise for both models; None if the change is impossible.
        independent: With noise of each one's own.
    """

    change: float
    mean: float
    truth: Truth
    coupled: Course | None
    independent: Course | None


@dataclass(frozen=True, slots=True)
class BehaviorPlan:
    """One behavior's outlooks.

    Args:
        name: Node id.
        suite: The suite's name.
        behavior: Its id there.
        statement: The expectation in words.
        absolute: Whether it is about one model's mean rather than a change.
        measured_in: Pairs of the run that numbers come from; None if the store knows nothing.
        run_id: That run.
        measured_coupled: Whether the variance of coupled observations comes from there.
        measured_independent: Whether that of independent ones does.
        measured_tokens: Whether the length of completions does, if there are any; else it is
            max_new_tokens.
        outlooks: One for each supposed change.
    """

    name: str
    suite: str
    behavior: str
    statement: str
    absolute: bool
    measured_in: int | None
    run_id: str | None
    measured_coupled: bool
    measured_independent: bool
    measured_tokens: bool
    outlooks: tuple[Outlook, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """What the whole run takes if every behavior is as supposed.

    Args:
        supposed: Which change that is, as a number; or ``holds`` or ``violated``, by default.
        coupled: With the same noise for both models. Behaviors that ask for the same completions
            pay for them once; what cannot be as supposed is left out.
        independent: With noise of each one's own.
    """

    supposed: Supposed
    coupled: Cost
    independent: Cost


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will take.

    Args:
        alpha: Error rate.
        max_pairs: Most pairs of one behavior.
        pairing: How the models' noise will relate: as asked for, else as these models were last
            paired, else ``coupled``; ``single`` if model A runs alone.
        same_pace: Whether one model's pace is not known and taken to be the other's.
        behaviors: In the order they were collected.
        totals: One for each supposed change.
    """

    alpha: float
    max_pairs: int
    pairing: Literal["coupled", "independent", "single"]
    same_pace: bool
    behaviors: tuple[BehaviorPlan, ...]
    totals: tuple[Total, ...]
