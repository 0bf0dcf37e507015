"""Streams stopped, stored as JSON and resumed."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.stats.online import (
    Addis,
    Decision,
    LordPlusPlus,
    StreamState,
    open_stream,
    resume_stream,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from behavtest.stats.online import Stream

NAMES = ["saffron", "addis", "lord++", "lond", "e-lond"]


def run(stream: Stream, values: Iterable[float]) -> list[Decision]:
    return [stream.test(value) for value in values]


def through_json(state: StreamState) -> StreamState:
    return StreamState(**json.loads(json.dumps(asdict(state))))


def through_msgspec(state: StreamState) -> StreamState:
    return msgspec.json.decode(msgspec.json.encode(state), type=StreamState)


evidence = st.one_of(
    st.sampled_from([0.0, 1e-12, 1e-5, 1e-3, 0.01, 0.25, 0.5, 1.0]), st.floats(0, 1)
)


@given(
    name=st.sampled_from(NAMES),
    p_values=st.lists(evidence, max_size=40),
    stops=st.sets(st.integers(0, 40)),
    store=st.sampled_from([through_json, through_msgspec]),
)
def test_stopped_stored_and_resumed_at_any_points_it_decides_the_same(
    name: str,
    p_values: list[float],
    stops: set[int],
    store: Callable[[StreamState], StreamState],
) -> None:
    whole = open_stream(name, alpha=0.1)
    values = [1 / max(p, 1e-12) for p in p_values] if whole.takes_e_values else p_values
    expected = run(whole, values)
    stream = open_stream(name, alpha=0.1)
    decisions = []
    for number, value in enumerate(values):
        if number in stops:
            stream = resume_stream(store(stream.state()))
        decisions.append(stream.test(value))
    assert decisions == expected  # to the last bit
    assert stream.state() == whole.state()
    assert through_msgspec(whole.state()) == whole.state()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stop", [1023, 1024, 1025, 2500])
def test_a_long_stream_resumes_to_the_last_bit(name: str, stop: int) -> None:
    """Whatever was looked up before the stop: 3000 tests need several chunks of weights."""
    values = np.random.default_rng(1).random(3000) ** 3
    whole = open_stream(name, alpha=0.2)
    if whole.takes_e_values:
        values = 1 / np.maximum(values, 1e-9)
    expected = run(whole, values.tolist())
    first = open_stream(name, alpha=0.2)
    decisions = run(first, values[:stop].tolist())
    second = type(first).resume(through_json(first.state()))
    assert decisions + run(second, values[stop:].tolist()) == expected
    assert whole.rejections > 10


def test_a_state_is_a_snapshot_and_keeps_its_own_settings() -> None:
    stream = Addis(alpha=0.05, w0=0.01, lambda_=0.2, tau=0.6)
    run(stream, [1e-9, 0.3, 0.1])
    state = stream.state()
    assert state == StreamState(
        procedure="addis",
        settings={"alpha": 0.05, "w0": 0.01, "lambda_": 0.2, "tau": 0.6},
        tests=3,
        clock=1,
        readings=(0,),
    )
    state.settings["alpha"] = 0.9  # somebody else's dictionary
    stream.test(0.4)
    assert stream.state().settings["alpha"] == 0.05
    assert (state.tests, stream.tests) == (3, 4)
    assert type(resume_stream(stream.state())) is Addis


GOOD = StreamState("saffron", {"alpha": 0.05, "w0": 0.02, "lambda_": 0.5}, 5, 2, (0, 1))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (replace(GOOD, procedure="lond"), "settings of lond"),
        (replace(GOOD, procedure="holm"), "'holm' is no procedure"),
        (replace(GOOD, settings={"alpha": 0.05}), "saffron has settings"),
        (replace(GOOD, settings=GOOD.settings | {"alpha": 2.0}), "alpha is 2"),
        (replace(GOOD, settings=GOOD.settings | {"tau": 0.5}), "no settings of saffron"),
        (replace(GOOD, tests=1), "contradict"),
        (replace(GOOD, clock=0), "contradict"),
        (replace(GOOD, clock=6), "contradict"),
        (replace(GOOD, readings=(1, 0)), "contradict"),
        (replace(GOOD, readings=(-1, 0)), "contradict"),
        (replace(GOOD, readings=(0,) * 6), "contradict"),
    ],
)
def test_a_state_that_is_none_is_refused(state: StreamState, message: str) -> None:
    assert resume_stream(GOOD).state() == GOOD
    with pytest.raises(ValueError, match=message):
        resume_stream(state)


def test_a_state_is_resumed_by_its_own_class() -> None:
    with pytest.raises(ValueError, match="state of 'saffron', not of 'lord"):
        LordPlusPlus.resume(GOOD)
