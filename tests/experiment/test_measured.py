"""What a result writes down of the evidence."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from behavtest.experiment.behavior_result import BehaviorResult, Interval
from behavtest.experiment.measured import Measured, measured
from behavtest.stats import Bounds, Evidence, Expectation, Kind, forecast
from behavtest.stats.weighted import Weights

CLAIM = Expectation(Kind.NOT_WORSE, 0.1)
RANGE = Bounds(-1, 1)


def evidence(values, **kind) -> Evidence:
    made = Evidence(CLAIM, RANGE, **kind)
    if len(values):
        made.update(values)
    return made


def test_every_number_is_the_evidences_own():
    seen = evidence(np.array([0.0, -1.0, 0.0, 0.5] * 10))
    found = measured(seen, "inconclusive", alpha=0.05, enough=60.0)
    interval = seen.interval(0.05)
    assert found["interval"] == Interval(interval.lower, interval.upper, 0.9)
    assert {name: found[name] for name in ("pairs", "estimate", "e_holds", "e_violated")} == {
        "pairs": 40,
        "estimate": -0.125,
        "e_holds": seen.e_holds,
        "e_violated": seen.e_violated,
    }
    assert found["p_violated"] == seen.p_violated
    assert found["enough"] == 60.0
    assert not found["exact"]
    assert not found["without_replacement"]
    assert not found["weighted"]


def test_they_are_fields_of_a_behaviors_result():
    fields = {field.name: field.type for field in dataclasses.fields(BehaviorResult)}
    assert {name: fields[name] for name in Measured.__annotations__} == {
        name: kind.__forward_arg__ for name, kind in Measured.__annotations__.items()
    }


def test_nothing_was_observed():
    found = measured(evidence([]), "inconclusive", alpha=0.05, enough=20.0)
    assert found["interval"] is None
    assert found["estimate"] is None
    assert found["path"] == ()
    assert (found["e_holds"], found["e_violated"], found["p_violated"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("verdict", ["holds", "violated", "inconclusive", "error"])
def test_what_is_undecided_alone_has_a_forecast(verdict):
    seen = evidence(np.tile([0.0, 0.0, 0.0, -0.25], 8))
    found = measured(seen, verdict, alpha=0.05, enough=400.0)
    assert found["verdict"] == verdict
    expected = forecast(seen, 0.05, violated_at=400.0)
    assert expected
    assert found["forecast"] == (expected if verdict == "inconclusive" else None)


def test_draws_without_replacement_and_chosen_ones_are_told():
    some = measured(evidence([0.0, 0.1], population=3), "inconclusive", alpha=0.05, enough=20.0)
    assert some["without_replacement"]
    assert not some["exact"]
    whole = measured(evidence([0.0, 0.1, 0.0], population=3), "holds", alpha=0.05, enough=20.0)
    assert whole["exact"]
    assert whole["e_holds"] == 1e300
    assert whole["interval"].lower == whole["interval"].upper == pytest.approx(0.1 / 3)
    chosen = Evidence(CLAIM, RANGE, weighted=True)
    chosen.update([0.0, 0.5], Weights(np.array([0.5, 1.5]), np.array([1.5, 1.5])))
    found = measured(chosen, "inconclusive", alpha=0.05, enough=20.0)
    assert found["weighted"]
    assert found["estimate"] == chosen.estimate


@pytest.mark.parametrize("pairs", [1, 2, 99, 100, 101, 1000])
def test_a_path_keeps_its_ends_and_at_most_100_points(pairs):
    seen = evidence(np.resize([0.0, 0.3, -0.2], pairs))
    path = measured(seen, "inconclusive", alpha=0.05, enough=20.0)["path"]
    assert len(path) == min(pairs, 100)
    assert [point.pairs for point in path] == sorted({point.pairs for point in path})
    assert (path[0].pairs, path[-1].pairs) == (1, pairs)
    assert path[-1].e_holds == pytest.approx(seen.e_holds, rel=1e-3)
    assert path[-1].e_violated == pytest.approx(seen.e_violated, rel=1e-3)


def test_a_path_ends_at_a_number_json_can_hold():
    path = measured(evidence([0.0, 0.1], population=2), "holds", alpha=0.05, enough=20.0)["path"]
    assert (path[-1].e_holds, path[-1].e_violated) == (1e300, 0.0)
