"""Replays come back as they were stored, with the completions they made or not at all."""

from __future__ import annotations

import math

import duckdb
import pytest

from behavtest.store import CompletionStore, ReplayRecord, open_store, stored_replays

REPLAY = ReplayRecord("k1", "r1", 2, (-0.5, -2.25))


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        yield connection


def test_round_trip(connection, entry, origin):
    store = CompletionStore(connection)
    other = entry._replace(key="k2")
    empty = ReplayRecord("k2", "r2", 0, ())
    store.insert([entry, other, entry._replace(key="k3")], origin, [REPLAY, empty])
    assert stored_replays(connection, ["k2", "k1", "k3", "k1"]) == {"k1": REPLAY, "k2": empty}
    assert stored_replays(connection, []) == {}


def test_what_a_model_rules_out_has_an_infinite_log_probability(connection, entry, origin):
    ruled_out = REPLAY._replace(logprobs=(-0.5, -math.inf, -0.25))
    CompletionStore(connection).insert([entry], origin, [ruled_out])
    assert stored_replays(connection, ["k1"]) == {"k1": ruled_out}


def test_one_that_is_stored_is_left_as_it_is(connection, entry, origin):
    store = CompletionStore(connection)
    store.insert([entry], origin, [REPLAY])
    store.insert([entry._replace(key="k2")], origin, [REPLAY._replace(shared=9)])
    assert stored_replays(connection, ["k1"]) == {"k1": REPLAY}


def test_completions_and_replays_are_stored_together_or_not_at_all(connection, entry, origin):
    store = CompletionStore(connection)
    wrong = REPLAY._replace(shared=2**40)
    with pytest.raises(duckdb.Error):
        store.insert([entry], origin, [wrong])
    assert store.lookup(["k1"]) == {}
    store.insert([entry], origin, [REPLAY])
    assert set(store.lookup(["k1"])) == {"k1"}


def test_the_two_models_log_probabilities_stand_side_by_side_in_sql(connection, entry, origin):
    """As discovery will read them: A's with its completion, B's with the replay."""
    store = CompletionStore(connection)
    store.insert([entry._replace(key="r1")], origin)
    store.insert([entry], origin, [REPLAY])
    row = connection.execute(
        """
        SELECT list_dot_product([1, 1]::FLOAT[], reference.logprobs), list_sum(replays.logprobs)
        FROM replays JOIN completions AS reference ON reference.key = reference_key
        """
    ).fetchone()
    assert row == (-0.75, -2.75)
