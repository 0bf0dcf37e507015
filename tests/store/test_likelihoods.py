"""Likelihoods come back as they were stored."""

from __future__ import annotations

import math

import duckdb
import pytest

from behavtest.store import LikelihoodEntry, LikelihoodStore, open_store, stored_precision

ENTRY = LikelihoodEntry("k1", (1, 2, 3), (4, 5), (-0.5, -0.25))


def insert(connection, entries) -> None:
    LikelihoodStore(connection).insert(entries, fingerprint="fp", versions="{}")


def test_round_trip(tmp_path):
    third = stored_precision([-1 / 3, -1e-30, 0.0, -math.inf])
    odd = LikelihoodEntry("k2", (9,), (1, 2, 3, 4), third)
    with open_store(tmp_path / "s.duckdb") as connection:
        insert(connection, [ENTRY, odd])
    with open_store(tmp_path / "s.duckdb") as connection:
        found = LikelihoodStore(connection).lookup(["k1", "k2", "k3", "k1"])
    assert found == {"k1": ENTRY.logprobs, "k2": third}


def test_numbers_are_rounded_to_what_is_kept():
    assert stored_precision([-0.1]) != (-0.1,)
    assert stored_precision([-0.1]) == pytest.approx((-0.1,), rel=1e-7)
    assert stored_precision(stored_precision([-0.1])) == stored_precision([-0.1])


def test_nothing_asked_nothing_found(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        assert LikelihoodStore(connection).lookup([]) == {}


def test_a_likelihood_is_stored_once(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        insert(connection, [ENTRY])
        with pytest.raises(duckdb.ConstraintException):
            insert(connection, [ENTRY])


def test_it_can_be_queried_with_plain_sql(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        insert(connection, [ENTRY])
        row = connection.execute(
            "SELECT fingerprint, prompt_ids, token_ids, exp(list_avg(logprobs)), versions "
            "FROM likelihoods"
        ).fetchone()
    assert row == ("fp", [1, 2, 3], [4, 5], pytest.approx(math.exp(-0.375)), "{}")
