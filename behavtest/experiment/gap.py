"""How far apart two models are on one text, whatever they make of it afterwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from behavtest.store import stored_precision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Generation

_DIGITS = 4
"""Decimals: what lies behind them a batch of another size changes."""


def gap(answer: Generation, logprobs: Sequence[float]) -> float | None:
    """Return the log-probability gap: |sum of log p_B - log p_A over an answer's tokens|.

    It is the log of how many times likelier one model finds the whole answer than the other, at
    temperature 1; the token that ends it is left out.

    Args:
        answer: Model A's.
        logprobs: Log-probability (nats) model B gives each of its tokens.

    Returns:
        Nats, at least 0; None if a token's log-probability is not known or not finite.
    """
    tokens = len(answer.token_ids)
    if len(logprobs) != tokens or len(answer.logprobs) < tokens:
        return None
    of_a, of_b = stored_precision(answer.logprobs[:tokens]), stored_precision(logprobs)
    if not all(map(math.isfinite, (*of_a, *of_b))):
        return None
    apart = abs(math.fsum(b - a for a, b in zip(of_a, of_b, strict=True)))
    return round(apart, _DIGITS)
