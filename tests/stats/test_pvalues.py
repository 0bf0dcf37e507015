from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from behavtest.stats import (
    AnytimePValues,
    Bounds,
    Evidence,
    Expectation,
    Kind,
    StoppedEValues,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

NOT_WORSE = Expectation(Kind.NOT_WORSE, 0.05)


def test_p_values_come_from_the_peak() -> None:
    rose_and_fell = Evidence(NOT_WORSE, Bounds(-1, 1))
    rose_and_fell.update([-1.0] * 20 + [1.0] * 20)
    peak = math.exp(rose_and_fell.path.log_e_violated.max())
    never_rose = Evidence(NOT_WORSE, Bounds(-1, 1))
    never_rose.update([1.0] * 20)
    untouched = Evidence(NOT_WORSE, Bounds(-1, 1))
    found = AnytimePValues.of_violated([rose_and_fell, never_rose, untouched])
    assert found.p_values == pytest.approx([1 / peak, 1, 1])
    assert found.p_values[0] < 1 / rose_and_fell.e_violated
    assert len(found) == 3


def test_p_values_of_exact_answers() -> None:
    good, bad = (Evidence(NOT_WORSE, Bounds(-1, 1), population=2) for _ in range(2))
    good.update([0.0, 0.0])
    bad.update([0.0, -1.0])
    assert AnytimePValues.of_violated([good, bad]).p_values == pytest.approx([1, 0], abs=1e-200)


def test_looking_longer_can_only_lower_a_p_value() -> None:
    rng = np.random.default_rng(91)
    evidence = Evidence(NOT_WORSE, Bounds(-1, 1))
    seen = []
    for _ in range(40):
        evidence.update(rng.choice([-1.0, 0.0, 1.0], 5, p=[0.4, 0.5, 0.1]))
        seen.append(AnytimePValues.of_violated([evidence]).p_values[0])
    assert np.diff(seen).max() <= 0
    assert seen[-1] < seen[0]


def test_running_maxima_become_p_values() -> None:
    maxima = [0.0, 0.5, 1.0, 4.0, 20.0, math.inf]
    found = AnytimePValues.of_running_maxima(maxima)
    assert found.p_values.tolist() == [1.0, 1.0, 1.0, 0.25, 0.05, 0.0]


@pytest.mark.parametrize(
    ("make", "values", "message"),
    [
        (AnytimePValues.known, [0.5, 1.1], r"p-value 1 is 1\.1; it must lie in \[0, 1\]"),
        (AnytimePValues.known, [-0.1], "p-value 0"),
        (AnytimePValues.known, [math.nan], "p-value 0 is nan"),
        (AnytimePValues.known, 0.5, "one-dimensional"),
        (AnytimePValues.of_running_maxima, [-1.0], "running maximum of e-value 0 is -1.0"),
        (AnytimePValues.of_running_maxima, [math.nan], "running maximum"),
        (AnytimePValues.of_running_maxima, [[1.0]], "one-dimensional"),
    ],
)
def test_what_is_no_p_value_is_refused(
    make: Callable[[ArrayLike], AnytimePValues], values: ArrayLike, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(values)


def test_they_are_frozen_and_made_by_name() -> None:
    mine = np.array([0.5, 0.1])
    p_values = AnytimePValues.known(mine)
    mine[0] = 0.0
    assert p_values.p_values.tolist() == [0.5, 0.1]
    with pytest.raises(ValueError, match="read-only"):
        p_values.p_values[0] = 0.0
    with pytest.raises(TypeError):
        AnytimePValues(mine)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"made by AnytimePValues\.of_violated"):
        AnytimePValues()
    with pytest.raises(TypeError):
        AnytimePValues.known(StoppedEValues.at_stop([0.5]))  # type: ignore[arg-type]
