"""How much observations will vary, by what the store has measured or at worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from behavtest.experiment.planning.subject import Subject
    from behavtest.stats import Bounds
    from behavtest.store.history import Past


class Variances(NamedTuple):
    """Variance of an observation, by how the models' noise relates; one number for one model.

    Args:
        coupled: With the same noise for both.
        independent: With noise of each one's own.
    """

    coupled: float
    independent: float


class Measured(NamedTuple):
    """Which variances rest on what the store has measured, not on an assumption.

    Args:
        coupled: That of coupled observations.
        independent: That of independent ones.
    """

    coupled: bool
    independent: bool


def measured(subject: Subject, past: Past | None) -> Measured:
    """Return which variances of a behavior `variances` takes from its past.

    Coupled pairs tell how the models differ with the same noise, and, by each model's scores, how
    they would with noise of their own. Independent pairs tell the latter alone. Greedy answers
    have no noise, so all pairs tell all.
    """
    if past is None:
        return Measured(coupled=False, independent=False)
    one_model = subject.expectation.absolute
    everything = one_model or subject.population is not None
    return Measured(coupled=everything or past.pairing == "coupled", independent=True)


def variances(mean: float, subject: Subject, past: Past | None) -> Variances:
    """Return the variance of an observation under a supposed mean.

    Args:
        mean: Of the observation: Delta, or one model's mean; inside the bounds.
        subject: The behavior.
        past: What the store knows of it.
    """
    if subject.expectation.absolute:
        share = _half_if_difference(subject.scores)
        if past is not None:
            share = _share(past.variance, past.mean, subject.scores)
        return Variances(*[share * _most(mean, subject.scores)] * 2)
    known = measured(subject, past)
    coupled = _coupled(mean, subject.bounds, past if known.coupled else None)
    if subject.population is not None:
        return Variances(coupled, coupled)
    return Variances(coupled, _independent(mean, subject.scores, past))


def _coupled(change: float, bounds: Bounds, past: Past | None) -> float:
    """Return the variance of D when both models answer with the same noise.

    With c = E|D| - |E D|, the part of the changes that cancels out (churn), and s = E D^2 / E|D|,
    their typical size, E D^2 = s (c + |Delta|): exact for D in {-1, 0, 1}, where it says that
    another Delta comes with the same churn. Nothing known, c = 0 and s = 1: the fewest whole
    changes that make Delta, so Var D = |Delta| - Delta^2, the least it can be for scores of 0
    and 1. (E D^2 >= Delta^2 always, hence s >= |Delta|.)
    """
    churn, size = 0.0, 1.0
    if past is not None:
        churn = past.absolute - abs(past.mean)
        size = past.square / past.absolute if past.absolute else 1.0
    changed = min(max(churn, 0.0) + abs(change), bounds.upper)
    return max(max(size, abs(change)) * changed - change**2, 0.0)


def _independent(change: float, scores: Bounds, past: Past | None) -> float:
    """Return the variance of D = B - A when each model answers with noise of its own.

    Var A + Var B, usually too much: what prompts have in common would come off it. Measured pairs
    that were independent tell it directly. Else A's is measured, and B's is the same share of the
    most that a mean moved by Delta allows. Nothing known, or no room for Delta beside A's mean:
    both means as near the middle as Delta lets them be, which is the worst.
    """
    if past is not None and past.pairing == "independent":
        return past.variance
    if past is not None and past.mean_a is not None and past.variance_a is not None:
        mean_b = past.mean_a + change
        if scores.lower <= mean_b <= scores.upper:
            share = _share(past.variance_a, past.mean_a, scores)
            return past.variance_a + share * _most(mean_b, scores)
    middle = (scores.lower + scores.upper) / 2
    return 2 * _half_if_difference(scores) * _most(middle + change / 2, scores)


def _most(mean: float, scores: Bounds) -> float:
    """Return the greatest variance at a mean (Bhatia and Davis, 2000): all mass at both ends."""
    return max((scores.upper - mean) * (mean - scores.lower), 0.0)


def _share(variance: float, mean: float, scores: Bounds) -> float:
    """Return what share of the greatest variance a measured one is; all if that tells nothing."""
    most = _most(mean, scores)
    return min(variance / most, 1.0) if most else _half_if_difference(scores)


def _half_if_difference(scores: Bounds) -> float:
    """Return the greatest share there can be: half, for the difference of two independent scores.

    p (1 - p) + q (1 - q) with p - q = m is at most (1 - m^2) / 2, half of what [-1, 1] allows.
    """
    return 0.5 if scores.lower < 0 else 1.0
