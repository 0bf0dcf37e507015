"""What a run will take, before anything runs: pairs, tokens and time under supposed changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from behavtest.experiment.family import Member, Rule
from behavtest.experiment.planning.cost import Prices
from behavtest.experiment.planning.result import BehaviorPlan, Course, Outlook, Plan, Total
from behavtest.experiment.planning.subject import usual_changes
from behavtest.experiment.planning.variance import measured, variances
from behavtest.experiment.rounds import looks
from behavtest.stats import Verdict
from behavtest.stats.arrays import SLACK
from behavtest.stats.planning import prospect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from behavtest.experiment.pairing import PairingName
    from behavtest.experiment.planning.result import Supposed, Truth
    from behavtest.experiment.planning.subject import Subject
    from behavtest.experiment.session import RunSettings
    from behavtest.stats.planning import Prospect
    from behavtest.store.history import History, Past


_TRUTHS: dict[Verdict, Truth] = {
    Verdict.HOLDS: "holds",
    Verdict.VIOLATED: "violated",
    Verdict.INCONCLUSIVE: "boundary",
}


def plan(
    subjects: Sequence[Subject],
    *,
    settings: RunSettings,
    history: History,
    changes: Sequence[float] = (),
    levels: Mapping[str, float] | None = None,
) -> Plan:
    """Work out what each supposed change leads to, and what the whole run takes.

    Pairs follow from `behavtest.stats.planning.prospect` and the variances of
    `behavtest.experiment.planning.variance`, rounded up to where the engine looks. A run takes
    fewer where other behaviors are violated too, since closed e-BH then asks less of each.
    Under a procedure over releases each behavior needs what its stream allows the next test.

    Args:
        subjects: The family.
        settings: Error rate and most pairs of one behavior.
        history: What the store knows.
        changes: Supposed of every behavior in turn; none takes `usual_changes` of each.
        levels: For a procedure over releases: name -> the level of the behavior's next test.
    """
    planner = _Planner(subjects, settings=settings, history=history, levels=levels or {})
    supposed: tuple[Supposed, ...] = tuple(changes) if changes else ("holds", "violated")
    outlooks = {
        subject: [
            planner.outlook(subject, change)
            for change in changes or usual_changes(subject, planner.past(subject))
        ]
        for subject in subjects
    }
    return Plan(
        alpha=settings.alpha,
        max_pairs=settings.budget.max_pairs,
        pairing=_pairing(subjects, settings, history),
        same_pace=planner.prices.same_pace(subjects),
        behaviors=tuple(planner.behavior(*item) for item in outlooks.items()),
        totals=tuple(
            Total(
                what,
                coupled=planner.prices.cost(_drawn(outlooks, place, coupled=True)),
                independent=planner.prices.cost(_drawn(outlooks, place, coupled=False)),
            )
            for place, what in enumerate(supposed)
        ),
    )


def round_end(pairs: float, most: int) -> int:
    """Return how many pairs are drawn when a decision takes so many: the engine looks in rounds.

    Args:
        pairs: What the decision takes; inf for none.
        most: Pairs after which nothing more is drawn, >= 1.
    """
    needed = min(pairs, most)
    return next(look for look in (0, *looks(most)) if look >= needed)


def _pairing(subjects: Sequence[Subject], settings: RunSettings, history: History) -> PairingName:
    """Return how the models' noise will relate, as far as that is known."""
    if all(subject.sides == ("a",) for subject in subjects):
        return "single"
    if settings.independent or history.pairing == "independent":
        return "independent"
    return "coupled"


def _drawn(
    outlooks: Mapping[Subject, Sequence[Outlook]], place: int, *, coupled: bool
) -> dict[Subject, int]:
    """Return what each behavior draws under the change at a place, if that is possible."""
    chosen = {subject: seen[place] for subject, seen in outlooks.items()}
    courses = {
        subject: seen.coupled if coupled else seen.independent for subject, seen in chosen.items()
    }
    return {subject: course.cost.pairs for subject, course in courses.items() if course is not None}


class _Planner:
    """Plans behaviors one by one by what is known of them and of the models."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        *,
        settings: RunSettings,
        history: History,
        levels: Mapping[str, float],
    ) -> None:
        self._rule = Rule(settings.alpha, settings.procedure, levels)
        self._family = [Member(subject.name, None, subject.weight) for subject in subjects]
        self._most = settings.budget.max_pairs
        self._pasts = history.pasts
        self.prices = Prices(history)

    def past(self, subject: Subject) -> Past | None:
        """Return what the store knows of a behavior."""
        return self._pasts.get(subject.name)

    def behavior(self, subject: Subject, outlooks: Iterable[Outlook]) -> BehaviorPlan:
        """Put a behavior's outlooks together with where they come from."""
        past = self.past(subject)
        sources = measured(subject, past)
        return BehaviorPlan(
            name=subject.name,
            suite=subject.suite,
            behavior=subject.behavior,
            statement=subject.statement,
            absolute=subject.expectation.absolute,
            measured_in=None if past is None else past.pairs,
            run_id=None if past is None else past.run_id,
            measured_coupled=sources.coupled,
            measured_independent=sources.independent,
            measured_tokens=subject.texts > 0
            or (past is not None and past.tokens_of(subject.sides[0]) is not None),
            outlooks=tuple(outlooks),
        )

    def outlook(self, subject: Subject, change: float) -> Outlook:
        """Plan one behavior under one change."""
        mean = subject.mean(change)
        lower, upper = subject.bounds
        slack = SLACK * (upper - lower)
        if not lower - slack <= mean <= upper + slack:
            return Outlook(change, mean, "impossible", None, None)
        mean = min(max(mean, lower), upper)
        spread = variances(mean, subject, self.past(subject))
        ahead = self._prospect(subject, mean=mean, variance=spread.coupled)
        return Outlook(
            change,
            mean,
            _TRUTHS[ahead.verdict],
            coupled=self._course(subject, mean=mean, variance=spread.coupled),
            independent=self._course(subject, mean=mean, variance=spread.independent),
        )

    def _prospect(self, subject: Subject, *, mean: float, variance: float) -> Prospect:
        return prospect(
            subject.expectation,
            mean=mean,
            variance=variance,
            bounds=subject.bounds,
            alpha=self._rule.alpha,
            violated_at=self._rule.enough(Member(subject.name, None, subject.weight), self._family),
            population=subject.population,
        )

    def _course(self, subject: Subject, *, mean: float, variance: float) -> Course:
        ahead = self._prospect(subject, mean=mean, variance=variance)
        most = min(self._most, subject.population or self._most)
        return Course(
            variance=variance,
            expected=ahead.pairs if math.isfinite(ahead.pairs) else None,
            verdict=ahead.verdict if ahead.pairs <= most else Verdict.INCONCLUSIVE,
            cost=self.prices.cost({subject: round_end(ahead.pairs, most)}),
        )
