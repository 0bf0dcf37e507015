"""What change is allowed, as boundaries on a mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from behavtest.stats.arrays import between


class Bounds(NamedTuple):
    """The closed range observations lie in.

    Args:
        lower: Least possible observation.
        upper: Greatest possible observation.
    """

    lower: float
    upper: float


class Direction(StrEnum):
    """The side of a boundary on which a mean is claimed to lie."""

    ABOVE = "above"
    BELOW = "below"


class Claim(NamedTuple):
    """A mean lies strictly on one side of a boundary; the null is that it does not.

    Args:
        direction: The side claimed.
        boundary: In score units.
    """

    direction: Direction
    boundary: float


class Claims(NamedTuple):
    """An expectation as one-sided claims about the mean observation.

    Args:
        holds: The expectation holds if *all* of these are true.
        violated: It is violated if *any* of these is true.
    """

    holds: tuple[Claim, ...]
    violated: tuple[Claim, ...]


class Kind(StrEnum):
    """The direction of an expectation; Delta = mean(B) - mean(A)."""

    NOT_WORSE = "not_worse"
    NOT_HIGHER = "not_higher"
    UNCHANGED = "unchanged"
    INCREASES = "increases"
    DECREASES = "decreases"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


ABSOLUTE_KINDS = frozenset({Kind.AT_LEAST, Kind.AT_MOST})


@dataclass(frozen=True, slots=True)
class Expectation:
    """One claim about Delta, or about one model's mean score.

    Args:
        kind: The direction.
        margin: In score units: the tolerance for ``not_worse``, ``not_higher`` and ``unchanged``
            (>= 0), the least intended change for ``increases`` and ``decreases`` (>= 0), the
            bound on the mean itself for ``at_least`` and ``at_most``.
    """

    kind: Kind
    margin: float

    @property
    def absolute(self) -> bool:
        """Whether the expectation is about one model rather than a change."""
        return self.kind in ABSOLUTE_KINDS

    def check(self, bounds: Bounds) -> None:
        """Refuse a margin that observations within ``bounds`` cannot tell anything about.

        Args:
            bounds: Range of the observations.

        Raises:
            ValueError: The margin is not a number or negative where it is a size, or a boundary
                is not strictly inside the bounds (the claim would be true or false by definition).
        """
        if not math.isfinite(self.margin):
            raise ValueError(f"{self.kind}: {self.margin} is not a finite number")
        if not self.absolute and self.margin < 0:
            raise ValueError(f"{self.kind}: {self.margin:g} is negative; it must be 0 or more")
        for claim in self._held():
            if not between(claim.boundary, bounds):
                raise ValueError(
                    f"{self.kind}: {self.margin:g} puts the boundary at {claim.boundary:g}, which "
                    f"must lie strictly between {bounds.lower:g} and {bounds.upper:g}, the least "
                    f"and greatest possible {'score' if self.absolute else 'difference'}"
                )

    def claims(self, bounds: Bounds) -> Claims:
        """Return the claims that show the expectation held, and those that show it violated.

        Args:
            bounds: Range of the observations.

        Raises:
            ValueError: As in `check`.
        """
        self.check(bounds)
        holds = self._held()
        return Claims(holds, tuple(_opposite(claim) for claim in holds))

    def statement(self) -> str:
        """Return the expectation in words, with its number."""
        return _statement(self.kind, self.margin)

    def _held(self) -> tuple[Claim, ...]:
        above_loss = Claim(Direction.ABOVE, 0.0 - self.margin)  # 0.0 - 0.0 is 0.0, not -0.0
        below_gain = Claim(Direction.BELOW, self.margin)
        return {
            Kind.NOT_WORSE: (above_loss,),
            Kind.NOT_HIGHER: (below_gain,),
            Kind.UNCHANGED: (above_loss, below_gain),
            Kind.INCREASES: (Claim(Direction.ABOVE, self.margin),),
            Kind.DECREASES: (Claim(Direction.BELOW, 0.0 - self.margin),),
            Kind.AT_LEAST: (Claim(Direction.ABOVE, self.margin),),
            Kind.AT_MOST: (Claim(Direction.BELOW, self.margin),),
        }[self.kind]


def _opposite(claim: Claim) -> Claim:
    """Return the claim that the mean lies on the boundary's other side."""
    other = Direction.BELOW if claim.direction is Direction.ABOVE else Direction.ABOVE
    return Claim(other, claim.boundary)


def _statement(kind: Kind, margin: float) -> str:
    number = f"{margin:g}"
    if margin == 0 and kind not in ABSOLUTE_KINDS:
        words = {
            Kind.NOT_WORSE: "is not below A's",
            Kind.NOT_HIGHER: "is not above A's",
            Kind.UNCHANGED: "equals A's",
            Kind.INCREASES: "is at least A's",
            Kind.DECREASES: "is at most A's",
        }
        return f"B's mean score {words[kind]}"
    return {
        Kind.NOT_WORSE: f"B's mean score is at most {number} below A's",
        Kind.NOT_HIGHER: f"B's mean score is at most {number} above A's",
        Kind.UNCHANGED: f"B's mean score is within {number} of A's",
        Kind.INCREASES: f"B's mean score is at least {number} above A's",
        Kind.DECREASES: f"B's mean score is at least {number} below A's",
        Kind.AT_LEAST: f"mean score is at least {number}",
        Kind.AT_MOST: f"mean score is at most {number}",
    }[kind]
