"""Exact p-values of tests of a fixed size: what dependence can do to them.

P-values of e-processes are conservative: within 1,000 pairs sup E reaches 20 in 1 to 3 % of the
nulls at a boundary rather than in 5 %. That hides part of what dependence does. These are uniform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from behavtest.stats import AnytimePValues, Procedure, StoppedEValues, declare
from behavtest.stats.online import open_stream
from calibration.evidence import Outcome
from calibration.scenarios import FAMILY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from behavtest.stats.arrays import FloatArray
    from calibration.evidence import BoolArray

CHANGED = (False, True, False, True, False) * (FAMILY // 5)


class FixedSample(NamedTuple):
    """P-values with a dependence.

    Args:
        name: For ``--scenario``.
        title: What it is, in a line.
        changed: Which behaviors of a family have changed.
        draw: The p-values for (rng, streams, families, alpha), shape (streams, families,
            `FAMILY`).
    """

    name: str
    title: str
    changed: tuple[bool, ...]
    draw: Callable[[Generator, int, int, float], FloatArray]


def _one_draw(rng: Generator, streams: int, families: int, _: float) -> FloatArray:
    """P-values of z-tests, correlated .95 within a stream; a change shifts z by 5."""
    z = rng.standard_normal((streams, families, FAMILY)) * np.sqrt(0.05)
    z += rng.standard_normal((streams, 1, 1)) * np.sqrt(0.95)
    p_values: FloatArray = ndtr(z - 5.0 * np.array(CHANGED))
    return p_values


def _least_favorable(rng: Generator, streams: int, families: int, alpha: float) -> FloatArray:
    """Null p-values under the worst dependence for BH.

    With probability alpha / k exactly k of the m p-values, chosen at random, lie uniformly
    between (k - 1) alpha / m and k alpha / m, k = 1..m, and the others above alpha: each is
    uniform, and BH rejects with probability alpha (1 + 1/2 + ... + 1/m). Source: Benjamini and
    Yekutieli, Annals of Statistics 2001; Guo and Rao, JSPI 2008.
    """
    ranks = np.arange(1, FAMILY + 1)
    steps = np.cumsum(alpha / ranks)
    count = 1 + np.searchsorted(steps, rng.random((streams, families)))  # FAMILY + 1: none
    count[count > FAMILY] = 0
    order = rng.random((streams, families, FAMILY)).argsort(axis=-1).argsort(axis=-1)
    p_values = rng.uniform(alpha, 1, (streams, families, FAMILY))
    inside = (count[..., np.newaxis] - rng.random(p_values.shape)) * alpha / FAMILY
    return np.where(order < count[..., np.newaxis], inside, p_values)


FIXED = (
    FixedSample(
        "fixed-one-draw",
        "Fixed-sample p-values, near-copies: z-tests correlated .95 within a stream; 8 changed",
        CHANGED,
        _one_draw,
    ),
    FixedSample(
        "fixed-least-favorable",
        "Fixed-sample p-values, all null, the least favorable dependence for BH",
        (False,) * FAMILY,
        _least_favorable,
    ),
)


def calibrated(p_values: FloatArray) -> FloatArray:
    """Return e-values, (1 - p + p ln p) / (p ln(p)^2): the mean of k p^(k-1) over k in (0, 1).

    Source: Vovk and Wang, "E-values: calibration, combination and applications", Annals of
    Statistics 2021.
    """
    p = np.clip(p_values, 1e-300, 1 - 1e-6)
    e_values: FloatArray = (1 - p + p * np.log(p)) / (p * np.log(p) ** 2)
    return e_values


def decide_fixed(p_values: FloatArray, procedure: Procedure, alpha: float) -> Outcome:
    """Decide drawn p-values; e-values are calibrated from them."""
    e_values = calibrated(p_values)
    violated = np.zeros(p_values.shape, dtype=np.bool_)
    if procedure.stream:
        evidence = e_values if procedure.takes == "e-value" else p_values
        for place, values in enumerate(evidence.reshape(len(p_values), -1)):
            violated[place] = _stream(values, procedure, alpha).reshape(p_values.shape[1:])
    else:
        for family in np.ndindex(*p_values.shape[:2]):
            violated[family] = declare(
                procedure,
                stopped=StoppedEValues.at_stop(e_values[family]),
                p_values=AnytimePValues.known(p_values[family]),
                alpha=alpha,
            )
    nothing = np.zeros_like(violated)
    return Outcome(violated, nothing, np.zeros(violated.shape, dtype=np.int64))


def _stream(values: FloatArray, procedure: Procedure, alpha: float) -> BoolArray:
    stream = open_stream(procedure, alpha=alpha)
    return np.array([stream.test(value).reject for value in values.tolist()])
