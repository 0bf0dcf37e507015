from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats import Direction
from behavtest.stats.beta import KT, UNIFORM
from behavtest.stats.sign_test import SignTestProcess, sign_test_log_e

ABOVE = Direction.ABOVE
differences = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), max_size=40)


@pytest.mark.parametrize(
    ("wins", "discordant", "one_sided", "two_sided", "kt"),
    [
        # V10
        (5, 5, 10.5, 16 / 3, 7.875),
        (6, 6, 18.142857, 9.142857, 14.4375),
        (15, 18, 33.741486, 16.908153, 14.503098),
        (60, 100, 1.784059, 0.913050, 0.596072),
    ],
)
def test_published_vectors(
    wins: int, discordant: int, one_sided: float, two_sided: float, kt: float
) -> None:
    logs = [
        sign_test_log_e(wins, discordant, direction=ABOVE),
        sign_test_log_e(wins, discordant),
        sign_test_log_e(wins, discordant, prior=KT),
    ]
    assert np.exp(logs) == pytest.approx([one_sided, two_sided, kt], rel=1e-6)


@given(differences)
def test_concordant_pairs_are_no_bets(values: list[float]) -> None:
    path = SignTestProcess(direction=ABOVE).update(values)
    discordant = [value for value in values if value]
    expected = SignTestProcess(direction=ABOVE).update(discordant)
    moves = [t for t, value in enumerate(values) if value]
    assert path[moves].tolist() == expected.tolist()
    before = np.concatenate([[0.0], path[:-1]])
    assert all(path[t] == before[t] for t, value in enumerate(values) if not value)


@given(differences)
def test_wins_and_discordant_pairs_are_counted(values: list[float]) -> None:
    process = SignTestProcess()
    process.update(values)
    assert process.successes == values.count(1.0)
    assert process.trials == values.count(1.0) + values.count(-1.0)


@pytest.mark.parametrize("prior", [UNIFORM, KT])
@pytest.mark.parametrize("direction", [ABOVE, None])
def test_expectation_at_equal_rates_is_one_by_enumeration(direction, prior) -> None:
    chances = {-1.0: 0.15, 0.0: 0.7, 1.0: 0.15}
    expectation = np.zeros(6)
    for path in itertools.product(chances, repeat=6):
        chance = math.prod(chances[value] for value in path)
        process = SignTestProcess(direction=direction, prior=prior)
        expectation += chance * np.exp(process.update(path))
    assert expectation == pytest.approx(np.ones(6))


def test_expectation_is_below_one_where_b_got_worse() -> None:
    chances = {-1.0: 0.3, 0.0: 0.6, 1.0: 0.1}
    expectation = sum(
        math.prod(chances[value] for value in path)
        * np.exp(SignTestProcess(direction=ABOVE).update(path))
        for path in itertools.product(chances, repeat=6)
    )
    assert np.all(np.diff(expectation) < 0)
    assert expectation[0] < 1


def test_differences_that_are_not_of_binary_outcomes_are_refused() -> None:
    process = SignTestProcess()
    with pytest.raises(ValueError, match=r"observation 1 is 0.5, not a whole number"):
        process.update([1.0, 0.5])
    with pytest.raises(ValueError, match="observation 0 is 2"):
        process.update([2.0])
    assert process.trials == 0
