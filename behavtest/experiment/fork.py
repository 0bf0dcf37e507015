"""The first token that differs between two answers, with what else might have been said there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

from behavtest.experiment.examples import Alternative, Fork

if TYPE_CHECKING:
    from behavtest.experiment.parted import There
    from behavtest.experiment.parting import Parting
    from behavtest.sampling import SpellsTokens
    from behavtest.store import AlternativesEntry

MOST_READ = 20
"""Tokens read of a model: what is likely under the other one is mostly among them."""

_MOST_SHOWN = 5
_DIGITS = 6
"""Decimals of a probability: what lies behind them a batch of another size changes."""


class Said(NamedTuple):
    """One model at the place where two answers part.

    Args:
        there: Its answer at that place.
        speller: Its tokenizer.
        told: What it might have said; None if it was not asked.
    """

    there: There
    speller: SpellsTokens
    told: AlternativesEntry | None

    @property
    def probabilities(self) -> dict[int | None, float]:
        """Token -> probability, the most likely first; None stands for the end of the answer."""
        if self.told is None:
            return {}
        found: dict[int | None, float] = {}
        for token, logprob in zip(self.told.token_ids, self.told.logprobs, strict=True):
            key = None if token in self.speller.end_ids else token
            found[key] = found.get(key, 0.0) + math.exp(logprob)
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def floor(self) -> float | None:
        """Probability that no token exceeds that was not told of."""
        if self.told is None or len(self.told.logprobs) < MOST_READ:
            return None
        return math.exp(self.told.logprobs[MOST_READ - 1])


def fork(place: Parting, a: Said, b: Said) -> Fork:
    """Describe where two answers part.

    Args:
        place: Where.
        a: Model A there.
        b: Model B there.
    """
    return Fork(
        shared=len(place.shared),
        a=a.there.mark,
        b=b.there.mark,
        alternatives=_alternatives(place, a, b),
        floor_a=_rounded(a.floor),
        floor_b=_rounded(b.floor),
    )


def _alternatives(place: Parting, a: Said, b: Said) -> tuple[Alternative, ...]:
    of_a, of_b = a.probabilities, b.probabilities
    if not of_a and not of_b:
        return ()
    # A model that was not asked has said how likely its own token was.
    of_a, of_b = of_a or _own(a.there), of_b or _own(b.there)
    shown = {*list(of_a)[:_MOST_SHOWN], *list(of_b)[:_MOST_SHOWN], place.token_a, place.token_b}

    def rank(token: int | None) -> tuple[float, int]:
        return -max(of_a.get(token, 0.0), of_b.get(token, 0.0)), -1 if token is None else token

    return tuple(
        Alternative(
            text="" if token is None else a.speller.spell(place.shared, token),
            a=_rounded(of_a.get(token)),
            b=_rounded(of_b.get(token)),
            chosen=_chosen(token, place),
            ends=token is None,
        )
        for token in sorted(shown, key=rank)
    )


def _own(there: There) -> dict[int | None, float]:
    return {} if there.logprob is None else {there.token: math.exp(there.logprob)}


def _chosen(token: int | None, place: Parting) -> Literal["a", "b"] | None:
    if token == place.token_a:
        return "a"
    return "b" if token == place.token_b else None


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(min(probability, 1.0), _DIGITS)
