"""The engine's rule, as a simulation applies it to many runs at once."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from behavtest.experiment.calibration.power import StopRule
from behavtest.experiment.family import Member, Rule
from behavtest.experiment.rounds import looks
from behavtest.stats import AnytimePValues, PriorWeights, StoppedEValues, declare, e_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from behavtest.experiment.session import RunSettings
    from behavtest.stats import Procedure
    from behavtest.stats.arrays import FloatArray
    from behavtest.stats.vectors import BoolArray
    from behavtest.suite.behavior import Behavior


def pairs_each(settings: RunSettings, family: int) -> int:
    """Return how many pairs a behavior can count on: of a limit on all pairs, an even part.

    A limit on time is not taken into account: what it allows depends on the machine.
    """
    budget = settings.budget
    if budget.total_pairs is None:
        return budget.max_pairs
    return min(budget.max_pairs, max(1, budget.total_pairs // family))


def family_rule(settings: RunSettings, behaviors: Sequence[Behavior]) -> StopRule:
    """Return the rule of a run of a whole family.

    Args:
        settings: The run's.
        behaviors: The family.
    """
    return StopRule(
        looks(pairs_each(settings, len(behaviors))),
        holds=-math.log(settings.alpha),
        declare=partial(
            _declared,
            settings.procedure,
            alpha=settings.alpha,
            weights=PriorWeights.normalized([behavior.weight for behavior in behaviors]),
        ),
        every_pair=settings.procedure.takes == "p-value",
    )


def lone_rule(settings: RunSettings, name: str, selected: Mapping[str, Behavior]) -> StopRule:
    """Return the rule for one behavior that changed while no other of its family did.

    The others' e-values are taken to be 0, which makes it hardest: with closed e-BH it then needs
    family / alpha. Where p-values decide, its evidence is followed only where the engine looks;
    what it would have shown between two looks is lost. Both can only lower the power.

    Args:
        settings: The run's.
        name: The behavior.
        selected: Name -> behavior: its family.
    """
    family = {other: Member(other, None, behavior.weight) for other, behavior in selected.items()}
    rule = Rule(settings.alpha, settings.procedure)
    needed = math.log(rule.enough(family[name], list(family.values())))
    at_stop = settings.procedure.takes == "e-value"

    def declared(log_e: FloatArray, log_sup: FloatArray) -> BoolArray:
        return (log_e if at_stop else log_sup) >= needed

    return StopRule(
        looks(pairs_each(settings, len(family))), holds=-math.log(settings.alpha), declare=declared
    )


def _declared(
    procedure: Procedure,
    log_e: FloatArray,
    log_sup: FloatArray,
    *,
    alpha: float,
    weights: PriorWeights,
) -> BoolArray:
    """Decide every run's family.

    Only where some e-value has ever reached 1 / alpha can anything be declared, by any procedure
    for families: the (weighted) mean e-value of a closed e-BH set is at least that (S = R), and
    the least p-value of a BH or BY set at most alpha.
    """
    violated = np.zeros(log_e.shape, dtype=np.bool_)
    for run in np.flatnonzero((log_sup >= -math.log(alpha) - 1e-9).any(axis=1)):
        violated[run] = declare(
            procedure,
            stopped=StoppedEValues.at_stop([e_value(value) for value in log_e[run]]),
            p_values=AnytimePValues.of_running_maxima([e_value(value) for value in log_sup[run]]),
            alpha=alpha,
            weights=weights,
        )
    return violated
