"""Streams: published vectors, one interface, what is refused, and speed."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from behavtest.stats.online import (
    Addis,
    Decision,
    ELond,
    Lond,
    LordPlusPlus,
    Saffron,
    open_stream,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.stats.online import Stream

NAMES = ["saffron", "addis", "lord++", "lond", "e-lond"]
P_VALUE_NAMES = NAMES[:-1]

P15 = [
    *(2.90e-8, 0.06743, 0.01514, 0.08174, 0.00171, 3.60e-5, 0.79149, 0.27201, 0.28295, 7.59e-8),
    *(0.69274, 0.30443, 0.00136, 0.72342, 0.54757),
]

SAFFRON = [
    *(0.005468627, 0.010937254, 0.010937254, 0.010937254, 0.010937254, 0.021874508, 0.032811762),
    *(0.010823845, 0.010823845, 0.010823845, 0.021761099, 0.009265591, 0.009265591, 0.020202846),
    0.009064367,
]
ADDIS = [
    *(0.002734314, 0.005468627, 0.005468627, 0.005468627, 0.005468627, 0.010937254, 0.016405881),
    *(0.016405881, 0.005411923, 0.002828822, 0.008297449, 0.008297449, 0.003589243, 0.009057870),
    0.009057870,
]
LORD = [
    *(0.0002675839, 0.0024664457, 0.0005732818, 0.0004872805, 0.0004059066, 0.0003447286),
    *(0.0029745013, 0.0008450114, 0.0007305648, 0.0006243143, 0.0032185913, 0.0010617227),
    *(0.0009256825, 0.0008019657, 0.0007059610),
]
LOND = [
    *(0.0026758385, 0.0011638206, 0.0009912499, 0.0008243606, 0.0006988870, 0.0006045900),
    *(0.0007979166, 0.0007117838, 0.0006421423, 0.0005847378, 0.0007155186, 0.0006610273),
    *(0.0006141682, 0.0005734509, 0.0005377472),
]


def run(stream: Stream, values: Iterable[float]) -> list[Decision]:
    return [stream.test(value) for value in values]


@pytest.mark.parametrize(
    ("stream", "levels", "digits", "rejected"),
    [
        # V1 to V4
        (Saffron(alpha=0.05, w0=0.025, lambda_=0.5), SAFFRON, 9, [1, 5, 6, 10, 13]),
        (Addis(alpha=0.05, w0=0.025, lambda_=0.25, tau=0.5), ADDIS, 9, [1, 5, 6, 10, 13]),
        (LordPlusPlus(alpha=0.05, w0=0.005), LORD, 10, [1, 6, 10]),
        (Lond(alpha=0.05), LOND, 10, [1, 6, 10]),
        # the same settings are the defaults
        (Saffron(alpha=0.05), SAFFRON, 9, [1, 5, 6, 10, 13]),
        (Addis(alpha=0.05), ADDIS, 9, [1, 5, 6, 10, 13]),
        (LordPlusPlus(alpha=0.05), LORD, 10, [1, 6, 10]),
    ],
)
def test_published_levels_and_rejections(
    stream: Stream, levels: list[float], digits: int, rejected: list[int]
) -> None:
    decisions = run(stream, P15)
    assert [round(decision.level, digits) for decision in decisions] == levels
    assert [number for number, d in enumerate(decisions, 1) if d.reject] == rejected
    assert (stream.tests, stream.rejections) == (15, len(rejected))


@pytest.mark.parametrize(
    ("name", "p_values", "rejected"),
    [
        # V5
        ("saffron", [1e-7, 3e-4, 0.1, 6e-4], [True, True, False, True]),
        ("addis", [1e-7, 3e-4, 0.1, 6e-4], [True, True, False, True]),
        ("lord++", [1e-7, 0.1, 0.00025, 0.07], [True, False, True, False]),
        ("lond", [1e-7, 0.1, 6e-4], [True, False, True]),
    ],
)
def test_published_decisions(name: str, p_values: list[float], rejected: list[bool]) -> None:
    assert [d.reject for d in run(open_stream(name, alpha=0.05), p_values)] == rejected


def test_published_e_lond() -> None:
    # V6
    decisions = run(ELond(alpha=0.10), [250, 40, 500])
    assert [decision.reject for decision in decisions] == [True, False, False]
    thresholds = [round(1 / decision.level, 6) for decision in decisions]
    assert thresholds == [186.857313, 429.619487, 504.413681]


def test_e_lond_rejects_at_exactly_its_threshold() -> None:
    level = ELond(alpha=0.1).next_level
    assert ELond(alpha=0.1).test(1 / level).reject
    assert not ELond(alpha=0.1).test(math.nextafter(1 / level, 0)).reject
    assert ELond(alpha=0.1).test(math.inf).reject
    assert not ELond(alpha=0.1).test(0.0).reject


@pytest.mark.parametrize("name", P_VALUE_NAMES)
def test_p_value_streams_reject_at_exactly_their_level(name: str) -> None:
    level = open_stream(name, alpha=0.1).next_level
    assert open_stream(name, alpha=0.1).test(level).reject
    assert not open_stream(name, alpha=0.1).test(math.nextafter(level, 1)).reject


@pytest.mark.parametrize("name", NAMES)
def test_the_interface(name: str) -> None:
    stream = open_stream(name, alpha=0.1)
    assert (stream.name, stream.tests, stream.rejections) == (name, 0, 0)
    assert stream.takes_e_values == (name == "e-lond")
    for number, value in enumerate([1e-9, 1.0, 0.3, 1e9 if stream.takes_e_values else 0.0], 1):
        known_before = stream.next_level
        decision = stream.test(np.float64(value))
        assert decision.level == known_before
        assert type(decision.reject) is bool
        assert type(decision.level) is float
        assert stream.tests == number
    state = stream.state()
    assert {type(state.clock), *map(type, state.readings)} == {int}
    assert stream.rejections == (1 if name == "e-lond" else 2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1e-300, -math.inf, math.nan])
def test_what_is_no_evidence_is_refused(name: str, value: float) -> None:
    stream = open_stream(name, alpha=0.05)
    stream.test(0.5)
    before = stream.state()
    with pytest.raises(ValueError, match=f"value is {value}"):
        stream.test(value)
    assert stream.state() == before  # refused, not half taken


@pytest.mark.parametrize("name", P_VALUE_NAMES)
@pytest.mark.parametrize("value", [math.nextafter(1, 2), 20.0, math.inf])
def test_an_e_value_is_no_p_value(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=r"it must lie in \[0, 1\]"):
        open_stream(name, alpha=0.05).test(value)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, math.nan])
def test_alpha_out_of_range_is_refused(name: str, alpha: float) -> None:
    with pytest.raises(ValueError, match=f"alpha is {alpha}"):
        open_stream(name, alpha=alpha)


@pytest.mark.parametrize("kind", [Saffron, Addis, LordPlusPlus])
@pytest.mark.parametrize("w0", [0.0, 0.0501, -0.01, math.nan])
def test_w0_out_of_range_is_refused(kind: type[Saffron | Addis | LordPlusPlus], w0: float) -> None:
    with pytest.raises(ValueError, match=f"w0 is {w0}"):
        kind(alpha=0.05, w0=w0)


@pytest.mark.parametrize("lambda_", [0.0, 1.0, math.nan])
def test_a_candidate_threshold_out_of_range_is_refused(lambda_: float) -> None:
    with pytest.raises(ValueError, match=f"lambda is {lambda_}"):
        Saffron(alpha=0.05, lambda_=lambda_)


@pytest.mark.parametrize(
    ("lambda_", "tau"), [(0.5, 0.5), (0.6, 0.5), (0.0, 0.5), (0.2, 1.01), (0.2, math.nan)]
)
def test_a_discarding_threshold_out_of_range_is_refused(lambda_: float, tau: float) -> None:
    with pytest.raises(ValueError, match=f"lambda is {lambda_} and tau is {tau}"):
        Addis(alpha=0.05, lambda_=lambda_, tau=tau)


def test_only_streams_can_be_opened() -> None:
    with pytest.raises(ValueError, match="there are saffron, addis, lord"):
        open_stream("closed-e-bh", alpha=0.05)


def test_the_ends_of_the_ranges_are_allowed() -> None:
    assert LordPlusPlus(alpha=0.05, w0=0.05).test(0.0).reject
    assert Addis(alpha=0.05, lambda_=0.3, tau=1).test(0.0).reject


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["all rejected", "mixed"])
def test_ten_thousand_tests_take_little_time(name: str, kind: str) -> None:
    stream = open_stream(name, alpha=0.05)
    values = np.random.default_rng(2).random(10_000) ** 4 if kind == "mixed" else np.zeros(10_000)
    if stream.takes_e_values:
        values = 1 / np.maximum(values, 1e-15)
    start = time.perf_counter()
    run(stream, values.tolist())
    assert time.perf_counter() - start < 5
