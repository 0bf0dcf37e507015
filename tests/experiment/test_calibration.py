"""Model A against itself, by the engine: what is counted, what is kept, what is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import msgspec
import pytest
from known_rates import KnownRates, Words, Yes, behavior

from behavtest.errors import ModelError, ScoreError, SettingsError
from behavtest.experiment.budget import Budget
from behavtest.experiment.calibration import behavior as one_behavior
from behavtest.experiment.calibration import curves
from behavtest.experiment.calibration.calibrate import calibrate, calibrated_family
from behavtest.experiment.calibration.result import Calibration
from behavtest.experiment.calibration.runs import replicate_seed
from behavtest.experiment.engine import RunSettings, run
from behavtest.experiment.pairing import choose_pairing
from behavtest.stats import Kind, Procedure

RATES = {"often": 0.9, "seldom": 0.1}


@pytest.fixture(autouse=True)
def _few_simulations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate little: how well is another file's matter."""
    monkeypatch.setattr(one_behavior, "SIMULATED_RUNS", 200)
    monkeypatch.setattr(one_behavior, "SIMULATED_RUNS_EVERY_PAIR", 20)
    monkeypatch.setattr(curves, "SEARCH_RUNS", 50)
    monkeypatch.setattr(curves, "CURVE_RUNS", 20)


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    return RunSettings(store=tmp_path / "store.duckdb", budget=Budget(60))


def quiet(run: int, state: object) -> None:
    """Show nothing."""


def family() -> dict:
    return {
        "often": behavior(["often"], (Kind.NOT_WORSE, 0.2)),
        "seldom": behavior(["seldom"], (Kind.UNCHANGED, 0.2)),
    }


def untimed(found: Calibration) -> Calibration:
    return replace(found, seconds=0.0, started="", generated=0, reused=0)


def counts(store: Path) -> dict[str, int]:
    with duckdb.connect(str(store), read_only=True) as connection:
        tables = ("runs", "pairs", "verdicts", "ledger", "completions")
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            for table in tables
        }


class Fading(KnownRates):
    """Answers well when asked first in a round, and badly when asked again: not one model."""

    def generate(self, requests, settings, *, references=None):
        self.calls = getattr(self, "calls", 0) + 1
        self.rates = dict.fromkeys(self.rates, self.calls % 2 * 1.0)
        return super().generate(requests, settings, references=references)


class Failing:
    name = "failing"

    def __call__(self, completion) -> float:
        raise ScoreError("no score today")


def test_only_completions_reach_the_store_and_a_second_time_none_is_made(settings) -> None:
    model = KnownRates("a", RATES)
    first = calibrate(family(), model, settings, runs=3, progress=quiet)
    assert first.generated == len(model.answered) > 0
    assert first.reused == 0
    kept = counts(settings.store)
    assert kept.pop("completions") == first.generated
    assert set(kept.values()) == {0}
    second = calibrate(family(), model, settings, runs=3, progress=quiet)
    assert second.generated == 0
    assert second.reused == first.generated
    assert untimed(second) == untimed(first)


def test_every_pair_has_independent_noise_and_every_run_its_own(settings) -> None:
    model = KnownRates("a", {"often": 0.5})
    calibrate(
        {"b": behavior(["often"], (Kind.NOT_WORSE, 0.0))}, model, settings, runs=3, progress=quiet
    )
    seeds = [request.seed for request in model.answered]
    assert len(seeds) == len(set(seeds)) == 3 * 2 * 60
    assert all(reference is None for reference in model.references)


def test_what_the_first_run_generated_serves_a_comparison(settings) -> None:
    model = KnownRates("a", RATES)
    calibrate(family(), model, settings, runs=1, progress=quiet)
    model.answered.clear()
    run(
        family(),
        model_a=model,
        model_b=KnownRates("b", RATES),
        settings=replace(settings, budget=Budget(32)),
        progress=lambda state: None,
    )
    assert model.answered == []


def test_runs_are_counted_by_verdict(settings) -> None:
    found = calibrate(family(), KnownRates("a", RATES), settings, runs=4, progress=quiet)
    assert found.runs.total == 4
    assert found.runs.count == 0
    for one in found.behaviors:
        assert one.false_alarms + one.holds + one.inconclusive == 4
        assert 32 <= one.median_pairs <= 60
        assert one.error is None
        assert one.variance == pytest.approx(0.18, abs=0.08)
        assert one.power is not None
    assert [one.mean for one in found.behaviors] == pytest.approx([0.9, 0.1], abs=0.06)
    assert found.simulated is not None
    assert found.simulated.total == 200


def test_a_model_that_is_not_the_same_twice_is_found_out(settings) -> None:
    found = calibrate(
        {"b": behavior(["often"], (Kind.NOT_WORSE, 0.1))},
        Fading("a", RATES),
        settings,
        runs=3,
        progress=quiet,
    )
    assert found.runs.count == 3
    assert found.runs.lower > found.alpha
    assert found.behaviors[0].false_alarms == 3


def test_what_compares_nothing_is_left_out(settings) -> None:
    selected = {
        "kept": behavior(["often"]),
        "floor": behavior(["often"], (Kind.AT_LEAST, 0.5)),
        "greedy": behavior(["often"], temperature=0.0),
        "wanted": behavior(["often"], (Kind.DECREASES, 0.1)),
        "no rise": behavior(["often"], (Kind.DECREASES, 0.0)),
    }
    split = calibrated_family(selected, settings)
    assert set(split.behaviors) == {"kept", "no rise"}
    assert {one.name: one.reason for one in split.left_out} == {
        "floor": "absolute",
        "greedy": "greedy",
        "wanted": "intended",
    }
    found = calibrate(selected, KnownRates("a", RATES), settings, runs=1, progress=quiet)
    assert [one.name for one in found.behaviors] == ["kept", "no rise"]
    assert found.left_out == split.left_out
    assert found.family == 5


