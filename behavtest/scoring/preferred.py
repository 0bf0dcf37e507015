"""Which of several texts a model finds likeliest, and how that is shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.scoring.exact import TextLikelihood

_TIE: Final = 1e-6
"""Nats, more than rounding: options of one probability come out this close, if not equal."""


def preferred(values: Sequence[float], *, scorer: str) -> list[int]:
    """Return the positions of the greatest values, several if they are equally great.

    Args:
        values: Log-probabilities, normalized or not, at least one.
        scorer: The scorer's name, for the message.

    Raises:
        ScoreError: Every option has probability 0.
    """
    best = max(values)
    if math.isinf(best):
        raise ScoreError(f"{scorer}: every option has probability 0, so none is preferred")
    return [place for place, value in enumerate(values) if value >= best - _TIE]


def shares_shown(
    found: Sequence[TextLikelihood], values: Sequence[float], *, notes: Sequence[str]
) -> str:
    """Return each text's share of the probability, a text per line.

    Args:
        found: The texts.
        values: Log-probability of each, normalized or not.
        notes: What to say of each, possibly nothing.
    """
    weights = [math.exp(value - max(values)) for value in values]
    total = math.fsum(weights)
    return "\n".join(
        f"{weight / total:.4f} {one.text!r}{f' ({note})' if note else ''}"
        for weight, one, note in zip(weights, found, notes, strict=True)
    )
