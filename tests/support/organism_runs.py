"""Runs of the shipped chat-world suite on the example models, without pytest in between."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from behavtest.experiment import Budget, RunResult
from behavtest.experiment.engine import RunSettings, run
from behavtest.sampling import BackendOptions
from behavtest.sampling.local import LocalBackend
from behavtest.scoring import builtin_registry
from behavtest.suite import Behavior, load_suite

ROOT = Path(__file__).parent.parent.parent
ORGANISMS = ROOT / "examples" / "organisms"
SUITES = ROOT / "suites" / "chatworld"
OPTIONS = BackendOptions(device="cpu", batch_size=256)


@cache
def backend(organism: str) -> LocalBackend:
    base = None if organism == "base" else backend("base")
    return LocalBackend(str(ORGANISMS / organism), OPTIONS, base=base)


def family() -> dict[str, Behavior]:
    """Every behavior of the chat world, by ``suite/behavior``."""
    scorers = builtin_registry()
    return {
        f"{suite.name}/{behavior.id}": behavior
        for file in sorted(SUITES.glob("*.behav.yaml"))
        for suite in [load_suite(file, scorers=scorers)]
        for behavior in suite.behaviors
    }


def compare(organism: str, *, seed: int, store: Path, max_pairs: int = 1000) -> RunResult:
    """Compare the base model with another organism."""
    return run(
        family(),
        model_a=backend("base"),
        model_b=backend(organism),
        settings=RunSettings(store=store, seed=seed, budget=Budget(max_pairs=max_pairs)),
        progress=lambda state: None,
    )


def true_rates(organism: str) -> dict[str, float]:
    """Rates measured on a large sample, from the organism's card."""
    card = json.loads((ORGANISMS / organism / "card.json").read_text())
    return {name: entry["rate"] for name, entry in card["behaviors"].items()}
