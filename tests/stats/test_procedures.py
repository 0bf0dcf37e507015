from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from behavtest.stats import (
    AnytimePValues,
    Dependence,
    PriorWeights,
    Procedure,
    StoppedEValues,
    bh,
    by,
    closed_ebh,
    declare,
    declare_at_levels,
    ebh,
)
from behavtest.stats.online import open_stream

if TYPE_CHECKING:
    from behavtest.stats.vectors import BoolArray

FAMILY = [procedure for procedure in Procedure if not procedure.stream]
STREAM = [procedure for procedure in Procedure if procedure.stream]
E_VALUES = StoppedEValues.at_stop([30, 12, 1, 0.2, 0.1])
P_VALUES = AnytimePValues.known([1.0, 1.0, 0.012, 0.02, 0.009])


def test_the_names_are_those_of_the_command_line() -> None:
    assert [str(procedure) for procedure in Procedure] == [
        "closed-e-bh", "e-bh", "bh", "by", "saffron", "addis", "lord++", "lond", "e-lond",
    ]  # fmt: skip
    assert [str(procedure) for procedure in STREAM] == [
        "saffron", "addis", "lord++", "lond", "e-lond",
    ]  # fmt: skip


def test_what_each_takes_and_promises() -> None:
    assert {p for p in Procedure if p.takes == "e-value"} == {"closed-e-bh", "e-bh", "e-lond"}
    assert {p for p in Procedure if p.guarantee.dependence is Dependence.ANY} == {
        "closed-e-bh", "e-bh", "by", "e-lond",
    }  # fmt: skip
    assert {p for p in Procedure if p.guarantee.dependence is Dependence.POSITIVE} == {"bh", "lond"}
    assert {p for p in Procedure if p.guarantee.uniformly_conservative} == {"addis"}


def decided(procedure: Procedure, weights: PriorWeights | None = None) -> BoolArray:
    return declare(procedure, stopped=E_VALUES, p_values=P_VALUES, alpha=0.1, weights=weights)


@pytest.mark.parametrize("weights", [None, PriorWeights.normalized([9, 1, 1, 5, 5])])
def test_a_family_is_decided_on_the_evidence_its_procedure_takes(
    weights: PriorWeights | None,
) -> None:
    by_hand = {
        Procedure.CLOSED_E_BH: closed_ebh(E_VALUES, 0.1, weights=weights),
        Procedure.E_BH: ebh(E_VALUES, 0.1, weights=weights),
        Procedure.BH: bh(P_VALUES, 0.1, weights=weights),
        Procedure.BY: by(P_VALUES, 0.1, weights=weights),
    }
    found = {procedure: decided(procedure, weights).tolist() for procedure in FAMILY}
    assert found == {procedure: mask.tolist() for procedure, mask in by_hand.items()}


def test_the_four_differ() -> None:
    e_values = StoppedEValues.at_stop([41, 19])
    p_values = AnytimePValues.known([0.02, 0.05])
    found = [
        declare(procedure, stopped=e_values, p_values=p_values, alpha=0.05).tolist()
        for procedure in FAMILY
    ]
    assert found == [[True, True], [True, False], [True, True], [False, False]]


@pytest.mark.parametrize("procedure", STREAM)
def test_a_level_decides_as_the_stream_does(procedure: Procedure) -> None:
    stream = open_stream(str(procedure), alpha=0.2)
    assert stream.takes_e_values == (procedure.takes == "e-value")
    rng = np.random.default_rng(92)
    decisions = []
    for number in range(300):
        p = rng.random() ** 6
        if number % 10 == 0:  # exactly at the bar
            p = stream.next_level
        e = 1 / stream.next_level if number % 10 == 0 else 1 / p
        found = declare_at_levels(
            procedure,
            stopped=StoppedEValues.at_stop([e]),
            p_values=AnytimePValues.known([p]),
            levels=[stream.next_level],
        )
        decision = stream.test(e if stream.takes_e_values else p)
        assert found.tolist() == [decision.reject]
        decisions.append(decision.reject)
    assert 30 <= sum(decisions) < 300


def test_each_behavior_has_its_own_level() -> None:
    stopped = StoppedEValues.at_stop([100, 99, 1e300, 0])
    p_values = AnytimePValues.known([0.5, 0.001, 0.0, 1.0])
    e_lond, lond = (
        declare_at_levels(
            procedure, stopped=stopped, p_values=p_values, levels=[0.01, 0.01, 0, 1]
        ).tolist()
        for procedure in (Procedure.E_LOND, Procedure.LOND)
    )
    assert e_lond == [True, False, False, False]
    assert lond == [False, True, True, True]


@pytest.mark.parametrize("procedure", STREAM)
def test_a_stream_does_not_decide_a_family(procedure: Procedure) -> None:
    with pytest.raises(ValueError, match="decides a stream, at the levels of the ledger"):
        decided(procedure)


@pytest.mark.parametrize("procedure", FAMILY)
def test_a_family_is_not_decided_at_levels(procedure: Procedure) -> None:
    with pytest.raises(ValueError, match="decides a family together"):
        declare_at_levels(procedure, stopped=E_VALUES, p_values=P_VALUES, levels=[0.1] * 5)


@pytest.mark.parametrize(
    ("levels", "message"),
    [([0.1] * 4, "4 levels for 5"), ([0.1] * 4 + [1.1], r"level 4 is 1\.1"), ([np.nan] * 5, "nan")],
)
def test_levels_are_checked(levels: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        declare_at_levels(Procedure.LOND, stopped=E_VALUES, p_values=P_VALUES, levels=levels)


@pytest.mark.parametrize("procedure", FAMILY)
def test_the_evidence_is_checked_even_where_it_is_not_used(procedure: Procedure) -> None:
    with pytest.raises(ValueError, match="5 e-values, but 1 p-values"):
        declare(procedure, stopped=E_VALUES, p_values=AnytimePValues.known([1]), alpha=0.1)
    with pytest.raises(TypeError, match="must come as StoppedEValues, not AnytimePValues"):
        declare(procedure, stopped=P_VALUES, p_values=P_VALUES, alpha=0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must come as AnytimePValues, not StoppedEValues"):
        declare(procedure, stopped=E_VALUES, p_values=E_VALUES, alpha=0.1)  # type: ignore[arg-type]


def test_no_e_value_below_one_is_declared():
    """Beside 70 certain claims, 30 without evidence are not."""
    e_values = [1e300] * 70 + [0.9] * 30
    declared = declare(
        Procedure.CLOSED_E_BH,
        stopped=StoppedEValues.at_stop(e_values),
        p_values=AnytimePValues.known([0.0] * 70 + [1.0] * 30),
        alpha=0.05,
    )
    assert declared.sum() == 70
