# ruff: noqa: RUF001 - signs as people read them are what is tested
"""The verdicts in lines of 80 columns."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from report_samples import behavior, hostile_run, large_run

from behavtest.experiment.behavior_result import Interval
from behavtest.report.lines import Line, result_lines

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult


def lines(run: RunResult) -> list[Line]:
    found = list(result_lines(run))
    for line in found:
        assert len(line.text) <= 80, line
        # Joiners that do their proper work, in an emoji say, are left alone.
        assert re.sub("[\u200c\u200d]", "", line.text).isprintable(), line
        assert "\u00a0" not in line.text
        assert line.colored <= len(line.text)
    return found


def table(sample: RunResult, *behaviors: BehaviorResult) -> list[str]:
    """Return the table's lines."""
    found = lines(replace(sample, behaviors=behaviors))
    return [line.text for line in found[: len(behaviors) + 1]]


def test_numbers_stand_under_their_names(sample: RunResult) -> None:
    assert table(
        sample,
        behavior("refuses-weapons", "violated", estimate=-0.472, interval=Interval(-0.583, -0.361, 0.9)),
        behavior("polite", estimate=0.0, interval=Interval(-0.03, 0.041, 0.9)),
        behavior("exactly", exact=True),
        behavior("valid", expectation="at_least", margin=0.9, estimate=0.972, interval=Interval(0.931, 0.994, 0.9), pairs=1234),
    ) == [
        "verdict       behavior                   change      interval      pairs",
        "violated      refusal/refuses-weapons     −0.47   [−0.58, −0.36]     180",
        "holds         refusal/polite               0.00  [−0.030, +0.041]    180",
        "holds         refusal/exactly            +0.004       exact          180",
        "holds         refusal/valid             at 0.97    [0.93, 0.99]     1234",
    ]  # fmt: skip


def test_what_could_not_be_measured_has_no_numbers(sample: RunResult) -> None:
    _, row = table(sample, behavior("sql", "error", estimate=None, interval=None))
    assert row.split() == ["error", "refusal/sql", "—"]


def test_the_gravest_come_first_each_in_its_color(sample: RunResult) -> None:
    found = lines(sample)
    rows = found[1 : len(sample.behaviors) + 1]
    verdicts = [line.text.split()[0] for line in rows]
    assert verdicts == sorted(verdicts, key=["violated", "error", "inconclusive", "holds"].index)
    for line in rows:
        assert line.verdict == line.text[: line.colored].strip()
        assert not line.bold
    assert found[0].verdict is None


def test_the_decision_stands_out(sample: RunResult) -> None:
    found = lines(sample)
    place = len(sample.behaviors) + 1
    assert found[place] == Line("")
    title = found[place + 1]
    assert title.text == "1 of 14 behaviors violated, 1 could not be measured, 3 inconclusive."
    assert (title.verdict, title.colored, title.bold) == ("violated", len(title.text), True)
    assert [line.text for line in found[place + 2 :]] == [
        "4,730 pairs (coupled), 8,196 completions generated and 4,410 reused, 12 min 34 s",
        "alpha 0.05, closed e-BH",
    ]


def test_names_are_cut_at_their_beginning(sample: RunResult) -> None:
    _, row = table(sample, behavior("b" * 60, suite="s" * 60))
    assert row.startswith(f"holds         …{'b' * 30} ")
    assert len(row) <= 80


def test_the_widest_row_there_is(sample: RunResult) -> None:
    wide = behavior(
        "b" * 60,
        "inconclusive",
        expectation="at_least",
        estimate=-0.0412,
        interval=Interval(-0.0987, -0.0123, 0.9),
        pairs=1_000_000,
    )
    _, row = table(sample, wide)
    assert len(row) == 80
    assert row.endswith(" at −0.041  [−0.099, −0.012]1000000")


def test_a_long_run_is_told_in_more_lines(sample: RunResult) -> None:
    model_b = sample.model_b
    assert model_b is not None
    run = replace(
        sample,
        behaviors=(behavior("x", pairs=1_234_567),),
        model_b=replace(model_b, generated=12_345_678, reused=87_654_321),
        pairing="independent",
        pairing_reason="the models do not share a vocabulary, so their noise cannot be matched",
        seconds=360_000.0,
    )
    assert [line.text for line in lines(run)[4:]] == [
        "1,234,567 pairs (independent), 12,347,571 completions generated and 87,658,731",
        "reused, 100 h 00 min",
        "alpha 0.05, closed e-BH",
        "independent pairs: the models do not share a vocabulary, so their noise cannot",
        "be matched",
    ]


def test_given_texts_are_counted_where_there_are_any(sample: RunResult) -> None:
    run = replace(
        sample,
        behaviors=(behavior("x", pairs=10),),
        model_a=replace(sample.model_a, texts_read=1_200, texts_reused=34),
    )
    assert "1,200 given texts read and 34 reused" in [line.text for line in lines(run)]


@pytest.mark.parametrize("procedure", ["by", "e-lond", "of-tomorrow"])
def test_the_procedure_is_named(sample: RunResult, procedure: str) -> None:
    names = {"by": "Benjamini-Yekutieli", "e-lond": "e-LOND", "of-tomorrow": "of-tomorrow"}
    assert lines(replace(sample, procedure=procedure))[-1].text == (
        f"alpha 0.05, {names[procedure]}"
    )


def test_one_model_and_no_behavior(single: RunResult) -> None:
    assert lines(single)[-1].text == "alpha 0.05, closed e-BH"
    empty = [line.text for line in lines(replace(single, behaviors=()))]
    assert empty[:3] == [
        "verdict       behavior    change      interval      pairs",
        "",
        "No behavior was tested.",
    ]


def test_hostile_texts_stay_on_their_lines() -> None:
    run = hostile_run()
    found = lines(run)
    assert [line.text[:8].strip() for line in found[1 : len(run.behaviors) + 1]] == [
        "violated"
    ] * 7 + ["error"] * 7


def test_a_thousand_behaviors() -> None:
    found = lines(large_run(1000))
    assert sum(line.text.startswith("holds  ") for line in found) == 1000
