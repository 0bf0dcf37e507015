"""Limits that turn a score of degrees into one of yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.scoring.arguments import ArgumentsError, share

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS: Final = ("at_least", "at_most")
"""The options that say them."""


class Limits(NamedTuple):
    """Where a score counts as 1.

    Args:
        at_least: In [0, 1], if there is such a limit.
        at_most: The same.
    """

    at_least: float | None
    at_most: float | None

    def applied(self, score: float) -> float:
        """Return 1 or 0 for a score inside or outside; without limits the score itself."""
        if self.at_least is None and self.at_most is None:
            return score
        low = 0.0 if self.at_least is None else self.at_least
        high = 1.0 if self.at_most is None else self.at_most
        return float(low <= score <= high)

    def described(self) -> list[str]:
        """Return ``name=value`` for each limit."""
        return [f"{name}={value:g}" for name, value in self._asdict().items() if value is not None]


def limits_from(options: Mapping[str, object]) -> Limits:
    """Read ``at_least`` and ``at_most``.

    Raises:
        ValueError: One is no number in [0, 1], or no score is within both.
    """
    least, most = (share(options, name, default=0) if name in options else None for name in LIMITS)
    if least is not None and most is not None and least > most:
        raise ArgumentsError(f"at_least is {least:g} and at_most is {most:g}: no score is both")
    return Limits(least, most)
