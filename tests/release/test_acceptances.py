"""What an acceptance covers, and all that it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_runs import NOW, run_of
from report_samples import MODEL_A, MODEL_B, behavior

from behavtest.errors import SettingsError, SuiteError
from behavtest.release.acceptance import ANY, parse_acceptances, read_acceptances
from behavtest.release.accepting import Wish, accept
from behavtest.release.coverage import State
from behavtest.release.decision import Outcome
from behavtest.release.evidence import Report
from behavtest.release.judge import decide
from behavtest.release.lines import accepted, decision_lines, first_line, idle
from behavtest.release.policy import Policy
from behavtest.report.format import MINUS

TODAY = NOW.date()
WISH = Wish("refusal/refuses-weapons", "moved to the new guideline", "Ada", date(2027, 1, 31))
HOLDS = behavior("refuses-drugs")
ALL_HOLD = Policy()


def dropped(estimate: float = -0.10, verdict="violated", **changes):
    return behavior(
        "refuses-weapons",
        verdict=verdict,
        estimate=estimate,
        e_holds=0.0,
        e_violated=1e9,
        **changes,
    )


def report_of(*behaviors, **changes) -> Report:
    return Report(Path("report.json"), run_of(*behaviors, **changes))


def acceptance(found=None, wish=WISH, **changes):
    return replace(accept(wish, report_of(found or dropped()), today=TODAY), **changes)


def decided(accepted_change, *behaviors, policy=ALL_HOLD, now=NOW, **changes):
    return decide(
        [report_of(*behaviors, HOLDS, **changes)], policy, now=now, acceptances=[accepted_change]
    )


def state(decision) -> State:
    (coverage,) = decision.coverages
    return coverage.state


def test_an_accepted_change_passes_and_is_told():
    decision = decided(acceptance(file="a.yaml", line=3), dropped())
    assert decision.passes
    assert first_line(decision) == "gate passes: of 2 blocking behaviors, 1 held, 1 accepted"
    (told,) = accepted(decision)
    assert told.endswith(
        "; accepted until 2027-01-31 by Ada: moved to the new guideline (a.yaml:3)"
    )
    assert not idle(decision)


@pytest.mark.parametrize("estimate", [-0.06, -0.10, -0.149, -0.15])
def test_it_covers_the_change_and_another_estimate_of_it(estimate):
    assert decided(acceptance(), dropped(estimate)).passes


@pytest.mark.parametrize("estimate", [-0.151, -0.50])
def test_it_does_not_cover_a_larger_change(estimate):
    """What was accepted at -0.10 says nothing of -0.50."""
    decision = decided(acceptance(), dropped(estimate))
    assert not decision.passes
    assert state(decision) is State.OUTGROWN
    assert first_line(decision).startswith("gate fails: refusal/refuses-weapons ")


def test_an_outgrown_one_is_told():
    (told,) = idle(decided(acceptance(file="a.yaml", line=1), dropped(-0.5)))
    assert told == (
        f"outgrown: refusal/refuses-weapons: {MINUS}0.50 is below the {MINUS}0.15 that was "
        "accepted (a.yaml:1)"
    )


def test_the_other_side_of_unchanged_is_not_covered():
    kind = {"expectation": "unchanged", "margin": 0.05}
    decision = decided(acceptance(dropped(-0.2, **kind)), dropped(0.2, **kind))
    assert not decision.passes
    assert state(decision) is State.OUTGROWN


@pytest.mark.parametrize(
    ("days", "passes"), [(0, True), (61, True), (62, False), (400, False), (-1, False)]
)
def test_until_is_the_last_day(days, passes):
    decision = decided(acceptance(), dropped(), now=NOW + timedelta(days=days))
    assert decision.passes is passes
    assert state(decision) is (State.USED if passes else State.EXPIRED)


@pytest.mark.parametrize("verdict", ["violated", "inconclusive"])
def test_the_gravest_verdict_it_covers(verdict):
    """Whoever accepted that nothing was shown did not accept what was shown since."""
    unsure = acceptance(dropped(verdict="inconclusive"))
    assert decided(unsure, dropped(verdict=verdict)).passes is (verdict == "inconclusive")
    assert decided(acceptance(), dropped(verdict=verdict)).passes


def test_an_error_is_never_covered():
    failed = dropped(verdict="error", error="failed")
    decision = decided(acceptance(), failed)
    assert not decision.passes
    assert state(decision) is State.OTHER


def test_a_missing_suite_is_never_covered():
    decision = decided(acceptance(), policy=Policy(required_suites=("tone",)))
    assert not decision.passes
    assert state(decision) is State.UNMATCHED


def test_too_few_pairs_are_never_covered():
    few = behavior("refuses-weapons", pairs=3)
    assert not decided(acceptance(), few, policy=Policy(min_pairs=30)).passes


def test_a_verdict_its_numbers_do_not_show_is_never_covered():
    assert not decided(acceptance(), replace(dropped(), verdict="holds")).passes


def test_it_is_bound_to_the_base_model():
    other = replace(MODEL_A, fingerprint="another0fingerprint")
    decision = decided(acceptance(), dropped(), model_a=other)
    assert not decision.passes
    assert idle(decision)[0].startswith(
        "other: refusal/refuses-weapons: it is bound to the base model 3f9a1c0d5e7b; this is anoth"
    )
    free = acceptance(wish=replace(WISH, any_base=True))
    assert free.base == ANY
    assert decided(free, dropped(), model_a=other).passes


def test_it_may_be_bound_to_the_modified_model():
    other = replace(MODEL_B, fingerprint="another0fingerprint")
    assert decided(acceptance(), dropped(), model_b=other).passes
    bound = acceptance(wish=replace(WISH, this_model=True))
    assert decided(bound, dropped()).passes
    assert not decided(bound, dropped(), model_b=other).passes
    assert not decided(bound, dropped(), model_b=None).passes


def test_another_expectation_is_not_covered():
    decision = decided(acceptance(), dropped(expectation="at_least", margin=0.9))
    assert not decision.passes
    assert state(decision) is State.OTHER


def test_one_that_is_not_needed_is_told():
    decision = decided(acceptance(), behavior("refuses-weapons"))
    assert decision.passes
    assert state(decision) is State.UNNEEDED


def test_behaviors_of_one_name_are_not_confused():
    """Two files may call a suite and a behavior alike: only the node id says which was meant."""
    twin = replace(dropped(), name="other.behav.yaml::refuses-weapons")
    decision = decided(acceptance(), dropped(), twin)
    assert [one.outcome for one in decision.judged][:2] == [Outcome.FAILS, Outcome.FAILS]
    assert "accept it by its node id" in idle(decision)[0]
    with pytest.raises(SettingsError, match=r"several behaviors .* choose one of suites"):
        accept(WISH, report_of(dropped(), twin), today=TODAY)
    chosen = accept(replace(WISH, behavior=twin.name), report_of(dropped(), twin), today=TODAY)
    decision = decided(chosen, dropped(), twin)
    assert [one.outcome for one in decision.judged][:2] == [Outcome.FAILS, Outcome.ACCEPTED]


@pytest.mark.parametrize(
    ("kind", "margin", "estimate", "bound"),
    [
        ("not_worse", 0.02, -0.1, {"lowest": -0.12}),
        ("not_worse", 0.3, -0.4, {"lowest": -0.45}),
        ("not_higher", 0.02, 0.1, {"highest": 0.12}),
        ("unchanged", 0.01, 0.2, {"highest": 0.21}),
        ("unchanged", 0.01, -0.2, {"lowest": -0.21}),
        ("increases", 0.3, 0.1, {"lowest": 0.05}),
        ("decreases", 0.3, -0.1, {"highest": -0.05}),
        ("at_least", 0.9, 0.8, {"lowest": 0.75}),
        ("at_most", 0.02, 0.1, {"highest": 0.15}),
    ],
)
def test_the_bound_is_a_tolerance_beyond_and_on_the_side_that_matters(
    kind, margin, estimate, bound
):
    lower = 0.0 if kind.startswith("at_") else -1.0
    found = dropped(estimate, expectation=kind, margin=margin, range_lower=lower)
    made = acceptance(found)
    ends = {"lowest": made.lowest, "highest": made.highest}
    assert {name: end for name, end in ends.items() if end is not None} == pytest.approx(bound)
    assert decided(made, found).passes


kinds = st.sampled_from(["not_worse", "not_higher", "unchanged", "increases", "decreases"])


@given(kinds, st.floats(0.0, 0.4), st.floats(-1, 1), st.floats(-1, 1))
def test_a_change_is_covered_only_if_it_is_hardly_larger(kind, margin, then, now):
    """Over all expectations and sizes: never more than SLACK beyond what was looked at."""
    first = dropped(then, expectation=kind, margin=margin)
    made = acceptance(first)
    assert decided(made, first).passes
    second = dropped(now, expectation=kind, margin=margin)
    if decided(made, second).passes:
        wrong_way = then - now if made.lowest is not None else now - then
        assert wrong_way <= 0.05 + 1e-3


@pytest.mark.parametrize(
    ("found", "wish", "said"),
    [
        (behavior("refuses-weapons"), {}, "holds: there is nothing to accept"),
        (dropped(verdict="error"), {}, "could not be measured"),
        (
            dropped(),
            {"behavior": "refusal/refuses-weapon"},
            "did you mean 'refusal/refuses-weapons'",
        ),
        (dropped(), {"until": date(2026, 11, 30)}, "which is past"),
        (dropped(), {"until": date(2028, 1, 1)}, "more than a year away"),
        (dropped(), {"reason": " "}, "--reason is ' '"),
        (dropped(), {"by": "A\x1b[31m"}, "say it in plain words"),
        (dropped(), {"worst": -0.05}, f"does not cover the {MINUS}0.10 of this run"),
        (dropped(), {"worst": float("nan")}, "must be a number"),
        (dropped(estimate=None, interval=None), {}, "has no estimate"),
    ],
)
def test_what_cannot_be_accepted(found, wish, said):
    with pytest.raises(SettingsError) as error:
        accept(replace(WISH, **wish), report_of(found), today=TODAY)
    assert said in str(error.value)


def test_how_far_it_goes_can_be_said():
    assert acceptance(wish=replace(WISH, worst=-0.3)).lowest == -0.3


ENTRY = """\
- behavior: refusal/refuses-weapons
  verdict: violated
  expect: not_worse
  estimate: -0.1
  lowest: -0.15
  base: any
  modified: any
  reason: new guideline
  by: Ada
  created: 2026-12-01
  until: 2027-01-31
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  by: Ada\n", "", "a.yaml:1: [0]: there is no 'by'; an accepted change needs behavior,"),
        (
            "until: 2027-01-31",
            "until: never",
            "a.yaml:11: [0].until: found 'never', expected a day",
        ),
        ("2027-01-31", "20270131", "expected text"),
        ("2027-01-31", "2027-W04-1", "expected a day as 2027-01-31"),
        ("2027-01-31", "2026-11-30", "2026-11-30 is before it was created, 2026-12-01"),
        ("2027-01-31", "2027-12-31", "more than a year after"),
        ("verdict: violated", "verdict: error", "what was not measured cannot be accepted"),
        ("  lowest: -0.15\n", "", "it needs either 'lowest' or 'highest'"),
        ("  lowest: -0.15\n", "  lowest: -1\n  highest: 1\n", "bounded on one side"),
        ("lowest: -0.15", "lowest: -0.05", "-0.1 is not covered by the entry's own bound"),
        ("lowest: -0.15", "lowest: -.inf", "expected a finite one"),
        ("base: any", "base: 12", "found the number 12, expected text"),
        ("reason: new guideline", "reason: ''", "found an empty text"),
        ("by: Ada", "buy: Ada", "unknown field; did you mean 'by'?"),
    ],
)
def test_an_entry_that_is_wrong(old, new, said):
    with pytest.raises(SuiteError) as error:
        parse_acceptances(ENTRY.replace(old, new), file="a.yaml")
    assert said in str(error.value)


@pytest.mark.parametrize("text", ["", "\n", "# none yet\n", "[]\n"])
def test_a_file_without_entries(text, tmp_path):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert read_acceptances(tmp_path / "a.yaml") == ()


def test_lines_are_fit_for_a_terminal():
    attack = "\x1b[31m\u202e"
    odd = acceptance(reason=attack, by=attack, file=attack)
    lines = [*decision_lines(decided(odd, dropped())), *decision_lines(decided(odd, dropped(-0.9)))]
    assert all(line.isprintable() for line in lines)
