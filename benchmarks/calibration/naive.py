"""The foil: what looking at a z-test's p-value again and again would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from behavtest.stats import Direction
from calibration.evidence import Outcome, first
from calibration.scenarios import PAIRED

if TYPE_CHECKING:
    from behavtest.stats import Claim
    from behavtest.stats.arrays import FloatArray
    from calibration.evidence import Seen
    from calibration.scenarios import Scenario

LEAST_PAIRS = 30
"""Pairs before the first z-test: the rule of thumb for the normal approximation."""


def decide_naively(scenario: Scenario, seen: Seen, alpha: float) -> Outcome:
    """Declare whichever claim is first significant at a look, each behavior on its own."""
    shape = seen.holds.shape
    holds, violated = np.empty(shape, dtype=np.bool_), np.empty(shape, dtype=np.bool_)
    means = seen.sums / seen.looks
    errors = np.sqrt(np.maximum(seen.squares / seen.looks - means**2, 1e-12) / seen.looks)
    for place, behavior in enumerate(scenario.family):
        claims = behavior.expectation.claims(PAIRED)
        scores = [_z(means[..., place, :], errors[..., place, :], c) for c in claims.holds]
        holds[..., place, :] = np.min(scores, axis=0) > -ndtri(alpha)
        scores = [_z(means[..., place, :], errors[..., place, :], c) for c in claims.violated]
        violated[..., place, :] = np.max(scores, axis=0) > -ndtri(alpha / len(scores))
    early = seen.looks < LEAST_PAIRS
    holds[..., early] = violated[..., early] = False
    stop = first(holds | violated)
    places = stop[..., np.newaxis]
    return Outcome(
        np.take_along_axis(violated, places, axis=-1)[..., 0],
        np.take_along_axis(holds & ~violated, places, axis=-1)[..., 0],
        seen.looks[stop],
    )


def _z(means: FloatArray, errors: FloatArray, claim: Claim) -> FloatArray:
    score: FloatArray = (means - claim.boundary) / errors
    return score if claim.direction is Direction.ABOVE else -score
