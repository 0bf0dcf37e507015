"""The line that says where a run is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.experiment import ProgressState
from behavtest.pytest_plugin.live import progress_line

HALF_WAY = ProgressState(
    behaviors=20,
    decided=18,
    pairs=2_258,
    generated=4_702,
    reused=0,
    seconds=21.0,
    tokens_per_second=3_417.0,
    seconds_left=38.0,
)


def test_the_line_says_how_far_how_fast_and_how_long():
    assert progress_line(HALF_WAY) == (
        "behavtest: 18 decided, 2 undecided, 2,258 pairs, 3.4k tokens/s, about 40 s left"
    )


def test_a_wide_terminal_is_told_more():
    assert progress_line(HALF_WAY, width=120) == (
        "behavtest: 18 decided, 2 undecided, 2,258 pairs, 3.4k tokens/s, 4,702 generated, "
        "0 reused, 21 s, about 40 s left"
    )


def test_a_narrow_one_what_matters_most():
    assert progress_line(HALF_WAY, width=60) == (
        "behavtest: 18 decided, 2 undecided, 21 s, about 40 s left"
    )


def test_what_is_not_known_is_not_said():
    line = progress_line(HALF_WAY._replace(tokens_per_second=None, seconds_left=None))
    assert line == "behavtest: 18 decided, 2 undecided, 2,258 pairs, 4,702 generated, 21 s"


def test_failed_behaviors_are_neither_decided_nor_undecided():
    line = progress_line(HALF_WAY._replace(errors=1))
    assert line.startswith("behavtest: 18 decided, 1 undecided, 1 in error, ")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "1 s"),
        (7.6, "8 s"),
        (9.9, "10 s"),
        (34.0, "30 s"),
        (57.0, "1 min"),
        (89.0, "1 min"),
        (3_500.0, "58 min"),
        (3_599.0, "1.0 h"),
        (9_000.0, "2.5 h"),
        (90_000.0, "25 h"),
    ],
)
def test_the_time_left_is_as_coarse_as_a_guess(seconds: float, said: str):
    assert f"about {said} left" in progress_line(HALF_WAY._replace(seconds_left=seconds))


@pytest.mark.parametrize(
    ("rate", "said"),
    [(0.52, "0.5"), (9.96, "10.0"), (43.0, "43"), (994.0, "990"), (997.0, "1k"), (12_345.0, "12k")],
)
def test_a_rate_has_two_digits(rate: float, said: str):
    assert f" {said} tokens/s" in progress_line(HALF_WAY._replace(tokens_per_second=rate))


def test_likelihoods_read_are_counted():
    state = ProgressState(3, 1, 40, generated=0, reused=0, seconds=2.0, texts_read=1_200)
    assert "1,200 read" in progress_line(state, width=100)
    assert "read" not in progress_line(state._replace(texts_read=0), width=100)


counts = st.integers(0, 10**9)


@given(
    counts,
    counts,
    counts,
    counts,
    st.floats(0, 1e7),
    st.one_of(st.none(), st.floats(0, 1e8)),
    st.one_of(st.none(), st.floats(0, 1e7)),
    st.integers(60, 200),
)
def test_it_stays_on_one_line_of_a_terminal(  # noqa: PLR0917 -- all that a line says
    decided, pairs, generated, read, seconds, rate, left, width
):
    state = ProgressState(
        behaviors=decided + 10_000,
        decided=decided,
        pairs=pairs,
        generated=generated,
        reused=generated,
        seconds=seconds,
        texts_read=read,
        errors=3,
        tokens_per_second=rate,
        seconds_left=left,
    )
    line = progress_line(state, width=width)
    assert len(line) <= width
    assert line.startswith(f"behavtest: {decided:,} decided, 9,997 undecided")


def test_after_the_verdicts_it_tells_what_is_read():
    line = progress_line(HALF_WAY._replace(forks_read=1_024, forks=100_000))
    assert line == "behavtest: what else was likely where answers part, 1,024 of up to 100,000"
    assert len(line) < 80


def test_of_several_models_it_names_the_one_that_is_compared():
    state = HALF_WAY._replace(model="step-2000", number=2, of=12)
    assert progress_line(state) == (
        "step-2000 (2 of 12): 18 decided, 2 undecided, 2,258 pairs, about 40 s left"
    )


@pytest.mark.parametrize(
    "late", [{"forks": 1_000_000, "forks_read": 999_999}, {"sampled": 900_000, "audited": 123_456}]
)
@pytest.mark.parametrize("width", [79, 60, 40])
def test_what_comes_after_the_verdicts_fits_too(late, width):
    state = HALF_WAY._replace(model="a-label-of-some-length", number=2, of=12, **late)
    assert len(progress_line(state, width=width)) <= width
    assert f"{999_999 if 'forks' in late else 123_456:,} of" in progress_line(state)
