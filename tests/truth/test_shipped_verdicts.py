"""Shipped suites on trained models: the verdicts are those that the suites' cards state."""

from __future__ import annotations

from pathlib import Path

import pytest
from organism_runs import backend

from behavtest.experiment import Budget
from behavtest.experiment.engine import RunSettings, run
from behavtest.scoring import builtin_registry
from behavtest.suite import load_suite
from behavtest.suite.card import KnownVerdicts, Scope
from behavtest.suite.shipped import named_suite, suite_names


def stated() -> dict[str, dict[str, KnownVerdicts]]:
    """What the cards state: organism -> suite -> verdicts."""
    found: dict[str, dict[str, KnownVerdicts]] = {}
    for name in suite_names():
        card = named_suite(name).card()
        if card.scope is not Scope.EXAMPLE:  # that one is held against measured rates
            for organism, known in card.organisms.items():
                found.setdefault(organism, {})[name] = known
    return found


STATED = stated()


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """One for all organisms: the base model answers once."""
    return tmp_path_factory.mktemp("stated") / "s.duckdb"


@pytest.mark.slow
@pytest.mark.parametrize("organism", STATED)
def test_verdicts_are_those_the_cards_state(organism, store):
    expected = {
        f"{suite}/{name}": verdict
        for suite, known in STATED[organism].items()
        for verdict in ("violated", "holds")
        for name in getattr(known, verdict)
    }
    family = {
        f"{name}/{behavior.id}": behavior
        for name in STATED[organism]
        for file in named_suite(name).files
        for behavior in load_suite(file, scorers=builtin_registry()).behaviors
        if f"{name}/{behavior.id}" in expected
    }
    result = run(
        family,
        model_a=backend("base"),
        model_b=backend(organism),
        settings=RunSettings(store=store, budget=Budget(max_pairs=2000)),
        progress=lambda state: None,
    )
    assert {found.name: found.verdict for found in result.behaviors} == expected
