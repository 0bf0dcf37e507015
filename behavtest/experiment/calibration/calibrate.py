"""Calibration: model A against itself, to see how often the rule is wrong and what it notices."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from behavtest.errors import SettingsError
from behavtest.experiment.calibration.behavior import (
    calibrated_behavior,
    measured,
    simulated_alarms,
)
from behavtest.experiment.calibration.result import Calibration, LeftOut, Share
from behavtest.experiment.calibration.rule import pairs_each
from behavtest.experiment.calibration.runs import replicate, replicate_seed, why_left_out
from behavtest.experiment.versions import library_versions
from behavtest.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.experiment.calibration.runs import Replicate
    from behavtest.experiment.progress import ProgressState
    from behavtest.experiment.session import RunSettings
    from behavtest.sampling import Backend
    from behavtest.suite.behavior import Behavior


class CalibrationProgress(Protocol):
    """Something that shows how far a calibration is."""

    def __call__(self, run: int, state: ProgressState | None, /) -> None:
        """Take note.

        Args:
            run: The run under way, from 0.
            state: How far it is; None once all runs are done and the simulation begins.
        """
        ...


class CalibratedFamily(NamedTuple):
    """What of a selection A against A says something about.

    Args:
        behaviors: Name -> behavior.
        left_out: The others, and why.
    """

    behaviors: Mapping[str, Behavior]
    left_out: tuple[LeftOut, ...]


def calibrated_family(selected: Mapping[str, Behavior], settings: RunSettings) -> CalibratedFamily:
    """Split a selection, before any model is loaded.

    Args:
        selected: Name -> behavior.
        settings: As for a comparison.

    Raises:
        SettingsError: No behavior is left, or the procedure promises nothing about one run.
    """
    if settings.procedure.stream:
        raise SettingsError(
            f"--behavtest-fdr={settings.procedure} decides over the releases in the ledger, and "
            "calibrate measures single runs; choose closed-e-bh, e-bh, bh or by for it"
        )
    reasons = {name: why_left_out(behavior) for name, behavior in selected.items()}
    behaviors = {name: selected[name] for name, reason in reasons.items() if reason is None}
    if not behaviors:
        raise SettingsError(
            "no behavior is left to calibrate: each is about one model alone, is decoded greedily "
            "or scored exactly, or expects a change, and A against A says nothing about those"
        )
    left_out = [LeftOut(name, reason) for name, reason in reasons.items() if reason is not None]
    return CalibratedFamily(behaviors, tuple(left_out))


def calibrate(
    selected: Mapping[str, Behavior],
    model: Backend,
    settings: RunSettings,
    *,
    runs: int,
    progress: CalibrationProgress,
) -> Calibration:
    """Compare a model with itself many times, and simulate from its scores.

    Each run is one of the engine's, with a seed of its own and independent noise on both sides.
    Nothing changed, so whatever is declared violated is a false alarm, and the share of runs with
    one estimates the rate that is promised to be at most alpha. (Tolerances make it smaller: at
    no change the truth lies well inside them.) Completions are kept in the store, runs are not
    recorded. Active prompt choice is left off, so that the scores are of prompts drawn evenly.

    Args:
        selected: Name -> behavior; those about which A against A says nothing are left out.
        model: Model A.
        settings: As for a comparison; a seed of None is taken as 0.
        runs: How many runs, >= 1.
        progress: Told how far it is.

    Raises:
        SettingsError: As `calibrated_family`.
        ModelError: The model cannot answer.
        StoreError: The store cannot be used.
        KeyboardInterrupt: The user stopped it; what was generated is kept.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    clock = time.monotonic()
    seed = settings.seed or 0
    settings = replace(settings, seed=seed, active=False)
    family = calibrated_family(selected, settings)
    done = _all_runs(family.behaviors, model, settings, runs=runs, progress=progress)
    progress(runs, None)
    behaviors = [measured(name, behavior, done) for name, behavior in family.behaviors.items()]
    sides = [side for one in done for side in (one.result.model_a, one.result.model_b)]
    return Calibration(
        started=started,
        seed=seed,
        alpha=settings.alpha,
        procedure=settings.procedure,
        max_pairs=settings.budget.max_pairs,
        total_pairs=settings.budget.total_pairs,
        pairs_each=pairs_each(settings, len(selected)),
        family=len(selected),
        model=model.name,
        fingerprint=model.fingerprint,
        description=model.describe(),
        runs=Share.of(sum(one.alarmed for one in done), runs),
        simulated=simulated_alarms(behaviors, settings, seed=seed),
        behaviors=tuple(
            calibrated_behavior(one, done, settings, selected=selected, seed=seed)
            for one in behaviors
        ),
        left_out=family.left_out,
        generated=sum(side.generated for side in sides if side is not None),
        reused=sum(side.reused for side in sides if side is not None),
        versions=library_versions(),
        store=str(settings.store),
        seconds=time.monotonic() - clock,
    )


def _all_runs(
    family: Mapping[str, Behavior],
    model: Backend,
    settings: RunSettings,
    *,
    runs: int,
    progress: CalibrationProgress,
) -> list[Replicate]:
    done: list[Replicate] = []

    def tell(state: ProgressState) -> None:
        progress(len(done), state)

    with open_store(settings.store) as connection:
        for number in range(runs):
            seed = replicate_seed(settings.seed or 0, number)
            one = replicate(connection, family, model, replace(settings, seed=seed), tell)
            done.append(one)
    return done
