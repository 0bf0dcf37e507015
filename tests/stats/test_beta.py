from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln, gammaln, logsumexp

from behavtest.stats.beta import FAR, BetaPrior, check_prior, log_upper_beta


def integral(a: int, b: int, boundary: Fraction) -> Fraction:
    """The integral of x^(a - 1) (1 - x)^(b - 1) from a boundary to 1, in whole numbers."""
    return sum(
        (
            Fraction((-1) ** j * math.comb(b - 1, j), a + j) * (1 - boundary ** (a + j))
            for j in range(b)
        ),
        start=Fraction(0),
    )


def log_fraction(value: Fraction) -> float:
    return math.log(value.numerator) - math.log(value.denominator)


def by_binomial_sum(a: int, b: int, boundary: float) -> float:
    """P(Beta(a, b) > p) = P(Binomial(a + b - 1, p) < a), term by term on a log scale."""
    tosses = a + b - 1
    heads = np.arange(a)
    terms = (
        gammaln(tosses + 1)
        - gammaln(heads + 1)
        - gammaln(tosses - heads + 1)
        + heads * math.log(boundary)
        + (tosses - heads) * math.log1p(-boundary)
    )
    return float(betaln(a, b) + logsumexp(terms))


def upper(a: float, b: float, boundary: float) -> float:
    return float(log_upper_beta(np.array([a]), np.array([b]), boundary)[0])


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 99))
def test_it_is_the_integral(a: int, b: int, percent: int) -> None:
    exact = log_fraction(integral(a, b, Fraction(percent, 100)))
    assert upper(float(a), float(b), percent / 100) == pytest.approx(exact, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize(
    ("a", "b", "percent"),
    [(1, 1000, 50), (40, 900, 60), (500, 500, 90), (2, 150, 99), (300, 700, 75)],
)
def test_far_in_the_tail_it_is_the_integral(a: int, b: int, percent: int) -> None:
    exact = log_fraction(integral(a, b, Fraction(percent, 100)))
    assert exact - betaln(a, b) < math.log(FAR)  # the continued fraction is what is tested
    assert upper(float(a), float(b), percent / 100) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "boundary"),
    [
        (200_000, 800_000, 0.19),
        (200_000, 800_000, 0.202),
        (200_000, 800_000, 0.21),  # 25 standard deviations
        (200_000, 800_000, 0.22),  # 50
        (200_000, 800_000, 0.9),
        (1, 1_000_000, 0.1),
        (999_999, 2, 0.5),
    ],
)
def test_a_million_outcomes_neither_overflow_nor_underflow(a: int, b: int, boundary: float) -> None:
    # betaln and gammaln of a million carry 1e-9 themselves
    expected = by_binomial_sum(a, b, boundary)
    assert upper(float(a), float(b), boundary) == pytest.approx(expected, abs=5e-8)


def test_where_the_methods_meet_there_is_no_step() -> None:
    boundaries = np.linspace(0.29, 0.35, 200)
    values = np.array([upper(20_000.0, 80_000.0, float(p)) for p in boundaries])
    tails = values - betaln(20_000.0, 80_000.0)
    assert tails[0] > math.log(FAR) > tails[-1] or tails[0] < math.log(FAR)
    # the log of a tail of a log-concave density is concave: second differences are negative
    assert np.all(np.diff(values, 2) < 1e-6)


def test_an_element_does_not_depend_on_its_neighbours() -> None:
    a, b = np.array([1.0, 5000.0, 0.5, 90.0]), np.array([4000.0, 9000.0, 700.0, 100.0])
    together = log_upper_beta(a, b, 0.8)
    assert [upper(x, y, 0.8) for x, y in zip(a, b, strict=True)] == together.tolist()


@pytest.mark.parametrize("prior", [(0, 1), (1, -1), (math.nan, 1), (1, math.inf)])
def test_parameters_that_are_not_positive_are_refused(prior: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        check_prior(BetaPrior(*prior))
