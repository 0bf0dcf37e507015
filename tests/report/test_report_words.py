# ruff: noqa: RUF001 - signs as people read them are what is tested
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from report_samples import behavior

from behavtest.experiment.behavior_result import Interval, LedgerNote
from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.chart import WIDTH, row, shared_scale, ticks
from behavtest.report.evidence import evidence_chart
from behavtest.report.headline import certainty, headline, movement
from behavtest.report.zone import allowed, excess
from behavtest.stats import Procedure

if TYPE_CHECKING:
    from behavtest.experiment.result import RunResult


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.0, "0.00"),
        (1.0, "+1.00"),
        (-0.4721, "−0.47"),
        (0.0312, "+0.031"),
        (-0.00001, "0.000"),
        (0.0996, "+0.10"),
        (None, "—"),
        (float("nan"), "—"),
    ],
)
def test_change(value: float | None, text: str) -> None:
    assert fmt.change(value) == text
    assert fmt.score(value) == text.replace("+", "")


def test_ends_of_an_interval_have_as_many_decimals() -> None:
    assert fmt.span(-0.1721, 0.0491, signed=True) == "−0.172 to +0.049"
    assert fmt.span(0.9, 1.0, signed=False) == "0.90 to 1.00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "< 0.01"),
        (0.5, "0.5"),
        (19.96, "20"),
        (432.1, "432"),
        (1000.0, "1.0 × 10³"),
        (1.83e9, "1.8 × 10⁹"),
        (9.99e99, "1.0 × 10¹⁰⁰"),
        (1e300, "> 10³⁰⁰"),
        (float("inf"), "> 10³⁰⁰"),
        (float("nan"), "—"),
    ],
)
def test_e_value(value: float, text: str) -> None:
    assert fmt.e_value(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.0166667, "0.0167"),
        (0.001, "0.001"),
        (0.000999, "1.0 × 10⁻³"),
        (2.68e-9, "2.7 × 10⁻⁹"),
        (9.99e-100, "1.0 × 10⁻⁹⁹"),
        (1e-300, "< 10⁻³⁰⁰"),
        (0.0, "< 10⁻³⁰⁰"),
    ],
)
def test_p_value(value: float, text: str) -> None:
    assert fmt.p_value(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0 %"),
        (1, 1000, "< 1 %"),
        (1, 3, "33 %"),
        (999, 1000, "> 99 %"),
        (10, 10, "100 %"),
        (0, 0, "—"),
    ],
)
def test_share(part: int, whole: int, text: str) -> None:
    assert fmt.share(part, whole).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.84, "0.8 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (754.2, "12 min 34 s"),
        (3599.7, "1 h 00 min"),
        (7500.0, "2 h 05 min"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert fmt.duration(seconds).replace("\u00a0", " ") == text


def test_moment() -> None:
    assert fmt.moment("2025-11-20T19:32:04+01:00") == "2025-11-20 18:32 UTC"
    assert fmt.moment("2025-11-20T18:32:04") == "2025-11-20 18:32 UTC"
    assert fmt.moment("yesterday") == "yesterday"


@pytest.mark.parametrize(
    ("kind", "margin", "zone", "outside"),
    [
        ("not_worse", 0.1, (-0.1, 1.0), 0.2),
        ("not_higher", 0.1, (-1.0, 0.1), -0.4),
        ("unchanged", 0.1, (-0.1, 0.1), 0.2),
        ("increases", 0.1, (0.1, 1.0), 0.4),
        ("decreases", 0.1, (-1.0, -0.1), -0.2),
        ("at_least", 0.1, (0.1, 1.0), 0.4),
        ("at_most", 0.1, (-1.0, 0.1), -0.4),
    ],
)
def test_what_is_allowed(
    kind: str, margin: float, zone: tuple[float, float], outside: float
) -> None:
    result = behavior("x", expectation=kind, margin=margin, estimate=-0.3)
    assert allowed(result) == pytest.approx(zone)
    assert excess(result) == pytest.approx(outside)


def test_an_unknown_expectation_is_still_shown(sample: RunResult) -> None:
    result = behavior("x", expectation="from-a-plugin")
    assert allowed(result) is None
    assert excess(result) is None
    assert row(result, scale=shared_scale([result])).zone is None
    assert headline(replace(sample, behaviors=(result,))).title == "The behavior holds"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"estimate": -0.47}, "dropped by 0.47"),
        ({"estimate": 0.2}, "rose by 0.20"),
        ({"estimate": 0.0}, "showed no change"),
        ({"estimate": None}, "has no estimate"),
        (
            {"estimate": 0.05, "expectation": "increases", "margin": 0.3},
            "rose by 0.050 where a rise of 0.30 or more is intended",
        ),
        (
            {"estimate": 0.0, "expectation": "decreases", "margin": 0.3},
            "showed no change where a drop of 0.30 or more is intended",
        ),
        (
            {"estimate": 0.6, "expectation": "at_least", "margin": 0.9},
            "averages 0.60 where at least 0.90 is expected",
        ),
        (
            {"estimate": 0.6, "expectation": "at_most", "margin": 0.5},
            "averages 0.60 where at most 0.50 is expected",
        ),
    ],
)
def test_movement(changes: dict[str, object], text: str) -> None:
    assert movement(behavior("x", **changes)) == text


