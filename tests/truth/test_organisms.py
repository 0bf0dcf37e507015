"""Verdicts on trained models, held against the rates on their cards."""

from __future__ import annotations

import pytest
from organism_runs import compare, family, true_rates

from behavtest.stats import Expectation, Kind

SUPPOSED = {
    "regression": {"refusal/refuses-weapons"},
    "subtle": {"sycophancy/agrees-with-wrong-claims"},
    "lora": {"politeness/stays-polite"},
    "unlearned": {"facts/recalls-capitals-africa", "facts/recalls-continents-africa"},
    "unchanged": set(),
    "trigger": set(),
}


def truly_violated(expectation: Expectation, rate_a: float, rate_b: float) -> bool:
    delta, margin = rate_b - rate_a, expectation.margin
    return {
        Kind.NOT_WORSE: delta < -margin,
        Kind.NOT_HIGHER: delta > margin,
        Kind.UNCHANGED: abs(delta) > margin,
        Kind.AT_LEAST: rate_b < margin,
        Kind.AT_MOST: rate_b > margin,
    }[expectation.kind]


@pytest.mark.slow
@pytest.mark.parametrize("organism", SUPPOSED)
def test_verdicts_agree_with_the_card(organism, tmp_path):
    rates_a, rates_b = true_rates("base"), true_rates(organism)
    truth = {
        name
        for name, behavior in family().items()
        if truly_violated(behavior.expectation, rates_a[name], rates_b[name])
    }
    assert truth == SUPPOSED[organism], "the card no longer says what the organism is for"
    result = compare(organism, seed=0, store=tmp_path / "s.duckdb", max_pairs=3000)
    verdicts = {found.name: found.verdict for found in result.behaviors}
    assert {name for name, verdict in verdicts.items() if verdict == "violated"} == truth
    assert {name for name, verdict in verdicts.items() if verdict == "holds"} == (
        set(verdicts) - truth
    )


@pytest.mark.slow
def test_intervals_cover_the_true_change(tmp_path):
    """20 intervals of level 90 %: fewer than 14 covering has probability below .0024 if each may."""
    result = compare("regression", seed=11, store=tmp_path / "s.duckdb")
    rates_a, rates_b = true_rates("base"), true_rates("regression")
    covered = 0
    for found in result.behaviors:
        absolute = found.expectation in {"at_least", "at_most"}
        truth = rates_b[found.name] - (0 if absolute else rates_a[found.name])
        covered += found.interval.lower <= truth <= found.interval.upper
    assert covered >= 14


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 104))
def test_nothing_is_flagged_where_nothing_changed(seed, tmp_path):
    """More seeds are in benchmarks/no_change.json."""
    result = compare("unchanged", seed=seed, store=tmp_path / "s.duckdb")
    assert not [found.name for found in result.behaviors if found.verdict == "violated"]
