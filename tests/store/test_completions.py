"""Completions come back as they were stored."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from behavtest.core import Generation
from behavtest.store import CompletionStore, Entry, open_store, storable


def test_round_trip(tmp_path, entry, origin):
    odd = Entry("k2", (), 0, Generation((), (), "nul \0 and ünïcode 🙂", "length"))
    with open_store(tmp_path / "s.duckdb") as connection:
        CompletionStore(connection).insert([entry, odd], origin)
    with open_store(tmp_path / "s.duckdb") as connection:
        found = CompletionStore(connection).lookup(["k1", "k2", "k3", "k1"])
    assert found == {"k1": entry.generation, "k2": odd.generation}


def test_nothing_asked_nothing_found(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        assert CompletionStore(connection).lookup([]) == {}


def test_lone_surrogates_are_replaced(tmp_path, entry, origin):
    made = storable(Generation((1,), (0.0,), "a\ud800b", "stop"))
    assert made.text == "a?b"
    with open_store(tmp_path / "s.duckdb") as connection:
        store = CompletionStore(connection)
        store.insert([entry._replace(generation=made)], origin)
        assert store.lookup(["k1"])["k1"] == made


def test_what_is_storable_stays_as_it_is(entry):
    assert storable(entry.generation) is entry.generation


def test_it_can_be_queried_with_plain_sql(tmp_path, entry, origin):
    with open_store(tmp_path / "s.duckdb") as connection:
        CompletionStore(connection).insert([entry], origin)
        row = connection.execute(
            "SELECT fingerprint, seed, prompt_ids, temperature, seconds FROM completions"
        ).fetchone()
    assert row == ("fp", 2**64 - 1, [1, 2, 3], 1.0, 0.25)


def test_any_number_comes_back_as_the_nearest_single_precision_one(tmp_path, entry, origin):
    numbers = (-math.inf, math.nan, -1e-45, -1.2345678e-10, -103.97208, -0.0, -1 / 3)
    odd = replace(entry.generation, token_ids=(0, 2**31 - 1), logprobs=numbers)
    with open_store(tmp_path / "s.duckdb") as connection:
        store = CompletionStore(connection)
        store.insert([entry._replace(generation=odd)], origin)
        found = store.lookup(["k1"])["k1"]
    assert found.token_ids == odd.token_ids
    np.testing.assert_array_equal(np.array(found.logprobs), np.float32(numbers).astype(float))
