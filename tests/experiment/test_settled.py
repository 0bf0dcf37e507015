"""A behavior stops as violated only once nothing to come can take that back."""

from __future__ import annotations

import math
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from known_rates import behavior

from behavtest.experiment.budget import Budget
from behavtest.experiment.family import Member, Rule, decisions, settled
from behavtest.stats import Kind, Procedure, Verdict

FAMILY = [Procedure.CLOSED_E_BH, Procedure.E_BH, Procedure.BH, Procedure.BY]


def member(name: str, e_violated: float, e_holds: float = 0.0) -> Member:
    p_violated = min(1.0, 1 / e_violated) if e_violated else 1.0
    evidence = SimpleNamespace(e_holds=e_holds, e_violated=e_violated, p_violated=p_violated)
    return Member(name, evidence)


def test_what_only_others_passing_evidence_carries_is_not_settled():
    """[30, 12] are declared together at .05; alone, neither of the two may be."""
    rule = Rule(0.05)
    family = [member("a", 30), member("b", 12)]
    assert set(decisions(family, rule).values()) == {Verdict.VIOLATED}
    assert settled(family, rule, stopped={}) == dict.fromkeys("ab", Verdict.VIOLATED)
    # The third one's evidence helps them now, and may fall.
    family = [member("a", 45), member("b", 8), member("c", 7)]
    assert decisions(family, rule)["a"] is Verdict.VIOLATED
    assert settled(family, rule, stopped={}) == {}
    # Frozen, it helps for good.
    assert "a" in settled(family, rule, stopped={"c": Verdict.HOLDS, "b": Verdict.HOLDS})


@given(
    st.lists(st.floats(0, 8).map(math.exp), min_size=1, max_size=7),
    st.data(),
    st.sampled_from(FAMILY),
    st.sampled_from([0.05, 0.2]),
)
def test_what_is_settled_stays_declared_whatever_the_others_come_to_show(
    e_values, data, procedure, alpha
):
    rule = Rule(alpha, procedure)
    family = [member(str(place), e) for place, e in enumerate(e_values)]
    done = settled(family, rule, stopped={})
    declared = {n for n, v in decisions(family, rule).items() if v is Verdict.VIOLATED}
    assert {n for n, v in done.items() if v is Verdict.VIOLATED} <= declared
    later = [
        one
        if one.name in done
        else member(one.name, data.draw(st.sampled_from([0.0, 0.5, 3.0, 50.0, 1e6])))
        for one in family
    ]
    verdicts = decisions(later, rule)
    assert all(verdicts[name] is Verdict.VIOLATED for name in done)


def test_no_behavior_is_left_behind_by_a_set_that_shrank(compare):
    """Without a budget each ends decided, or at max_pairs: nothing stops for less."""
    words = [f"w{number}" for number in range(10)]
    family = {
        name: behavior([*words, name], (Kind.NOT_WORSE, 0.1)) for name in ("xa", "xb", "xc", "xd")
    }
    rates = dict.fromkeys([*words, *family], 0.6)
    for seed in range(6):
        worse = {word: 0.6 - 0.05 * place for place, word in enumerate(rates)}
        result = compare(family, rates, worse, seed=seed, budget=Budget(max_pairs=600))
        for found in result.behaviors:
            assert found.verdict != "inconclusive" or found.pairs == 600
            assert found.stop == ("max_pairs" if found.verdict == "inconclusive" else found.verdict)


def test_a_behavior_nothing_was_seen_of_is_not_violated(compare):
    """Beside many certain violations the slack of the FDR would carry it."""
    certain = {
        f"c{n}": behavior([f"c{n}"], (Kind.NOT_WORSE, 0.1), temperature=0) for n in range(40)
    }
    family = {**certain, "x": behavior(["wa"]), "y": behavior(["wb"])}
    rates = dict.fromkeys(family, 0.9) | {"wa": 0.5, "wb": 0.5}
    worse = dict.fromkeys(family, 0.1) | {"wa": 0.5, "wb": 0.5}
    result = compare(family, rates, worse, budget=Budget(total_pairs=40))
    found = {one.name: one for one in result.behaviors}
    assert sum(one.verdict == "violated" for one in result.behaviors) == 40
    assert (found["x"].pairs, found["y"].pairs) == (0, 0)
    assert {found["x"].verdict, found["y"].verdict} == {"inconclusive"}
