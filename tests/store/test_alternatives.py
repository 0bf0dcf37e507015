"""Alternatives come back as they were stored, under keys that tell them apart."""

from __future__ import annotations

import math

import duckdb
import pytest

from behavtest.store import (
    AlternativesEntry,
    AlternativesStore,
    alternatives_key,
    open_store,
    stored_precision,
)

ENTRY = AlternativesEntry("k1", (7, 3), (-0.25, -1.5))
ASKED = {"fingerprint": "fp", "ids": (1, 2), "wanted": (3,), "most": 5}


def insert(connection, entries) -> None:
    AlternativesStore(connection).insert(entries, fingerprint="fp", versions="{}")


def test_round_trip(tmp_path):
    odd = AlternativesEntry("k2", (9, 1, 2), stored_precision([-1 / 3, -1e-30, -math.inf]))
    with open_store(tmp_path / "s.duckdb") as connection:
        insert(connection, [ENTRY, odd])
    with open_store(tmp_path / "s.duckdb") as connection:
        store = AlternativesStore(connection)
        assert store.lookup(["k1", "k2", "k3", "k1"]) == {"k1": ENTRY, "k2": odd}
        assert store.lookup([]) == {}


def test_they_are_stored_once(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        insert(connection, [ENTRY])
        with pytest.raises(duckdb.ConstraintException):
            insert(connection, [ENTRY])


@pytest.mark.parametrize(
    "changed",
    [{"fingerprint": "f"}, {"ids": (1,)}, {"ids": (1, 2, 3), "wanted": ()}, {"most": 4}],
)
def test_each_question_has_a_key_of_its_own(changed):
    assert alternatives_key(**ASKED) == alternatives_key(**ASKED)
    assert alternatives_key(**ASKED | changed) != alternatives_key(**ASKED)
