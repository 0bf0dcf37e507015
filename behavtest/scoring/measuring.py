"""How often a scorer is right: its scores beside the labels that people gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.errors import ScoreError
from behavtest.scoring.batch import checked_scores
from behavtest.stats.proportion import exact_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from behavtest.core import Completion, Source
    from behavtest.scoring.base import Scorer

THRESHOLD: Final = 0.5
"""The score from which on a completion counts as scored 1."""

_ERROR: Final = 0.025


class Labelled(NamedTuple):
    """A completion and what it should score.

    Args:
        completion: What a model answered, or could have.
        scorer: Scores it; the same object for all completions that are scored alike.
        label: Whether it should score 1.
        place: Where it is written.
    """

    completion: Completion
    scorer: Scorer
    label: bool
    place: Source


@dataclass(frozen=True, slots=True)
class Proportion:
    """A count of a total, with the exact 95 % interval for the probability behind it.

    Args:
        count: In 0..total.
        total: At least 1.
        lower: Lower end, wrong with probability at most 2.5 % over samples of completions.
        upper: Upper end; the same.
    """

    count: int
    total: int
    lower: float
    upper: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.total

    @classmethod
    def of(cls, count: int, total: int) -> Proportion | None:
        """Return the proportion; None of nothing."""
        return cls(count, total, *exact_interval(count, total, error=_ERROR)) if total else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One completion as it was scored.

    Args:
        file: Where it is written.
        line: The same.
        text: The completion.
        label: What it should score, 0 or 1.
        score: What it does score; None if that failed.
        error: Why it failed, or nothing.
    """

    file: str
    line: int
    text: str
    label: int
    score: float | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """How a scorer agrees with labels.

    A completion counts as scored 1 if its score is at least the threshold.

    Args:
        scorers: The names of the scorers that were measured.
        threshold: In (0, 1].
        completions: How many were scored.
        precision: Of those scored 1, those labelled 1; None if none is scored 1.
        recall: Of those labelled 1, those scored 1; None if none is labelled 1.
        specificity: Of those labelled 0, those scored 0; None if none is labelled 0.
        accuracy: Of all, those scored as labelled; None if none could be scored.
        misjudged: Those scored otherwise than labelled.
        failed: Those that could not be scored; they count nowhere above.
    """

    scorers: tuple[str, ...]
    threshold: float
    completions: int
    precision: Proportion | None
    recall: Proportion | None
    specificity: Proportion | None
    accuracy: Proportion | None
    misjudged: tuple[Judgement, ...]
    failed: tuple[Judgement, ...]


def measure(labelled: Sequence[Labelled], *, threshold: float = THRESHOLD) -> Measurement:
    """Score labelled completions and count where scores and labels agree.

    Args:
        labelled: At least one.
        threshold: The score from which on a completion counts as scored 1, in (0, 1].
    """
    judged = _judged(labelled)
    scored = [one for one in judged if one.score is not None]
    called = [(one.score is not None and one.score >= threshold, bool(one.label)) for one in scored]
    hits = called.count((True, True))
    rejections = called.count((False, False))
    false_alarms, misses = called.count((True, False)), called.count((False, True))
    return Measurement(
        scorers=tuple(dict.fromkeys(one.scorer.name for one in labelled)),
        threshold=threshold,
        completions=len(scored),
        precision=Proportion.of(hits, hits + false_alarms),
        recall=Proportion.of(hits, hits + misses),
        specificity=Proportion.of(rejections, rejections + false_alarms),
        accuracy=Proportion.of(hits + rejections, len(scored)),
        misjudged=tuple(
            one for one, (score, label) in zip(scored, called, strict=True) if score != label
        ),
        failed=tuple(one for one in judged if one.score is None),
    )


def _judged(labelled: Sequence[Labelled]) -> list[Judgement]:
    """Score the completions, those of one scorer in one call, and keep their order."""
    outcomes: dict[int, float | ScoreError] = {}
    for places in _by_scorer(labelled):
        scorer = labelled[places[0]].scorer
        found = checked_scores(scorer, [labelled[place].completion for place in places])
        outcomes |= dict(zip(places, found, strict=True))
    return [_judgement(one, outcomes[place]) for place, one in enumerate(labelled)]


def _by_scorer(labelled: Sequence[Labelled]) -> Iterable[list[int]]:
    groups: dict[int, list[int]] = {}
    for place, one in enumerate(labelled):
        groups.setdefault(id(one.scorer), []).append(place)
    return groups.values()


def _judgement(one: Labelled, outcome: float | ScoreError) -> Judgement:
    failed = isinstance(outcome, ScoreError)
    return Judgement(
        file=one.place.file,
        line=one.place.line,
        text=one.completion.text,
        label=int(one.label),
        score=None if isinstance(outcome, ScoreError) else outcome,
        error=str(outcome) if failed else "",
    )
