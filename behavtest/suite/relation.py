"""How the scores of a target and of its baseline make one number."""

from __future__ import annotations

from enum import StrEnum

from behavtest.stats.expectation import Bounds


class Relation(StrEnum):
    """What a contrast says about the two scores of one case, both in [0, 1].

    ``difference`` measures; the others claim something about the two scores and measure by how
    much that is broken. They are the invariance and the directional expectations of Ribeiro et
    al., "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL 2020.
    """

    DIFFERENCE = "difference"
    INVARIANCE = "invariance"
    NOT_LOWER = "not_lower"
    NOT_HIGHER = "not_higher"

    @property
    def can_break(self) -> bool:
        """Whether the number is the amount by which a claim is broken, so that 0 is best."""
        return self is not Relation.DIFFERENCE

    @property
    def quantity(self) -> str:
        """What the number is, to be read after "mean"."""
        return {
            Relation.DIFFERENCE: "score",
            Relation.INVARIANCE: "distance from the baseline",
            Relation.NOT_LOWER: "fall below the baseline",
            Relation.NOT_HIGHER: "rise above the baseline",
        }[self]

    def worded(self, statement: str) -> str:
        """Say in an expectation's statement what the mean is a mean of."""
        return statement.replace("mean score", f"mean {self.quantity}", 1)

    def number(self, *, target: float, baseline: float) -> float:
        """Make one number of one case's scores.

        The three amounts keep apart what a mean difference lets cancel: a score that rises in one
        case and falls in the next has moved in both. For any joint law of the two scores, the
        mean of |target - baseline| is at least |mean target - mean baseline| (Jensen), and
        equals not_lower's mean plus not_higher's.

        Args:
            target: The target's score, in [0, 1].
            baseline: The baseline's, in [0, 1].

        Returns:
            Target minus baseline, in [-1, 1]; or, for what can be broken, the amount in [0, 1].
        """
        difference = target - baseline
        return {
            Relation.DIFFERENCE: difference,
            Relation.INVARIANCE: abs(difference),
            Relation.NOT_LOWER: max(0.0, -difference),
            Relation.NOT_HIGHER: max(0.0, difference),
        }[self]


def observation_bounds(
    *, contrast: bool, absolute: bool, relation: Relation = Relation.DIFFERENCE
) -> Bounds:
    """Return the range of one observation.

    A score lies in [0, 1], and so does the amount by which a relation is broken; taking a baseline
    off, and taking model A off, each widen the range by one on either side that is not yet there.

    Args:
        contrast: Whether a case has a baseline.
        absolute: Whether one model is observed rather than a change.
        relation: How target and baseline make one number, in a contrast.
    """
    if contrast and not relation.can_break:
        return Bounds(-1, 1) if absolute else Bounds(-2, 2)
    return Bounds(0, 1) if absolute else Bounds(-1, 1)
