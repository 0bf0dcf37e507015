"""The ledger's rows: streams apart, in order, and rewritten only where they are told to be."""

from __future__ import annotations

import pytest

from behavtest.store import LedgerEntry, LedgerStore, Lineage, RunStore, open_store
from behavtest.store.runs import RunRecord

ENTRY = LedgerEntry(
    suite="refusal",
    behavior="weapons",
    procedure="e-lond",
    alpha=0.05,
    test=1,
    release="r1",
    run_id="run1",
    started="2026-01-01T00:00:00+00:00",
    model_b="mod",
    value=1e300,
    level=0.0026758385,
    alarm=True,
    pairs=123,
)
RUN = RunRecord("run1", "2026-01-01", 0, 0.05, "a", "fa", "b", "fb", "{}", "closed-e-bh")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "s.duckdb"


@pytest.fixture
def store(path):
    with open_store(path) as connection:
        yield LedgerStore(connection)


def test_a_row_comes_back_as_it_was_written(store):
    entry = ENTRY._replace(value=1 / 3, level=2.0**-40, alpha=0.1 + 0.2)
    store.record([entry])
    (found,) = store.entries()
    assert found == entry
    assert isinstance(found.alarm, bool)


def test_an_empty_ledger(store):
    store.record([])
    assert store.entries() == []
    assert store.streams(procedure="e-lond", alpha=0.05) == {}


def test_streams_are_apart_and_each_is_in_the_order_of_its_tests(store):
    others = [
        ENTRY._replace(suite="other"),
        ENTRY._replace(behavior="other"),
        ENTRY._replace(procedure="lond"),
        ENTRY._replace(alpha=0.1),
    ]
    # Written out of order, and with a tenth test: as text, "10" would come before "2".
    numbers = [10, 2, 1, 9, 3, 8, 4, 7, 5, 6]
    store.record(others + [ENTRY._replace(test=number, release=f"r{number}") for number in numbers])
    streams = store.streams(procedure="e-lond", alpha=0.05)
    assert set(streams) == {
        Lineage("refusal", "weapons"),
        Lineage("other", "weapons"),
        Lineage("refusal", "other"),
    }
    assert [entry.test for entry in streams[Lineage("refusal", "weapons")]] == [*range(1, 11)]
    assert len(store.entries()) == 14
    assert list(store.streams(procedure="lond", alpha=0.05)) == [Lineage("refusal", "weapons")]


def test_a_place_that_is_taken_is_rewritten_and_nothing_else(store):
    second = ENTRY._replace(test=2, release="r2", alarm=False)
    store.record([ENTRY, second])
    again = second._replace(run_id="run3", pairs=500, value=7.0)
    store.record([again])
    assert store.entries() == [ENTRY, again]


def test_alphas_that_print_alike_are_apart(store):
    """0.1 + 0.2 is not 0.3; a stream of one must not be continued by the other."""
    store.record([ENTRY._replace(alpha=0.1 + 0.2)])
    assert not store.streams(procedure="e-lond", alpha=0.3)
    assert store.streams(procedure="e-lond", alpha=0.1 + 0.2)


def test_names_may_hold_anything(store):
    names = ["'; DROP TABLE ledger; --", "\x1b[31m", "ünï/çø∂é", "", "a\nb"]
    store.record([ENTRY._replace(suite=name, behavior=name) for name in names])
    assert {entry.behavior for entry in store.entries()} == set(names)


def test_tests_are_recorded_with_their_run_or_not_at_all(path):
    broken = ENTRY._replace(test=2, level=None)  # NOT NULL in the table
    with open_store(path) as connection:
        runs = RunStore(connection)
        runs.start(RUN)
        with pytest.raises(Exception, match="NOT NULL"):
            runs.finish("run1", [], "{}", [ENTRY, broken])
        assert LedgerStore(connection).entries() == []
        runs.finish("run1", [], "{}", [ENTRY])
        # A rerun rewrites the test in the transaction that finishes it.
        runs.finish("run1", [], "{}", [ENTRY._replace(pairs=200)])
    with open_store(path) as connection:
        assert [entry.pairs for entry in LedgerStore(connection).entries()] == [200]
