"""A sample of what a run used, with everything it takes to generate it again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from behavtest.core import SamplingSettings
from behavtest.store import (
    CompletionStore,
    Made,
    PairRecord,
    RunRecord,
    RunStore,
    Use,
    open_store,
    read_made,
    sample_uses,
)

RUN = RunRecord("r1", "2026-01-01T00:00:00", 7, 0.05, "base", "fa", "mod", "fb", "{}", "e-bh")
PAIRS = 200


def key(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def pair(place: int, behavior: str = "b", *, twins: bool = False) -> PairRecord:
    sides = [(side, "baseline") if twins else None for side in "ab"]
    baselines = [None if side is None else key(*side, place) for side in sides]
    keys = (key("a", place), key("b", place), *baselines)
    return PairRecord(behavior, place, place % 7, *keys, 0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.fixture
def connection(tmp_path, entry, origin):
    """A run of 200 pairs whose completions are all there."""
    with open_store(tmp_path / "s.duckdb") as connection:
        runs = RunStore(connection)
        runs.start(RUN)
        runs.add_pairs("r1", [pair(place) for place in range(PAIRS)])
        keys = [key(side, place) for side in "ab" for place in range(PAIRS)]
        CompletionStore(connection).insert([entry._replace(key=one) for one in keys], origin)
        yield connection


def keys_of(uses: list[Use]) -> list[str]:
    return [use.key for use in uses]


def test_everything_is_everything_in_the_order_of_the_keys(connection):
    for side in ("a", "b"):
        uses = sample_uses(connection, "r1", side, share=1.0)
        assert keys_of(uses) == sorted(key(side, place) for place in range(PAIRS))
    first = min(range(PAIRS), key=lambda place: key("b", place))
    assert uses[0] == Use(key("b", first), "b", first % 7, baseline=False)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_a_share_is_about_that_share_and_depends_on_the_keys_alone(connection, share: float):
    sampled = keys_of(sample_uses(connection, "r1", "a", share=share))
    expected = {one for one in map(key, "a" * PAIRS, range(PAIRS)) if int(one, 16) < share * 2**128}
    assert set(sampled) == expected
    assert len(sampled) == pytest.approx(share * PAIRS, abs=4 * PAIRS**0.5 / 2)
    runs = RunStore(connection)
    runs.start(replace(RUN, run_id="r2"))
    runs.add_pairs("r2", [pair(place, "elsewhere") for place in reversed(range(PAIRS))])
    assert keys_of(sample_uses(connection, "r2", "a", share=share)) == sampled


def test_one_is_taken_however_small_the_share(connection):
    (use,) = sample_uses(connection, "r1", "b", share=1e-30)
    assert use.key == min(key("b", place) for place in range(PAIRS))


def test_baselines_are_used_too_and_told_apart(connection, entry, origin):
    runs = RunStore(connection)
    runs.start(replace(RUN, run_id="r2"))
    runs.add_pairs("r2", [pair(3, "twins", twins=True)])
    CompletionStore(connection).insert([entry._replace(key=key("a", "baseline", 3))], origin)
    uses = {use.key: use for use in sample_uses(connection, "r2", "a", share=1.0)}
    assert uses == {
        key("a", 3): Use(key("a", 3), "twins", 3, baseline=False),
        key("a", "baseline", 3): Use(key("a", "baseline", 3), "twins", 3, baseline=True),
    }


def test_a_completion_used_twice_is_named_once(connection):
    RunStore(connection).add_pairs("r1", [pair(place, "also") for place in range(PAIRS)])
    uses = sample_uses(connection, "r1", "a", share=1.0)
    assert len(uses) == PAIRS
    assert {use.behavior for use in uses} == {"also"}


def test_what_is_not_stored_cannot_be_sampled(connection):
    connection.execute("DELETE FROM completions WHERE key = $1", [key("a", 0)])
    assert len(sample_uses(connection, "r1", "a", share=1.0)) == PAIRS - 1
    connection.execute("DELETE FROM completions")
    assert sample_uses(connection, "r1", "a", share=1.0) == []
    assert sample_uses(connection, "no such run", "a", share=1.0) == []


def test_a_completion_is_read_back_with_how_it_was_made(connection, entry, origin):
    settings = SamplingSettings(max_new_tokens=9, temperature=0.5, top_k=3, top_p=0.75)
    made = entry._replace(key="k9")
    CompletionStore(connection).insert(
        [made], origin._replace(settings=settings, versions='{"torch": "1"}')
    )
    assert read_made(connection, ["none", "k9"]) == [
        Made("k9", made.prompt_ids, made.seed, settings, made.generation, '{"torch": "1"}')
    ]
    both = sorted([key("a", 1), key("b", 1)])
    assert [made.key for made in read_made(connection, both[::-1])] == both
