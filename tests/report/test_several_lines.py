"""Several modified models on a terminal: a column for each, or a table for each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import behavior, sample_run

from behavtest.experiment.result import RunResult
from behavtest.report.lines import result_lines
from behavtest.report.several_lines import several_lines


def runs(count: int) -> list[RunResult]:
    return [replace(sample_run(), run_id=f"run-{number}") for number in range(count)]


def shown(found: list[RunResult], labels: list[str]) -> list[str]:
    return [line.text for line in several_lines(found, labels)]


def test_a_row_for_each_behavior_and_a_column_for_each_model():
    violated = behavior("weapons", verdict="violated", estimate=-0.47)
    first = replace(sample_run(), behaviors=(behavior("polite"), violated))
    second = replace(sample_run(), behaviors=(behavior("weapons"),))
    lines = shown([first, second], ["bad", "good"])
    assert lines[:3] == [
        "behavior         bad        good",
        "refusal/weapons  ✕ −0.47    ✓ +0.004",  # noqa: RUF001
        "refusal/polite   ✓ +0.004",
    ]
    assert "bad: 1 of 2 behaviors violated." in lines
    assert "good: The behavior holds." in lines
    assert sum(line.startswith("alpha ") for line in lines) == 1
    assert "alpha is the error rate of each" in " ".join(lines[-2:])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("label", ["m{}", "checkpoint-of-a-long-training-{:04}"])
def test_however_many_there_are_80_columns_are_enough(count: int, label: str):
    labels = [label.format(number) for number in range(count)]
    found = runs(count)
    lines = shown(found, labels)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for name in labels:
        assert name in text or f"…{name[-8:]}" in text
    for verdict in ("✕ violated", "violated "):
        assert (verdict in text) is (verdict == "violated " or count < 5)


def test_labels_that_differ_at_the_end_stay_apart():
    labels = [f"a-very-long-name-of-a-training/step-{number}000" for number in (1, 2, 3)]
    head = shown(runs(3), labels)[0]
    assert [word[-9:] for word in head.split()[1:]] == ["step-1000", "step-2000", "step-3000"]


def test_labels_that_do_not_are_told_in_tables_of_their_own():
    lines = shown(runs(2), [f"{start}{'-the-same-end' * 3}" for start in "ab"])
    assert [line for line in lines if line.startswith("model B ")] == [
        f"model B {start}{'-the-same-end' * 3}" for start in "ab"
    ]
    table = [line.text for line in result_lines(runs(1)[0], ruled_by=False)]
    assert lines[1 : 1 + len(table)] == table


def test_a_hostile_label_acts_on_no_terminal():
    assert "\x1b" not in "".join(shown(runs(1), ["\x1b[2Jx"]))
