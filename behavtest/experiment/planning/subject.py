"""What planning needs to know of a behavior, and what the user may want to suppose of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from behavtest.errors import ScoreError, SuiteError
from behavtest.scoring import ExactScorer, checked_texts
from behavtest.stats import Bounds, Expectation, Kind
from behavtest.suite.relation import observation_bounds

if TYPE_CHECKING:
    from behavtest.scoring import Scorer
    from behavtest.store.history import Past
    from behavtest.suite.behavior import Behavior, PromptSet

TOLERANCES = 3
"""Size of the change supposed to violate an expectation, in tolerances."""

STEP = 0.1
"""Size of the change supposed where there is no tolerance to measure it in."""

_BY = 2
_CASES = 100
"""Cases looked at to tell how many texts a pair reads."""

Side = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A behavior as planning sees it.

    Args:
        name: Node id.
        suite: The suite's name.
        behavior: Its id there.
        statement: The expectation in words.
        expectation: The same as a claim.
        bounds: Range of an observation.
        scores: Range of one model's score.
        population: Number of cases where each has one score and is drawn once (greedy decoding,
            exact scores); else None.
        prompts: Prompts a pair asks: 2 in a contrast.
        sides: The models asked.
        max_new_tokens: Length limit of a completion, 0 if there is none.
        texts: Given texts that a model reads for a pair, on average, if there are no completions.
        shared: What behaviors that ask for the same completions have in common.
        weight: Prior weight in the family.
    """

    name: str
    suite: str
    behavior: str
    statement: str
    expectation: Expectation
    bounds: Bounds
    scores: Bounds
    population: int | None
    prompts: int
    sides: tuple[Side, ...]
    max_new_tokens: int
    texts: float
    shared: str
    weight: float

    def mean(self, change: float) -> float:
        """Return the mean observation under a supposed change.

        Args:
            change: Delta; for an expectation about one model, its mean's distance from the bound.
        """
        return change + (self.expectation.margin if self.expectation.absolute else 0.0)


def subject_of(name: str, behavior: Behavior, *, alone: bool) -> Subject:
    """Take from a behavior what planning needs.

    Args:
        name: Its node id.
        behavior: The behavior.
        alone: Whether the run has model A alone.
    """
    absolute, contrast = behavior.expectation.absolute, behavior.prompts.contrast
    one: Side = "a" if alone else "b"
    exact = isinstance(behavior.scorer, ExactScorer)
    return Subject(
        name=name,
        suite=behavior.suite,
        behavior=behavior.id,
        statement=behavior.statement,
        expectation=behavior.expectation,
        bounds=observation_bounds(contrast=contrast, absolute=absolute, relation=behavior.relation),
        scores=observation_bounds(contrast=contrast, absolute=True, relation=behavior.relation),
        population=len(behavior.prompts) if behavior.deterministic else None,
        prompts=2 if contrast else 1,
        sides=(one,) if absolute else ("a", "b"),
        max_new_tokens=0 if exact else behavior.settings.max_new_tokens,
        texts=_texts(behavior.prompts, behavior.scorer),
        shared=_shared(behavior),
        weight=behavior.weight,
    )


def _shared(behavior: Behavior) -> str:
    """Name what behaviors that need the same completions, or likelihoods, have in common."""
    if isinstance(behavior.scorer, ExactScorer):
        return f"{behavior.prompts.digest} {behavior.scorer.name}"
    return f"{behavior.prompts.asked} {behavior.settings}"


def _texts(prompts: PromptSet, scorer: Scorer | ExactScorer) -> float:
    """Return how many texts a pair reads of one model, on average over the first cases."""
    if not isinstance(scorer, ExactScorer):
        return 0.0
    counts = []
    for index in range(min(len(prompts), _CASES)):
        with suppress(SuiteError, ScoreError):  # a case that fails will be an error of the run
            asked = [prompt for prompt in prompts[index] if prompt is not None]
            counts.append(sum(len(checked_texts(scorer, prompt)) for prompt in asked))
    return sum(counts) / len(counts) if counts else 1.0


def usual_changes(subject: Subject, past: Past | None) -> tuple[float, float]:
    """Return a change under which the expectation holds and one under which it is violated.

    No change and three tolerances in the direction that hurts, for what must not change; twice the
    intended change and none, for what must; for one model's mean, where it was measured and a
    tenth on the bound's other side, or a tenth on either side. Each is kept inside what can be.

    Args:
        subject: The behavior.
        past: What the store knows of it.
    """
    kind, margin = subject.expectation.kind, subject.expectation.margin
    if subject.expectation.absolute:
        return _beside_bound(subject, past)
    size = _inside(TOLERANCES * margin or STEP, margin, subject.bounds.upper)
    intended = _inside(_BY * margin or STEP, margin, subject.bounds.upper)
    unintended = 0.0 if margin else STEP
    return {
        Kind.NOT_WORSE: (0.0, -size),
        Kind.NOT_HIGHER: (0.0, size),
        Kind.UNCHANGED: (0.0, size if _more_room_above(subject, past) else -size),
        Kind.INCREASES: (intended, -unintended),
        Kind.DECREASES: (-intended, unintended),
    }[kind]


def _inside(size: float, margin: float, end: float) -> float:
    """Return a size beyond the margin, at most halfway to the end of the range."""
    return min(size, (margin + end) / 2)


def _more_room_above(subject: Subject, past: Past | None) -> bool:
    if past is None or past.mean_a is None:
        return False
    return past.mean_a - subject.scores.lower < subject.scores.upper - past.mean_a


def _beside_bound(subject: Subject, past: Past | None) -> tuple[float, float]:
    bound = subject.expectation.margin
    above = min(STEP, subject.bounds.upper - bound)
    below = max(-STEP, subject.bounds.lower - bound)
    measured = 0.0 if past is None else past.mean - bound
    above, below = (measured if measured > 0 else above, measured if measured < 0 else below)
    return (above, below) if subject.expectation.kind is Kind.AT_LEAST else (below, above)