def test_certainty() -> None:
    assert certainty(behavior("x", exact=True)) == "exact: every prompt was seen"
    assert certainty(behavior("x", interval=None)) == ""


@pytest.mark.parametrize(
    ("verdicts", "title"),
    [
        (["violated", "error", "holds"], "1 of 3 behaviors violated, 1 could not be measured"),
        (
            ["error", "inconclusive", "holds"],
            "1 of 3 behaviors could not be measured, 1 inconclusive",
        ),
        (["inconclusive", "inconclusive", "holds"], "2 of 3 behaviors inconclusive"),
        (["violated", "violated"], "All 2 behaviors violated"),
        (["inconclusive"], "The behavior is inconclusive"),
        (["holds"], "The behavior holds"),
        (["holds", "holds"], "Every behavior holds"),
        ([], "No behavior was tested"),
    ],
)
def test_title(sample: RunResult, verdicts: list[str], title: str) -> None:
    behaviors = tuple(behavior(f"b{i}", verdict) for i, verdict in enumerate(verdicts))  # type: ignore[arg-type]
    assert headline(replace(sample, behaviors=behaviors)).title.replace("\u00a0", " ") == title


def test_reasons_are_few_and_short(sample: RunResult) -> None:
    behaviors = tuple(behavior(f"b{i}", "error", error="x" * 1_000 + "\nmore") for i in range(5))
    found = headline(replace(sample, behaviors=behaviors))
    assert len(found.reasons) == 3
    assert found.more == 2
    assert found.reasons[0].sentence == "x" * 200 + "…"


_FAMILY = "the expected share of false alarms among the behaviors declared violated is at most 5 %"
_STREAM = (
    "over the stream of one behavior's tests in all releases recorded in the ledger, "
    "the expected share of false alarms among those raised is at most 5 %"
)


@pytest.mark.parametrize(
    ("procedure", "name", "promise", "condition"),
    [
        ("closed-e-bh", "closed e-BH", _FAMILY, "under any dependence between behaviors"),
        ("e-bh", "e-BH", _FAMILY, "under any dependence between behaviors"),
        ("bh", "Benjamini-Hochberg", _FAMILY, "if the behaviors are independent or positively dependent and no budget limits the run"),
        ("by", "Benjamini-Yekutieli", _FAMILY, "under any dependence between behaviors"),
        ("saffron", "SAFFRON", _STREAM, "if the tests are independent"),
        ("addis", "ADDIS", _STREAM, "if the tests are independent and their p-values uniformly conservative, which those of evidence that grows in jumps need not be"),
        ("lord++", "LORD++", _STREAM, "if the tests are independent"),
        ("lond", "LOND", _STREAM, "if the tests are independent or positively dependent"),
        ("e-lond", "e-LOND", _STREAM, "under any dependence between tests"),
    ],
)  # fmt: skip
def test_every_procedure_says_what_it_promises(
    sample: RunResult, procedure: str, name: str, promise: str, condition: str
) -> None:
    assert words.procedure(procedure) == name
    text = words.violated_guarantee(replace(sample, procedure=procedure))
    family = " Nothing is promised about the behaviors of this run as a family."
    tail = family if promise is _STREAM else ""
    assert text.replace("\u00a0", " ") == f"By {name}, {promise}, {condition}.{tail}"


