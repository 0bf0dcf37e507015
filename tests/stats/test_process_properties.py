"""What every e-process keeps, whatever it is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from behavtest.stats import BettingProcess, Bounds, CensusProcess, Claim, Direction
from behavtest.stats.beta import KT
from behavtest.stats.binary import BinaryProcess
from behavtest.stats.predictable import PredictableProcess
from behavtest.stats.rounds import RoundProcess
from behavtest.stats.sign_test import SignTestProcess
from behavtest.stats.two_by_two import Block, TwoByTwoProcess
from behavtest.stats.unpaired import UnpairedProcess
from behavtest.stats.weighted import WeightedProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.stats.arrays import FloatArray

PAIRED = Bounds(-1, 1)
LONGEST = 30


class Fed(NamedTuple):
    """An e-process and what it takes from a row of three numbers in [-1, 1]."""

    process: object
    feed: Callable[[FloatArray], FloatArray]


def simple(process: object, row: Callable[[FloatArray], FloatArray]) -> Fed:
    return Fed(process, lambda rows: process.update(row(rows)))


def unpaired(direction: Direction) -> Fed:
    process = UnpairedProcess(Claim(direction, -0.1), PAIRED)

    def feed(rows: FloatArray) -> FloatArray:
        path = []
        for first, second, chooser in rows:
            process.update_a([first])
            if chooser > 0:
                process.update_b([second])
            path.append(process.log_e)
        return np.array(path)

    return Fed(process, feed)


def two_by_two(direction: Direction | None) -> Fed:
    process = TwoByTwoProcess(block=Block(2, 1), direction=direction)
    return Fed(
        process,
        lambda rows: process.update(np.rint(rows[:, 0] + 1), (rows[:, 1] > 0) * 1.0),
    )


def weighted() -> Fed:
    process = WeightedProcess(Claim(Direction.BELOW, 0.3), PAIRED)
    return Fed(
        process,
        lambda rows: process.update(
            rows[:, 0], np.abs(rows[:, 1]) + 0.01, 1.5 + np.abs(rows[:, 2])
        ),
    )


PROCESSES: dict[str, Callable[[], Fed]] = {
    "betting": lambda: simple(
        BettingProcess(Claim(Direction.ABOVE, -0.05), PAIRED), lambda rows: rows[:, 0]
    ),
    "census": lambda: simple(
        CensusProcess(Claim(Direction.ABOVE, -0.05), PAIRED, population=LONGEST),
        lambda rows: rows[:, 0],
    ),
    "weighted": weighted,
    "predictable": lambda: simple(
        PredictableProcess(Claim(Direction.BELOW, 0.2), PAIRED, alpha=0.05, truncation=0.99),
        lambda rows: rows[:, 0],
    ),
    "rounds": lambda: simple(
        RoundProcess(Claim(Direction.ABOVE, -0.05), PAIRED, prompts=3), lambda rows: rows
    ),
    "centred rounds": lambda: simple(
        RoundProcess(Claim(Direction.BELOW, -0.05), PAIRED, prompts=3, centred=True),
        lambda rows: rows,
    ),
    "binary": lambda: simple(BinaryProcess(boundary=0.9), lambda rows: rows[:, 0] > 0),
    "binary above": lambda: simple(
        BinaryProcess(boundary=0.1, direction=Direction.ABOVE, prior=KT),
        lambda rows: rows[:, 0] > 0,
    ),
    "sign test": lambda: simple(
        SignTestProcess(direction=Direction.BELOW), lambda rows: np.rint(rows[:, 0])
    ),
    "two by two": lambda: two_by_two(None),
    "two by two above": lambda: two_by_two(Direction.ABOVE),
    "unpaired above": lambda: unpaired(Direction.ABOVE),
    "unpaired below": lambda: unpaired(Direction.BELOW),
}

number = st.one_of(st.sampled_from([-1.0, 0.0, 1.0]), st.floats(-1, 1))
rows_of_numbers = st.lists(st.tuples(number, number, number), min_size=1, max_size=12)


def as_array(rows: list[tuple[float, float, float]]) -> FloatArray:
    return np.array(rows).reshape(-1, 3)


@pytest.mark.parametrize("name", PROCESSES)
@settings(max_examples=40)
@given(rows_of_numbers)
def test_an_e_value_is_a_number_and_never_negative(
    name: str, rows: list[tuple[float, float, float]]
) -> None:
    process, feed = PROCESSES[name]()
    path = feed(as_array(rows))
    assert path.shape == (len(rows),)
    assert not np.isnan(path).any()
    with np.errstate(over="ignore"):
        assert (np.exp(path) >= 0).all()
    assert process.log_e == path[-1]


@pytest.mark.parametrize("name", PROCESSES)
@settings(max_examples=40)
@given(rows_of_numbers, st.lists(st.integers(0, LONGEST), max_size=4))
def test_splitting_into_batches_changes_no_bit(
    name: str, rows: list[tuple[float, float, float]], cuts: list[int]
) -> None:
    whole = PROCESSES[name]().feed(as_array(rows))
    process, feed = PROCESSES[name]()
    pieces = [feed(piece) for piece in np.split(as_array(rows), sorted(cuts))]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert process.log_e == whole[-1]


@pytest.mark.parametrize("name", PROCESSES)
@settings(max_examples=40)
@given(rows_of_numbers, rows_of_numbers, rows_of_numbers)
def test_a_value_depends_on_the_past_only(
    name: str,
    past: list[tuple[float, float, float]],
    one: list[tuple[float, float, float]],
    other: list[tuple[float, float, float]],
) -> None:
    futures = [past + future[: LONGEST - len(past)] for future in (one, other)]
    paths = [PROCESSES[name]().feed(as_array(rows)) for rows in futures]
    assert np.array_equal(paths[0][: len(past)], paths[1][: len(past)])
