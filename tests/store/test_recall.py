"""Finding a finished run, and its observations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from behavtest.errors import StoreError
from behavtest.store import PairRecord, RunRecord, RunStore, find_run, open_store, stored_values

RUN = RunRecord("aa01", "2026-01-01T00:00:00", 0, 0.05, "a", "fa", "b", "fb", "{}", "closed-e-bh")
PAIR = PairRecord("x", 0, 0, None, None, None, None, 1.0, 0.0, -1.0, 0.0, 0.0)


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        yield connection


@pytest.fixture
def filled(connection):
    """Two finished runs of one second, one that was stopped, one that was killed."""
    runs = RunStore(connection)
    for run_id in ("a101", "a202", "bb01", "cc01"):
        runs.start(replace(RUN, run_id=run_id))
        if run_id.startswith("a"):
            runs.finish(run_id, [], f'"{run_id}"')
        elif run_id == "bb01":
            runs.interrupt(run_id)
    return connection


def test_last_is_the_latest_finished_one_even_within_a_second(filled):
    assert find_run(filled, "last") == ("a202", "2026-01-01T00:00:00", '"a202"')


def test_last_goes_by_when_it_started_not_by_when_it_was_written(filled):
    runs = RunStore(filled)
    runs.start(replace(RUN, run_id="dd01", started="2025-12-31T00:00:00"))
    runs.finish("dd01", [], "{}")
    assert find_run(filled, "last").run_id == "a202"


@pytest.mark.parametrize("reference", ["a101", "a1"])
def test_a_run_by_its_id_or_the_beginning_of_it(filled, reference):
    assert find_run(filled, reference).run_id == "a101"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("a", "2 runs begin with 'a'; give more of the id"),
        ("", "4 runs begin with ''"),
        ("zz", r"no run begins with 'zz'; the latest are a202 \(2026-01-01T00:00:00\), a101 \("),
        ("a%", "no run begins with 'a%'"),
        ("bb", "run bb01 was interrupted before its verdicts; run the same pytest command again"),
        ("cc", "run cc01 was interrupted before its verdicts"),
    ],
)
def test_what_is_no_finished_run_is_named(filled, reference, message):
    with pytest.raises(StoreError, match=message):
        find_run(filled, reference)


@pytest.mark.parametrize("reference", ["last", "aa"])
def test_a_store_without_a_run_says_what_to_do(connection, reference):
    with pytest.raises(StoreError, match="no finished run; run pytest with two models first"):
        find_run(connection, reference)


def test_values_are_in_schedule_order_whatever_order_they_were_written_in(connection):
    runs = RunStore(connection)
    records = [
        PAIR._replace(
            behavior=name, pair=pair, value=pair * 5 % 7 / 7, weight=0.5 + pair, greatest_weight=9
        )
        for pair in (10, 2, 0, 1, 9)
        for name in ("x", "a", "ab")
    ]
    runs.add_pairs("aa01", records)
    runs.add_pairs("aa02", [PAIR])
    found = stored_values(connection, "aa01")
    assert set(found) == {"x", "a", "ab"}
    for stored in found.values():
        assert stored.values.tolist() == [pair * 5 % 7 / 7 for pair in (0, 1, 2, 9, 10)]
        assert stored.weights.tolist() == [0.5, 1.5, 2.5, 9.5, 10.5]
        assert stored.greatest.tolist() == [9.0] * 5
        assert {part.dtype for part in stored} == {np.dtype(np.float64)}


def test_a_single_behavior_and_none(connection):
    RunStore(connection).add_pairs("aa01", [PAIR])
    assert stored_values(connection, "aa01")["x"].values.tolist() == [-1.0]
    assert stored_values(connection, "nobody") == {}


def test_a_missing_weight_is_1(connection):
    """The columns may hold nothing, since a migration cannot add them as NOT NULL."""
    RunStore(connection).add_pairs("aa01", [PAIR, PAIR._replace(pair=1)])
    connection.execute("UPDATE pairs SET weight = NULL, greatest_weight = NULL WHERE pair = 1")
    found = stored_values(connection, "aa01")["x"]
    assert found.weights.tolist() == found.greatest.tolist() == [1.0, 1.0]
