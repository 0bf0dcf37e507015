"""The run: one comparison of two models over a family of behaviors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.experiment.session import RunSettings, Session
from behavtest.experiment.trial import Trial
from behavtest.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.experiment.progress import Progress
    from behavtest.experiment.result import RunResult
    from behavtest.sampling import Backend
    from behavtest.suite.behavior import Behavior

__all__ = ["RunSettings", "run"]


def run(
    family: Mapping[str, Behavior],
    *,
    model_a: Backend,
    model_b: Backend | None,
    settings: RunSettings,
    progress: Progress,
) -> RunResult:
    """Compare two models, or hold one to absolute expectations.

    Everything but the times in the result, and what earlier runs found, is a function of the
    models, the behaviors, the seed and the limits (a time limit apart): not of the cache, the batch
    size or the run's history.

    Args:
        family: Name -> behavior; the verdicts' error rate is over these. Expectations about a
            change need model B.
        model_a: The base model.
        model_b: The modified model; None runs absolute expectations on A.
        settings: Store, seed, error rate, limits.
        progress: Told how far the run is.

    Returns:
        The verdicts. A behavior whose prompts or scorer fail is an error in it.

    Raises:
        ModelError: A model cannot answer.
        StoreError: The store cannot be used.
        KeyboardInterrupt: The user stopped the run; what was generated is kept.
    """
    with open_store(settings.store) as connection:
        session = Session(connection, model_a, model_b, settings, progress)
        return carry_out(session, family)


def carry_out(session: Session, family: Mapping[str, Behavior]) -> RunResult:
    """Do a run in a store that is open; see `run`."""
    finished = False
    try:
        session.enter(
            [
                Trial(name, behavior, seed=session.seed, active=session.settings.active)
                for name, behavior in family.items()
            ]
        )
        session.rounds()
        result = session.finish()
        finished = True
    finally:
        if not finished:
            session.runs.interrupt(session.run_id)
    return result
