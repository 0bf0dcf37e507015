"""What runs before a run found of its behaviors."""

from __future__ import annotations

import pytest

from behavtest.store import (
    Followed,
    RunRecord,
    RunStore,
    VerdictRecord,
    earlier_verdicts,
    open_store,
)
from behavtest.store.earlier import MOST_EARLIER

WANTED = Followed("s", "s::b", "refusal", absolute=False)


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        yield connection


@pytest.fixture
def add(connection):
    """Records a run of a modified model that found some behaviors to hold."""
    number = 0

    def add(model_b: str | None, *names: str, base: str = "base", **changes: object) -> str:
        nonlocal number
        number += 1
        run_id, day = f"r{number}", f"2026-01-{number:02}T00:00:00+00:00"
        runs = RunStore(connection)
        runs.start(
            RunRecord(
                run_id, day, 0, 0.05, base, f"f-{base}", model_b, model_b, "{}", "closed-e-bh"
            )
        )
        runs.finish(
            run_id, [verdict(name or "s::b", **changes) for name in names or ("s::b",)], "{}"
        )
        return run_id

    return add


def verdict(name: str, **changes: object) -> VerdictRecord:
    record = VerdictRecord(
        behavior=name,
        suite="s",
        expectation="not_worse",
        margin=0.05,
        scorer="refusal",
        verdict="holds",
        error=None,
        exact=False,
        stop="holds",
        pairs=80,
        estimate=0.01,
        lower=-0.02,
        upper=0.04,
        mean_a=0.9,
        mean_b=0.91,
        changed=3,
        e_holds=25.0,
        e_violated=0.1,
        suite_version="2",
    )
    return record._replace(**changes)


def runs_of(connection, run_id: str, *wanted: Followed) -> list[str]:
    return [row.run_id for row in earlier_verdicts(connection, run_id, wanted or [WANTED])]


def test_the_runs_before_are_told_the_earliest_first(connection, add) -> None:
    first, second, this = add("x"), add("y", estimate=-0.2, verdict="violated"), add("z")
    add("later")
    found = earlier_verdicts(connection, this, [WANTED])
    assert [row.run_id for row in found] == [first, second]
    assert found[1][1:] == (
        "2026-01-02T00:00:00+00:00",
        *("base", "f-base", "y", "y", "{}", 0.05, "s::b", "violated", "not_worse", 0.05),
        *(False, 80, -0.2, -0.02, 0.04, "2"),
    )


def test_a_rerun_is_no_further_point(connection, add) -> None:
    """Two models count once, the latest time; this run's own do not count at all."""
    add("x")
    add("this")
    y, x = add("y"), add("x")
    add("this")
    assert runs_of(connection, add("this")) == [y, x]


@pytest.mark.parametrize(
    "changes",
    [
        {"scorer": "regex"},
        {"expectation": "at_least"},
        {"estimate": None, "verdict": "error", "error": "no"},
        {"suite": "other"},
    ],
)
def test_what_measured_something_else_is_left_out(connection, add, changes) -> None:
    add("x", **changes)
    assert runs_of(connection, add("this")) == []


def test_a_model_compared_with_itself_is_left_out(connection, add) -> None:
    add("f-same", base="same")
    assert runs_of(connection, add("this")) == []


def test_another_base_is_another_comparison(connection, add) -> None:
    other = add("this", base="older")
    assert runs_of(connection, add("this")) == [other]


def test_a_model_alone_is_followed_too(connection, add) -> None:
    absolute = WANTED._replace(absolute=True)
    alone = add(None, expectation="at_least", base="older")
    assert runs_of(connection, add(None, expectation="at_least"), absolute) == [alone]


def test_runs_that_have_not_ended_tell_nothing(connection, add) -> None:
    add("x")
    connection.execute("UPDATE runs SET status = 'interrupted'")
    assert runs_of(connection, add("this")) == []


def test_each_behavior_has_its_own_runs_and_no_more_than_are_shown(connection, add) -> None:
    add("only-b", "s::b")
    days = [add(f"m{number}", "s::a") for number in range(MOST_EARLIER - 2)]
    connection.execute("UPDATE runs SET started = replace(started, '2026', '2025')")
    days += [add(f"n{number}", "s::a") for number in range(2)]
    found = earlier_verdicts(connection, add("this"), [WANTED, WANTED._replace(behavior="s::a")])
    assert [row.model_b for row in found if row.behavior == "s::b"] == ["only-b"]
    assert [row.run_id for row in found if row.behavior == "s::a"] == days
    assert runs_of(connection, add("none"), WANTED._replace(behavior="s::c")) == []


def test_only_the_latest_count_where_there_are_more(connection, add) -> None:
    add("first")
    connection.execute("UPDATE runs SET started = replace(started, '2026', '2024')")
    latest = []
    for month in range(MOST_EARLIER):
        run_id = add(f"m{month}")
        connection.execute(
            "UPDATE runs SET started = $1 WHERE run_id = $2",
            [f"2025-{month // 28 + 1:02}-{month % 28 + 1:02}T00:00:00+00:00", run_id],
        )
        latest.append(run_id)
    this = add("this")
    connection.execute("UPDATE runs SET started = '2027-01-01' WHERE run_id = $1", [this])
    assert runs_of(connection, this) == latest


def test_no_behavior_has_no_past(connection, add) -> None:
    add("x")
    assert earlier_verdicts(connection, add("this"), []) == []
