"""A family's verdicts, and the evidence that is enough whatever the others show."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.experiment.family import Member, Rule, decisions
from behavtest.stats import Procedure, Verdict

FAMILIES = [procedure for procedure in Procedure if not procedure.stream]
STREAMS = [procedure for procedure in Procedure if procedure.stream]
A_LITTLE = 1e-9


def member(name: str, e: float = 0.0, *, holds: float = 0.0, p=None, weight: float = 1.0) -> Member:
    """Make a behavior whose e-value for "violated" has never been greater than it is."""
    p = min(1.0, 1 / e if e else 1.0) if p is None else p
    return Member(name, SimpleNamespace(e_violated=e, e_holds=holds, p_violated=p), weight)


def others(count: int, *, e: float = 0.0, weight: float = 1.0) -> list[Member]:
    return [member(f"other{number}", e, weight=weight) for number in range(count)]


@pytest.mark.parametrize("procedure", FAMILIES)
@pytest.mark.parametrize("count", [0, 1, 6])
@pytest.mark.parametrize("weight", [1.0, 3.0, 0.25])
def test_enough_is_just_enough_where_the_others_show_nothing(procedure, count, weight):
    rule = Rule(0.05, procedure)
    rest = others(count)
    bar = rule.enough(member("x", weight=weight), [member("x", weight=weight), *rest])
    above = member("x", bar * (1 + A_LITTLE), weight=weight)
    below = member("x", bar * (1 - A_LITTLE), weight=weight)
    assert decisions([above, *rest], rule)["x"] is Verdict.VIOLATED
    assert decisions([*rest, below], rule)["x"] is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("procedure", "bar"),
    [
        (Procedure.CLOSED_E_BH, 80),
        (Procedure.E_BH, 80),
        (Procedure.BH, 80),
        (Procedure.BY, 80 * (1 + 1 / 2 + 1 / 3 + 1 / 4)),
    ],
)
def test_the_bar_of_four_behaviors_by_hand(procedure, bar):
    family = [member("x"), *others(3)]
    rule = Rule(0.05, procedure)
    assert rule.enough(family[0], family) == pytest.approx(bar)
    # Of three times the weight of each of the others, a half of all of it.
    heavy = [member("x", weight=3.0), *others(3)]
    assert rule.enough(heavy[0], heavy) == pytest.approx(bar * (6 / 3) / 4)


@given(
    procedure=st.sampled_from(FAMILIES),
    rest=st.lists(st.tuples(st.floats(0, 1e6), st.floats(0.1, 10)), max_size=6),
    weight=st.floats(0.1, 10),
    alpha=st.floats(0.01, 0.5),
)
def test_enough_is_enough_whatever_the_others_show(procedure, rest, weight, alpha):
    rule = Rule(alpha, procedure)
    family = [
        member("x", weight=weight),
        *(member(f"other{n}", e, weight=own) for n, (e, own) in enumerate(rest)),
    ]
    bar = rule.enough(family[0], family)
    family[0] = member("x", bar * (1 + A_LITTLE), weight=weight)
    assert decisions(family, rule)["x"] is Verdict.VIOLATED


@pytest.mark.parametrize("procedure", STREAMS)
def test_a_stream_decides_each_behavior_at_its_own_level(procedure):
    rule = Rule(0.05, procedure, {"a": 0.01, "b": 0.001, "c": 0.5})
    family = [member("a", 101.0), member("b", 999.0), member("c", 1.5, holds=30.0)]
    assert [rule.enough(one, family) for one in family] == pytest.approx([100, 1000, 2])
    assert decisions(family, rule) == {
        "a": Verdict.VIOLATED,
        "b": Verdict.INCONCLUSIVE,
        "c": Verdict.HOLDS,
    }


def test_a_p_value_remembers_what_an_e_value_has_lost():
    fallen = [member("x", 0.5, p=1 / 500)]
    assert decisions(fallen, Rule(0.05, Procedure.BH))["x"] is Verdict.VIOLATED
    assert decisions(fallen, Rule(0.05, Procedure.E_BH))["x"] is Verdict.INCONCLUSIVE
    assert decisions(fallen, Rule(0.05, Procedure.LOND, {"x": 0.01}))["x"] is Verdict.VIOLATED
    assert decisions(fallen, Rule(0.05, Procedure.E_LOND, {"x": 0.01}))["x"] is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("procedure", FAMILIES)
def test_one_that_failed_stays_in_the_family(procedure):
    """Else a scorer that fails where evidence is weak would help the others."""
    rule = Rule(0.05, procedure)
    alone = member("x", 99.0)  # of five, 100 is enough
    failed = [Member(f"failed{number}", None) for number in range(4)]
    assert decisions([alone], rule)["x"] is Verdict.VIOLATED
    found = decisions([alone, *failed], rule)
    assert found["x"] is Verdict.INCONCLUSIVE
    assert {found[one.name] for one in failed} == {Verdict.INCONCLUSIVE}
    bar = 100 * (1 if procedure is not Procedure.BY else sum(1 / k for k in range(1, 6)))
    assert rule.enough(alone, [alone, *failed]) == pytest.approx(bar)


def test_holding_needs_no_correction_and_gives_way_to_violated():
    family = [member("h", holds=20.0), member("n", holds=19.99), *others(20)]
    found = decisions(family, Rule(0.05))
    assert found["h"] is Verdict.HOLDS
    assert found["n"] is Verdict.INCONCLUSIVE
    both = [member("both", 20.0, holds=1e300)]
    assert decisions(both, Rule(0.05))["both"] is Verdict.VIOLATED


def test_company_helps_in_closed_e_bh():
    """Each of ten at 20 is far from enough alone (200), but all ten are not."""
    family = others(10, e=20.0)
    assert set(decisions(family, Rule(0.05)).values()) == {Verdict.VIOLATED}
    assert set(decisions(family, Rule(0.05, Procedure.E_BH)).values()) == {Verdict.VIOLATED}
    assert Rule(0.05).enough(family[0], family) == pytest.approx(200)
    alone = [member("x", 20.0), *others(9)]
    assert decisions(alone, Rule(0.05))["x"] is Verdict.INCONCLUSIVE


def test_an_empty_family():
    assert decisions([], Rule(0.05)) == {}
