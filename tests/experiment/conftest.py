"""Runs on models of known rates."""

from __future__ import annotations

from pathlib import Path

import pytest
from known_rates import KnownRates

from behavtest.experiment.budget import Budget
from behavtest.experiment.engine import RunSettings, run


@pytest.fixture
def compare(tmp_path: Path):
    """Run a family on models of known rates, each call in a fresh store unless one is given."""
    calls = iter(range(1000))

    def compare(
        family,
        rates_a,
        rates_b=None,
        *,
        store=None,
        budget=None,
        seed=0,
        progress=None,
        **settings,
    ):
        models = [
            rates if rates is None or isinstance(rates, KnownRates) else KnownRates(name, rates)
            for name, rates in (("a", rates_a), ("b", rates_b))
        ]
        return run(
            family,
            model_a=models[0],
            model_b=models[1],
            settings=RunSettings(
                store=store or tmp_path / f"{next(calls)}.duckdb",
                seed=seed,
                budget=budget or Budget(),
                **settings,
            ),
            progress=progress or (lambda state: None),
        )

    return compare
