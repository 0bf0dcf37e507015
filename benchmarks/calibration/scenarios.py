"""What is simulated: families of behaviors whose true change is known."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from behavtest.stats import Bounds, Direction, Expectation, Kind

if TYPE_CHECKING:
    from numpy.random import Generator

    from behavtest.stats.arrays import FloatArray

FAMILY = 20
"""Behaviors in a family."""

PAIRED = Bounds(-1, 1)


class Truth(StrEnum):
    """Where the true change lies; at the boundary both claims are false, by nothing at all."""

    BOUNDARY = "boundary"
    INSIDE = "inside"
    OUTSIDE = "outside"


class Scores(NamedTuple):
    """The law of one observation: ascending values and their chances."""

    values: tuple[float, ...]
    chances: tuple[float, ...]


class Behavior(NamedTuple):
    """An expectation and the law of its observations."""

    expectation: Expectation
    scores: Scores

    @property
    def truth(self) -> Truth:
        """Where the mean observation lies."""
        mean = float(np.dot(*self.scores))
        room = min(
            mean - boundary if direction is Direction.ABOVE else boundary - mean
            for direction, boundary in self.expectation.claims(PAIRED).holds
        )
        if abs(room) < 1e-12:  # noqa: PLR2004 -- the rounding of a sum of three
            return Truth.BOUNDARY
        return Truth.INSIDE if room > 0 else Truth.OUTSIDE


class Scenario(NamedTuple):
    """One row of the benchmark.

    Args:
        name: For ``--scenario``.
        title: What it is, in a line.
        family: The behaviors, `FAMILY` of them.
        correlation: Of the Gaussian copula between two behaviors' observations of one pair: the
            prompts and the models' completions that they share.
        one_draw: Whether the families of a stream share them too: releases compared on one draw
            of prompts and seeds, with model A's completions from the cache.
        every_step: Whether evidence is looked at after every pair.
    """

    name: str
    title: str
    family: tuple[Behavior, ...]
    correlation: float = 0.0
    one_draw: bool = False
    every_step: bool = False

    @property
    def truths(self) -> tuple[Truth, ...]:
        """Where each behavior's mean lies."""
        return tuple(behavior.truth for behavior in self.family)


def _flips(down: float, up: float) -> Scores:
    return Scores((-1, 0, 1), (down, 1 - down - up, up))


def _on_boundary(margin: float, both_ways: tuple[float, ...]) -> list[Behavior]:
    """Return nulls of four kinds at each rate of flips that cancel."""
    return [
        Behavior(
            Expectation(kind, margin), _flips(rate + margin * down, rate + margin * (1 - down))
        )
        for rate in both_ways
        for kind, down in (
            (Kind.NOT_WORSE, 1),
            (Kind.NOT_HIGHER, 0),
            (Kind.UNCHANGED, 1),
            (Kind.INCREASES, 0),
        )
    ]


def _sparse() -> tuple[Behavior, ...]:
    inside = [
        Behavior(Expectation(kind, 0.1), _flips(rate, rate))
        for rate in (0, 0.01, 0.05)
        for kind in (Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED, Kind.NOT_WORSE)
    ]
    outside = [
        Behavior(Expectation(Kind.NOT_WORSE, 0.1), _flips(0.35, 0.05)),
        Behavior(Expectation(Kind.UNCHANGED, 0.1), _flips(0.05, 0.35)),
    ]
    return (*outside, *_on_boundary(0.1, (0.02, 0.25))[:6], *inside)


def _skewed() -> tuple[Behavior, ...]:
    """Scores of -.95 with probability .05, else +.05, whose mean is 0, and their mirror image."""
    worse, higher = Expectation(Kind.NOT_WORSE, 0), Expectation(Kind.NOT_HIGHER, 0)

    def losses(chance: float) -> Behavior:
        return Behavior(worse, Scores((-0.95, 0.05), (chance, 1 - chance)))

    def gains(chance: float) -> Behavior:
        return Behavior(higher, Scores((-0.05, 0.95), (1 - chance, chance)))

    return (
        *(losses(0.2), gains(0.2)),
        *[losses(0.05)] * 7,
        *[gains(0.05)] * 7,
        *[losses(0.005), gains(0.005)] * 2,
    )


def _rare() -> tuple[Behavior, ...]:
    worse, unchanged = Expectation(Kind.NOT_WORSE, 0.02), Expectation(Kind.UNCHANGED, 0.02)
    return (
        *(Behavior(worse, _flips(0.1, 0)), Behavior(unchanged, _flips(0.1, 0))),
        *[Behavior(worse, _flips(0.02, 0)), Behavior(unchanged, _flips(0.02, 0))] * 5,
        *[Behavior(worse, _flips(0, 0)), Behavior(unchanged, _flips(0.001, 0.001))] * 4,
    )


def _at_every_step() -> tuple[Behavior, ...]:
    return (*_sparse()[:2], *_on_boundary(0.1, (0, 0.02, 0.1, 0.25, 0.4))[:18])


def _copies() -> tuple[Behavior, ...]:
    worse = Expectation(Kind.NOT_WORSE, 0)
    same, changed = Behavior(worse, _flips(0.25, 0.25)), Behavior(worse, _flips(0.5, 0.25))
    return (same, changed, same, changed, same) * (FAMILY // 5)


SCENARIOS = (
    Scenario(
        "all-null",
        "All null: 20 behaviors exactly at a boundary",
        tuple(_on_boundary(0.1, (0, 0.02, 0.1, 0.25, 0.4))),
    ),
    Scenario("sparse", "Sparse change: 2 changed, 6 at a boundary, 12 unchanged", _sparse()),
    Scenario(
        "dependent",
        "Shared prompts: as the sparse change, observations of a pair correlated .9",
        _sparse(),
        correlation=0.9,
    ),
    Scenario(
        "skewed",
        "Skewed: -.95 with probability .05, else +.05 (or mirrored); 2 changed, 14 at a boundary",
        _skewed(),
    ),
    Scenario(
        "rare",
        "Rare events: 2 % losses at tolerance .02; 2 changed, 10 at a boundary, 8 unchanged",
        _rare(),
    ),
    Scenario(
        "every-step",
        "A look after every pair: 2 changed, 18 at a boundary",
        _at_every_step(),
        every_step=True,
    ),
    Scenario(
        "one-draw",
        "Near-copies: 8 changed, 12 at a boundary, observations correlated .95 within a family "
        "and between the families of a stream",
        _copies(),
        correlation=0.95,
        one_draw=True,
    ),
)


def draw(
    scenario: Scenario, rng: Generator, *, streams: int, families: int, pairs: int
) -> FloatArray:
    """Return observations, shape (streams, families, `FAMILY`, pairs).

    A latent number is cut into values at its quantiles, so each behavior's law is exact. It is
    uniform if behaviors are independent, else normal: a part of the pair's and a part of its own.
    """
    shape = (streams, families, FAMILY, pairs)
    if scenario.correlation:
        common = rng.standard_normal((streams, 1 if scenario.one_draw else families, 1, pairs))
        latent = rng.standard_normal(shape) * np.sqrt(1 - scenario.correlation)
        latent += common * np.sqrt(scenario.correlation)
    else:
        latent = rng.random(shape)
    values = np.empty(shape)
    for place, behavior in enumerate(scenario.family):
        quantiles = np.cumsum(behavior.scores.chances)[:-1]
        cuts = ndtri(quantiles) if scenario.correlation else quantiles
        own = np.searchsorted(cuts, latent[:, :, place], side="right")
        values[:, :, place] = np.array(behavior.scores.values)[own]
    return values
