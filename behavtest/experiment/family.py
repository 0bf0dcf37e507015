"""The family's verdicts at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.stats import StoppedEValues, decide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.trial import Trial
    from behavtest.stats import Verdict


def decisions(trials: Sequence[Trial], alpha: float) -> dict[str, Verdict]:
    """Decide every behavior from its current e-values.

    A behavior that failed stays in the family with e-values of 0, which can only make the others
    harder to declare: the family is what was selected, not what went well.

    Args:
        trials: The family.
        alpha: Error rate, in (0, 1).

    Returns:
        Name -> verdict; meaningless for a failed behavior.
    """
    verdicts = decide(
        holds=StoppedEValues.at_stop(
            [0.0 if trial.error else trial.evidence.e_holds for trial in trials]
        ),
        violated=StoppedEValues.at_stop(
            [0.0 if trial.error else trial.evidence.e_violated for trial in trials]
        ),
        alpha=alpha,
    )
    return {trial.name: verdict for trial, verdict in zip(trials, verdicts, strict=True)}