def test_nothing_left_is_an_error(settings) -> None:
    with pytest.raises(SettingsError, match="no behavior is left to calibrate"):
        calibrated_family({"floor": behavior(["often"], (Kind.AT_LEAST, 0.5))}, settings)


def test_a_procedure_over_releases_promises_nothing_about_one_run(settings) -> None:
    with pytest.raises(SettingsError, match="--behavtest-fdr=saffron decides over the releases"):
        calibrated_family(family(), replace(settings, procedure=Procedure.SAFFRON))


@pytest.mark.parametrize("procedure", ["e-bh", "bh", "by"])
def test_every_procedure_for_families_can_be_calibrated(settings, procedure: str) -> None:
    given = replace(settings, procedure=Procedure(procedure))
    found = calibrate(family(), KnownRates("a", RATES), given, runs=1, progress=quiet)
    assert found.procedure == procedure
    assert found.simulated is not None
    assert found.simulated.total == (200 if procedure == "e-bh" else 20)


def test_a_limit_on_all_pairs_is_kept_to_and_shared_out(settings) -> None:
    given = replace(settings, budget=Budget(60, total_pairs=80))
    found = calibrate(family(), KnownRates("a", RATES), given, runs=2, progress=quiet)
    assert sum(one.observations for one in found.behaviors) <= 2 * 80
    assert found.total_pairs == 80
    assert found.pairs_each == 40


def test_a_large_family_is_simulated_less_often(settings, monkeypatch) -> None:
    monkeypatch.setattr(one_behavior, "LARGE_FAMILY", 1)
    found = calibrate(family(), KnownRates("a", RATES), settings, runs=1, progress=quiet)
    assert found.simulated is not None
    assert found.simulated.total == 100


def test_a_failing_scorer_is_an_error_and_the_others_are_measured(settings) -> None:
    selected = {"bad": behavior(["often"], scorer=Failing()), **family()}
    found = calibrate(selected, KnownRates("a", RATES), settings, runs=2, progress=quiet)
    bad, *others = found.behaviors
    assert bad.error == "no score today"
    assert bad.power is None
    assert bad.mean is None
    assert bad.false_alarms + bad.holds + bad.inconclusive == 0
    assert all(one.power is not None for one in others)


def test_a_contrast_is_calibrated_on_its_own_range(settings) -> None:
    words = Words(["often"], ["seldom"])
    found = calibrate(
        {"b": behavior(words, (Kind.NOT_WORSE, 0.3), scorer=Yes())},
        KnownRates("a", RATES),
        settings,
        runs=1,
        progress=quiet,
    )
    power = found.behaviors[0].power
    assert power is not None
    assert power.reach == pytest.approx(-1.8, abs=0.15)


def test_stopped_half_way_it_goes_on_from_there(settings) -> None:
    model = KnownRates("a", RATES)

    def stop(run: int, state: object) -> None:
        if run == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(family(), model, settings, runs=2, progress=stop)
    kept = counts(settings.store)["completions"]
    assert kept == len(model.answered) > 0
    found = calibrate(family(), model, settings, runs=2, progress=quiet)
    assert found.reused == kept
    assert len(model.answered) == kept + found.generated


def test_progress_tells_the_run_and_then_the_simulation(settings) -> None:
    seen = []
    calibrate(
        family(),
        KnownRates("a", RATES),
        settings,
        runs=2,
        progress=lambda run, state: seen.append((run, state is None)),
    )
    assert list(dict.fromkeys(seen)) == [(0, False), (1, False), (2, True)]


def test_a_model_that_cannot_answer_is_an_error(settings) -> None:
    class Broken(KnownRates):
        def generate(self, requests, settings, *, references=None):
            raise ModelError("out of order")

    with pytest.raises(ModelError, match="out of order"):
        calibrate(family(), Broken("a", RATES), settings, runs=1, progress=quiet)


def test_seeds_of_runs_are_distinct_and_the_first_is_the_seed() -> None:
    seeds = [replicate_seed(seed, number) for seed in (0, 1) for number in range(50)]
    assert len(set(seeds)) == 100
    assert seeds[0] == 0
    assert seeds[50] == 1
    assert all(-(2**63) <= seed < 2**63 for seed in seeds)


def test_no_seed_and_active_choice_are_taken_as_the_plain_ones(settings) -> None:
    model = KnownRates("a", RATES)
    plain = calibrate(family(), model, settings, runs=1, progress=quiet)
    other = replace(settings, seed=None, active=True)
    assert untimed(calibrate(family(), model, other, runs=1, progress=quiet)) == untimed(plain)


def test_the_result_survives_json(settings) -> None:
    found = calibrate(family(), KnownRates("a", RATES), settings, runs=1, progress=quiet)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Calibration) == found


def test_independent_noise_can_be_asked_for() -> None:
    a, b = KnownRates("a", RATES), KnownRates("b", RATES)
    assert choose_pairing(a, b).name == "coupled"
    assert choose_pairing(a, b, independent=True).name == "independent"
    assert choose_pairing(a, a, independent=True).name == "independent"
    assert choose_pairing(a, None, independent=True).name == "single"
