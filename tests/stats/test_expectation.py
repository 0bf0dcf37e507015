from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import Bounds, Claim, Direction, Expectation, Kind

PAIRED = Bounds(-1, 1)
ABSOLUTE = Bounds(0, 1)
ABOVE, BELOW = Direction.ABOVE, Direction.BELOW


@pytest.mark.parametrize(
    ("kind", "margin", "bounds", "holds", "violated"),
    [
        (Kind.NOT_WORSE, 0.05, PAIRED, [(ABOVE, -0.05)], [(BELOW, -0.05)]),
        (Kind.NOT_HIGHER, 0.05, PAIRED, [(BELOW, 0.05)], [(ABOVE, 0.05)]),
        (
            Kind.UNCHANGED,
            0.05,
            PAIRED,
            [(ABOVE, -0.05), (BELOW, 0.05)],
            [(BELOW, -0.05), (ABOVE, 0.05)],
        ),
        (Kind.INCREASES, 0.3, PAIRED, [(ABOVE, 0.3)], [(BELOW, 0.3)]),
        (Kind.DECREASES, 0.3, PAIRED, [(BELOW, -0.3)], [(ABOVE, -0.3)]),
        (Kind.AT_LEAST, 0.9, ABSOLUTE, [(ABOVE, 0.9)], [(BELOW, 0.9)]),
        (Kind.AT_MOST, 0.1, ABSOLUTE, [(BELOW, 0.1)], [(ABOVE, 0.1)]),
        (Kind.NOT_WORSE, 1.5, Bounds(-2, 2), [(ABOVE, -1.5)], [(BELOW, -1.5)]),
        (Kind.AT_LEAST, -0.5, Bounds(-1, 1), [(ABOVE, -0.5)], [(BELOW, -0.5)]),
    ],
)
def test_claims_are_the_boundaries_of_the_contract(
    kind: Kind,
    margin: float,
    bounds: Bounds,
    holds: list[tuple[Direction, float]],
    violated: list[tuple[Direction, float]],
) -> None:
    claims = Expectation(kind, margin).claims(bounds)
    assert claims.holds == tuple(Claim(*claim) for claim in holds)
    assert claims.violated == tuple(Claim(*claim) for claim in violated)


@pytest.mark.parametrize(
    ("kind", "margin", "bounds", "message"),
    [
        (Kind.NOT_WORSE, -0.1, PAIRED, "not_worse: -0.1 is negative"),
        (Kind.DECREASES, -0.1, PAIRED, "negative"),
        (Kind.NOT_WORSE, 1.0, PAIRED, "boundary at -1, which must lie strictly between -1 and 1"),
        (Kind.UNCHANGED, 1.0, PAIRED, "greatest possible difference"),
        (Kind.INCREASES, 1.2, PAIRED, "strictly between"),
        (Kind.AT_LEAST, 1.0, ABSOLUTE, "greatest possible score"),
        (Kind.AT_MOST, 0.0, ABSOLUTE, "strictly between 0 and 1"),
        (Kind.AT_LEAST, math.nan, ABSOLUTE, "nan is not a finite number"),
        (Kind.NOT_WORSE, math.inf, PAIRED, "inf is not a finite number"),
    ],
)
def test_a_margin_that_says_nothing_is_refused(
    kind: Kind, margin: float, bounds: Bounds, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Expectation(kind, margin).claims(bounds)


def test_a_tolerance_of_zero_is_a_boundary_at_plain_zero() -> None:
    (claim,) = Expectation(Kind.NOT_WORSE, 0.0).claims(PAIRED).holds
    assert math.copysign(1, claim.boundary) == 1


@pytest.mark.parametrize(
    ("kind", "margin", "words"),
    [
        (Kind.NOT_WORSE, 0.05, "B's mean score is at most 0.05 below A's"),
        (Kind.NOT_HIGHER, 0.05, "B's mean score is at most 0.05 above A's"),
        (Kind.UNCHANGED, 0.05, "B's mean score is within 0.05 of A's"),
        (Kind.INCREASES, 0.3, "B's mean score is at least 0.3 above A's"),
        (Kind.DECREASES, 0.3, "B's mean score is at least 0.3 below A's"),
        (Kind.AT_LEAST, 0.9, "mean score is at least 0.9"),
        (Kind.AT_MOST, 0.1, "mean score is at most 0.1"),
        (Kind.AT_MOST, 0.0, "mean score is at most 0"),
        (Kind.NOT_WORSE, 0.0, "B's mean score is not below A's"),
        (Kind.NOT_HIGHER, 0.0, "B's mean score is not above A's"),
        (Kind.UNCHANGED, 0.0, "B's mean score equals A's"),
        (Kind.INCREASES, 0.0, "B's mean score is at least A's"),
        (Kind.DECREASES, 0.0, "B's mean score is at most A's"),
    ],
)
def test_statement_says_it_with_the_number(kind: Kind, margin: float, words: str) -> None:
    assert Expectation(kind, margin).statement() == words


@given(st.sampled_from(Kind), st.floats(0.01, 0.99))
def test_violated_is_the_other_side_of_the_same_boundaries(kind: Kind, margin: float) -> None:
    expectation = Expectation(kind, margin)
    claims = expectation.claims(ABSOLUTE if expectation.absolute else PAIRED)
    for held, violated in zip(claims.holds, claims.violated, strict=True):
        assert held.boundary == violated.boundary
        assert held.direction is not violated.direction