def test_no_procedure_is_left_without_words() -> None:
    assert all(words.procedure(name) != name for name in Procedure)


def test_unknown_procedures_and_the_pairing_are_named(sample: RunResult) -> None:
    assert words.procedure("mine") == "mine"
    assert (
        words.violated_guarantee(replace(sample, procedure="mine"))
        == "Violated verdicts are declared by mine at level 5\u00a0%."
    )
    assert words.pairing(
        replace(sample, pairing="independent", pairing_reason="no shared vocabulary")
    ) == ("independent: each model drew its own random numbers (no shared vocabulary)")


def test_changes_share_one_scale(sample: RunResult) -> None:
    scale = shared_scale(sample.behaviors)
    assert (scale.lower, scale.upper) == pytest.approx((-0.6, 0.2))
    marks = {b.behavior: row(b, scale=scale) for b in sample.behaviors}
    assert marks["refuses-weapons"].ticks == marks["brevity"].ticks == ticks(scale)
    assert [tick.label for tick in ticks(scale)] == ["−0.6", "−0.4", "−0.2", "0", "+0.2"]
    assert [tick.label for tick in marks["valid-json"].ticks] == ["0", "+0.5", "+1"]
    for mark in marks.values():
        places = [*(mark.zone or ()), *(mark.interval or ()), *mark.bounds]
        assert all(0 < x < WIDTH for x in places)


def test_a_scale_holds_the_widest_interval() -> None:
    wide = behavior("x", interval=Interval(-2.0, 2.0, 0.9), range_lower=-2.0, range_upper=2.0)
    scale = shared_scale([wide])
    assert (scale.lower, scale.upper) == (-2.0, 2.0)


def test_evidence_chart(sample: RunResult) -> None:
    assert evidence_chart(behavior("x", path=()), alpha=0.05) is None
    for result in sample.behaviors:
        chart = evidence_chart(result, alpha=sample.alpha)
        if chart is not None:
            assert len(chart.holds.split()) <= 60
            assert all(
                0 <= float(n) <= 300 for point in chart.holds.split() for n in point.split(",")
            )


def test_an_inconclusive_reason_says_what_it_would_take(sample: RunResult) -> None:
    result = behavior("x", "inconclusive", estimate=-0.06, interval=None, forecast=1_240)
    (reason,) = headline(replace(sample, behaviors=(result,))).reasons
    assert (
        reason.sentence.replace("\u00a0", " ")
        == "dropped by 0.060; 1,240 more pairs would likely decide"
    )


def test_one_expectation_is_spoken_of_alone(sample: RunResult) -> None:
    text = words.holds_guarantee(replace(sample, behaviors=(behavior("x"),)))
    assert text.startswith("Were the expectation false, it would be found to hold")


@pytest.mark.parametrize(
    ("procedure", "text"),
    [
        ("closed-e-bh", "an e-value of 280"),
        ("e-lond", "an e-value of 280"),
        ("by", "a p-value of 0.00357; it is 0.0125"),
        ("lond", "a p-value of 0.00357; it is 0.0125"),
    ],
)
def test_what_would_have_been_enough(sample: RunResult, procedure: str, text: str) -> None:
    result = behavior("x", enough=280.0, e_violated=30.0, p_violated=0.0125)
    assert words.bar(result, replace(sample, procedure=procedure)) == text


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (
            LedgerNote("e-lond", 1, 0.0026758385, alarm=False),
            "test 1 of its releases by e-LOND: an alarm takes an e-value of 374; not raised",
        ),
        (
            LedgerNote("lond", 12, 0.0005, alarm=True),
            "test 12 of its releases by LOND: an alarm takes a p-value of 5.0 × 10⁻⁴; raised",
        ),
    ],
)
def test_what_the_ledger_makes_of_a_release(note: LedgerNote, text: str) -> None:
    assert words.ledger(note).replace("\u00a0", " ") == text
