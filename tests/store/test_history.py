"""What finished runs tell a plan."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from behavtest.core import Generation, SamplingSettings
from behavtest.errors import StoreError, StoreLockedError
from behavtest.store import (
    CompletionStore,
    Entry,
    Origin,
    PairRecord,
    RunRecord,
    RunStore,
    VerdictRecord,
    open_store,
)
from behavtest.store.history import LEAST_PAIRS, History, Wanted, read_history

RUN = RunRecord(
    run_id="r1",
    started="2026-01-01T00:00:00+00:00",
    seed=0,
    alpha=0.05,
    model_a="base",
    fingerprint_a="fa",
    model_b="mod",
    fingerprint_b="fb",
    versions="{}",
    procedure="closed-e-bh",
)
NAME = "suites/s.behav.yaml::b"
WANTED = Wanted(NAME, "s", "b", "refusal")
SCORES_A = [1.0, 1.0, 0.0, 0.5, 1.0, 0.0, 0.25, 1.0]
SCORES_B = [1.0, 0.0, 0.0, 0.5, 0.0, 0.5, 0.25, 1.0]


def pair(place: int, a: float | None, b: float | None, *, weight: float = 1.0) -> PairRecord:
    value = b if a is None else a if b is None else b - a
    assert value is not None
    return PairRecord(
        NAME,
        place,
        place,
        None if a is None else f"a{place}",
        None if b is None else f"b{place}",
        None,
        None,
        a,
        b,
        value,
        0.0,
        0.0,
        weight,
        weight,
    )


def pairs(scores_a=SCORES_A, scores_b=SCORES_B) -> list[PairRecord]:
    return [pair(place, *both) for place, both in enumerate(zip(scores_a, scores_b, strict=True))]


def verdict(seen: int, **changes: object) -> VerdictRecord:
    record = VerdictRecord(
        behavior=NAME,
        suite="s",
        expectation="not_worse",
        margin=0.05,
        scorer="refusal",
        verdict="inconclusive",
        error=None,
        exact=False,
        stop="max_pairs",
        pairs=seen,
        estimate=0.0,
        lower=-1.0,
        upper=1.0,
        mean_a=None,
        mean_b=None,
        changed=0,
        e_holds=1.0,
        e_violated=1.0,
    )
    return record._replace(**changes)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "s.duckdb"


@pytest.fixture
def finished(store):
    """Writes a finished run."""

    def finished(run: RunRecord = RUN, seen=None, *, pairing: str = "coupled", **changes) -> None:
        seen = pairs() if seen is None else seen
        with open_store(store) as connection:
            runs = RunStore(connection)
            runs.start(run)
            runs.add_pairs(run.run_id, seen)
            result = f'{{"pairing": "{pairing}", "behaviors": [{{"name": "x"}}]}}'
            runs.finish(run.run_id, [verdict(len(seen), **changes)], result)

    return finished


def look(store, *wanted: Wanted, a: str | None = None, b: str | None = None) -> History:
    return read_history(store, wanted or [WANTED], model_a=a, model_b=b)


def past(store, **models: str):
    return look(store, **models).pasts[NAME]


def test_no_store_is_no_knowledge_and_makes_no_file(store):
    assert look(store) == History()
    assert not store.exists()


def test_an_empty_store_knows_nothing(store):
    with open_store(store):
        pass
    assert look(store) == History()


def test_moments_are_those_of_the_pairs(store, finished):
    finished()
    found = past(store)
    differences = np.subtract(SCORES_B, SCORES_A)
    assert found.pairs == 8
    assert found.mean == pytest.approx(differences.mean())
    assert found.absolute == pytest.approx(np.abs(differences).mean())
    assert found.square == pytest.approx((differences**2).mean())
    assert found.variance == pytest.approx(differences.var())
    assert found.mean_a == pytest.approx(np.mean(SCORES_A))
    assert found.variance_a == pytest.approx(np.var(SCORES_A))
    assert (found.run_id, found.started, found.pairing) == ("r1", RUN.started, "coupled")
    assert (found.model_a, found.model_b) == ("base", "mod")


def test_moments_undo_how_prompts_were_chosen(store, finished):
    # one score in four is 1; it was drawn half of the time, so its weight is 1/2, the others' 3/2
    seen = [pair(place, 0.0, float(place % 2), weight=(1.5, 0.5)[place % 2]) for place in range(40)]
    finished(seen=seen)
    assert past(store).mean == pytest.approx(0.25)
    assert past(store).variance == pytest.approx(0.25 * 0.75)


def test_one_model_alone(store, finished):
    finished(seen=[pair(place, score, None) for place, score in enumerate(SCORES_A)])
    assert past(store).mean == pytest.approx(np.mean(SCORES_A))
    finished(
        replace(RUN, run_id="r2", started="2026-01-02T00:00:00+00:00"),
        seen=[pair(place, None, score) for place, score in enumerate(SCORES_B)],
        pairing="single",
    )
    found = past(store)
    assert found.mean == pytest.approx(np.mean(SCORES_B))
    assert (found.mean_a, found.variance_a, found.pairing) == (None, None, "single")


def test_lengths_and_pace_are_those_of_the_completions(store, finished):
    finished()
    with open_store(store) as connection:
        completions = CompletionStore(connection)
        for fingerprint, side, seconds in (("fa", "a", 0.5), ("fb", "b", 1.0)):
            entries = [
                Entry(f"{side}{place}", (1,), 0, Generation((7,) * length, (), "x", "stop"))
                for place, length in enumerate([2, 4, 6])
            ]
            origin = Origin(fingerprint, SamplingSettings(), seconds, "{}")
            completions.insert(entries, origin)
    history = look(store)
    found = history.pasts[NAME]
    assert (found.tokens_a, found.tokens_b) == (4.0, 4.0)
    assert (found.tokens_of("a"), found.tokens_of("b")) == (4.0, 4.0)
    assert history.pace_a == pytest.approx(3 * 0.5 / 12)
    assert history.pace_b == pytest.approx(3 * 1.0 / 12)
    # a model is known by its latest fingerprint; one that never ran has no pace
    assert look(store, a="mod", b="other").pace_a == pytest.approx(0.25)
    assert look(store, a="mod", b="other").pace_b is None


def test_a_completion_that_is_gone_leaves_the_length_unknown(store, finished):
    finished()
    assert past(store).tokens_of("a") is None
    assert look(store).pace_a is None


def test_the_latest_run_counts(store, finished):
    finished(replace(RUN, run_id="late", started="2026-03-01T00:00:00+00:00"))
    finished(replace(RUN, run_id="early", started="2026-02-01T00:00:00+00:00"))
    assert past(store).run_id == "late"


def test_a_run_of_the_same_models_counts_before_a_later_one(store, finished):
    finished(replace(RUN, run_id="same", started="2026-02-01T00:00:00+00:00"))
    other = replace(RUN, run_id="other", started="2026-03-01T00:00:00+00:00", model_b="new")
    finished(other, pairing="independent")
    assert past(store).run_id == "other"
    assert past(store, a="base", b="mod").run_id == "same"
    assert look(store, a="base", b="mod").pairing == "coupled"
    assert look(store, a="base", b="new").pairing == "independent"
    # of models that have not met, nothing says how they pair
    assert look(store, a="base", b="newest").pairing is None
    assert past(store, a="base", b="newest").run_id == "other"


def test_a_model_compared_with_itself_tells_nothing_of_others(store, finished):
    finished(replace(RUN, model_b="copy", fingerprint_b="fa"))
    assert not look(store).pasts
    assert not look(store, a="base", b="mod").pasts
    assert past(store, a="base", b="copy").run_id == "r1"


@pytest.mark.parametrize(
    "changes",
    [
        {"error": "no such answer", "verdict": "error"},
        {"scorer": "json"},
        {"suite": "t", "behavior": "else.behav.yaml::b"},
        {"behavior": "else.behav.yaml::bb"},
    ],
)
def test_what_is_not_this_behavior_is_not_taken_for_it(store, finished, changes):
    finished(**changes)
    assert not look(store).pasts


def test_a_run_that_knew_it_by_another_path_is_found(store, finished):
    moved = [seen._replace(behavior="else/s.behav.yaml::b") for seen in pairs()]
    finished(seen=moved, behavior="else/s.behav.yaml::b")
    assert past(store).pairs == 8


def test_too_few_pairs_tell_nothing(store, finished):
    finished(seen=pairs()[: LEAST_PAIRS - 1])
    assert not look(store).pasts


def test_an_unfinished_run_tells_nothing(store):
    with open_store(store) as connection:
        RunStore(connection).start(RUN)
        RunStore(connection).add_pairs("r1", pairs())
    assert look(store) == History()


def test_several_behaviors_at_once_and_none(store, finished):
    finished()
    other = Wanted("suites/s.behav.yaml::c", "s", "c", "refusal")
    assert set(look(store, other, WANTED).pasts) == {NAME}
    assert not read_history(store, [], model_a=None, model_b=None).pasts


def test_a_look_changes_nothing(store, finished):
    finished()
    before = store.read_bytes()
    look(store)
    assert store.read_bytes() == before


def test_a_store_in_use_or_damaged_is_an_error(store, finished, tmp_path):
    finished()
    with open_store(store), pytest.raises(StoreLockedError):
        look(store)
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"broken\.duckdb is damaged"):
        look(broken)


def test_a_variance_is_never_negative_by_rounding(store, finished):
    finished(seen=pairs([0.1] * 9, [0.1] * 9))
    found = past(store)
    assert found.variance == 0
    assert found.variance_a is not None
    assert 0 <= found.variance_a < 1e-15
    assert math.isfinite(found.absolute)
