"""The variance of D under coupled sampling, over that under independent sampling."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from engine_arms.chatworld import MODIFIED, NO_CHANGE, organism
from numpy.typing import NDArray
from organism_runs import family

from behavtest.experiment.observe import observe, plan
from behavtest.experiment.session import RunSettings, Session
from behavtest.experiment.trial import Trial
from behavtest.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.sampling.local import LocalBackend
    from behavtest.suite import Behavior

MOST_NO_CHANGE = 0.2
MOST_SPARSE = 0.5
RESAMPLES = 2000
SEED = 0

FloatArray = NDArray[np.float64]


class Differences(NamedTuple):
    """D of every behavior, shapes (behaviors, draws); the draws are the same in both."""

    coupled: FloatArray
    independent: FloatArray


def measure(*, draws: int) -> dict[str, object]:
    """Measure every pair.

    Args:
        draws: Pairs of every behavior.
    """
    base = organism("base")
    behaviors = {
        name: behavior
        for name, behavior in family().items()
        if not behavior.expectation.absolute  # the others have no D
    }
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "completions.duckdb"
        found = {
            name: differences(base, name, behaviors, draws=draws, store=store) for name in MODIFIED
        }
    return {
        "aims": {"no_change": MOST_NO_CHANGE, "sparse": MOST_SPARSE},
        "draws": draws,
        "resamples": RESAMPLES,
        "rows": [
            {
                "modified": name,
                "change": "none" if name == NO_CHANGE else "sparse",
                **summary(list(behaviors), values),
            }
            for name, values in found.items()
        ],
    }


def differences(
    base: LocalBackend, name: str, behaviors: Mapping[str, Behavior], *, draws: int, store: Path
) -> Differences:
    """Draw the same pairs twice: with B's noise equal to A's, and with noise of its own."""
    modified = organism(name, base=base)
    found = Differences(
        *(
            values(
                base,
                modified,
                behaviors,
                draws=draws,
                settings=RunSettings(store, seed=SEED, independent=independent),
            )
            for independent in (False, True)
        )
    )
    modified.release()
    return found


def unwatched(_state: object) -> None:
    """Show no progress."""


def values(
    base: LocalBackend,
    modified: LocalBackend,
    behaviors: Mapping[str, Behavior],
    *,
    draws: int,
    settings: RunSettings,
) -> FloatArray:
    """Return D of every behavior's first draws, shape (behaviors, draws), as a run has them."""
    with open_store(settings.store) as connection:
        models = Session(connection, base, modified, settings, unwatched).models
        batches = [
            plan(Trial(name, behavior, seed=SEED), draws, models)
            for name, behavior in behaviors.items()
        ]
        return np.array([[seen.value for seen in row] for row in observe(batches, models)])


def summary(names: list[str], found: Differences) -> dict[str, object]:
    """Return the ratio of variances: pooled with its 95 % interval, and by behavior.

    The interval is a bootstrap over draws. Behaviors that share prompts share completions, so one
    resample of the draws serves all of them.
    """
    rng = np.random.default_rng(SEED)
    draws = found.coupled.shape[1]
    places = rng.integers(0, draws, size=(RESAMPLES, draws))
    coupled, independent = (resampled(part, places) for part in found)
    low, high = interval(coupled.sum(axis=1) / independent.sum(axis=1))
    over, under = (part.var(axis=1, ddof=1) for part in found)
    return {
        "pooled": {
            "ratio": float(over.sum() / under.sum()),
            "low": low,
            "high": high,
            "coupled": float(over.sum()),
            "independent": float(under.sum()),
        },
        "behaviors": {
            name: behavior_row(over[place], under[place], coupled[:, place], independent[:, place])
            for place, name in enumerate(names)
        },
    }


def behavior_row(
    coupled: float, independent: float, over: FloatArray, under: FloatArray
) -> dict[str, float | None]:
    """Return one behavior's variances and their ratio, None where D does not vary at all.

    Args:
        coupled: Variance under coupled sampling.
        independent: Under independent sampling.
        over: The first, resampled, shape (resamples,).
        under: The second.
    """
    defined = under > 0
    if not independent or not defined.any():
        return {"coupled": float(coupled), "independent": 0.0, "ratio": None}
    low, high = interval(over[defined] / under[defined])
    return {
        "coupled": float(coupled),
        "independent": float(independent),
        "ratio": float(coupled / independent),
        "low": low,
        "high": high,
    }


def resampled(values: FloatArray, places: NDArray[np.int64]) -> FloatArray:
    """Return the variance of every behavior in every resample, shape (resamples, behaviors)."""
    return np.array([values[:, chosen].var(axis=1, ddof=1) for chosen in places])


def interval(values: FloatArray) -> tuple[float, float]:
    """Return the middle 95 %."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
