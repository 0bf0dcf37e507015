"""What a run found of one behavior: plain data of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from behavtest.experiment.examples import PairExample  # noqa: TC001 -- msgspec reads it when decoding

VerdictName = Literal["holds", "violated", "inconclusive", "error"]
StopReason = Literal["holds", "violated", "max_pairs", "budget", "census", "error", "redecided"]


@dataclass(frozen=True, slots=True)
class PathPoint:
    """The evidence after some number of pairs.

    Args:
        pairs: Observations so far.
        e_holds: E-value of the claim that the expectation holds (capped at 1e300).
        e_violated: E-value of the claim that it is violated (capped at 1e300).
    """

    pairs: int
    e_holds: float
    e_violated: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence sequence at the stop.

    Args:
        lower: Lower end, in score units.
        upper: Upper end.
        level: Coverage of the two ends together: 1 - 2 alpha, each end holding with 1 - alpha.
    """

    lower: float
    upper: float
    level: float


@dataclass(frozen=True, slots=True)
class LedgerNote:
    """A behavior's test in the stream of its releases.

    Args:
        procedure: The stream's procedure.
        test: The test's place in the stream, from 1.
        level: What the stream allowed it: an alarm takes an e-value, or 1 / p, of 1 / level.
        alarm: Whether it raised one.
        counts: Whether this run's evidence was taken; an earlier run of the release stands else.
    """

    procedure: str
    test: int
    level: float
    alarm: bool
    counts: bool = True


@dataclass(frozen=True, slots=True)
class BehaviorResult:
    """The verdict on one behavior and everything a reader needs to judge it.

    Args:
        name: Node id of the pytest item.
        suite: The suite's name.
        behavior: The behavior's id within it.
        description: One sentence, possibly empty.
        tags: The behavior's tags.
        file: Suite file.
        line: Line in it, from 1.
        scorer: The scorer's name.
        sampling: How completions were sampled, in words, or that none were.
        expectation: Its kind, ``not_worse`` say.
        margin: Tolerance, intended change or bound, in score units.
        statement: The expectation in words, with numbers.
        verdict: ``error`` is a failed computation, not a verdict.
        error: What failed, for ``error``.
        exact: Every prompt was seen, and each has one score: no sampling error is left.
        stop: Why sampling stopped.
        pairs: Observations used.
        population: Number of cases in the prompt set.
        estimate: Mean observation: Delta, or the model's mean for an absolute expectation.
        interval: Confidence sequence for the same quantity.
        range_lower: Least possible value of an observation.
        range_upper: Greatest possible value.
        mean_a: Model A's mean score (in a contrast, what its relation makes of two).
        mean_b: Model B's.
        changed: Pairs in which the two texts differ, or the scores of the same given texts; None if
            only one model was asked.
        e_holds: E-value of "the expectation holds" at the stop (capped at 1e300).
        e_violated: E-value of "the expectation is violated" at the stop (capped at 1e300).
        forecast: For ``inconclusive``: how many more pairs a decision would likely take.
        path: The evidence along the way, at most 100 points.
        examples: Pairs to read, the most telling first.
        relation: In a contrast, how target and baseline make one number: ``difference``, or the
            amount by which ``invariance``, ``not_lower`` or ``not_higher`` is broken.
        p_violated: P-value of "the expectation is violated", 1 over the greatest e-value on the
            way.
        enough: The evidence for "violated" that suffices alone, as an e-value or as 1 / p; 0 in
            results from before it was recorded.
        without_replacement: Whether prompts were drawn without replacement (greedy decoding, exact
            scores).
        weighted: Whether prompts were chosen actively, and their observations weighted.
        prior_weight: The behavior's weight in its family.
        ledger: Its test in the ledger.
        suite_version: What the suite's author calls this state of it, possibly empty.
        remark: What to know of how the cases came about: that some were left out, say.
    """

    name: str
    suite: str
    behavior: str
    description: str
    tags: tuple[str, ...]
    file: str
    line: int
    scorer: str
    sampling: str
    expectation: str
    margin: float
    statement: str
    verdict: VerdictName
    error: str | None
    exact: bool
    stop: StopReason
    pairs: int
    population: int
    estimate: float | None
    interval: Interval | None
    range_lower: float
    range_upper: float
    mean_a: float | None
    mean_b: float | None
    changed: int | None
    e_holds: float
    e_violated: float
    forecast: int | None
    path: tuple[PathPoint, ...]
    examples: tuple[PairExample, ...]
    relation: str | None = None
    p_violated: float = 1.0
    enough: float = 0.0
    without_replacement: bool = False
    weighted: bool = False
    prior_weight: float = 1.0
    ledger: LedgerNote | None = None
    suite_version: str = ""
    remark: str = ""
