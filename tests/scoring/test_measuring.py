"""Precision, recall and the rest, from scores and labels."""

from __future__ import annotations

import pytest
from scored_texts import completion_of

from behavtest.core import Completion, Source
from behavtest.errors import ScoreError
from behavtest.scoring.measuring import Labelled, measure


class _Reads:
    """Scores a completion that is a number with that number, and fails on others."""

    name = "reads"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def score_many(self, completions: list[Completion]) -> list[float | ScoreError]:
        self.calls.append(len(completions))
        return [
            float(one.text) if one.text[:1].isdigit() else ScoreError(f"{one.text} is no number")
            for one in completions
        ]

    def __call__(self, completion: Completion) -> float:
        raise AssertionError("a batch scorer is asked in one call")


def _labelled(scorer: object, rows: list[tuple[str, int]]) -> list[Labelled]:
    return [
        Labelled(completion_of(text), scorer, bool(label), Source("set.jsonl", line))  # type: ignore[arg-type]
        for line, (text, label) in enumerate(rows, start=1)
    ]


def test_counts() -> None:
    scorer = _Reads()
    rows = [
        ("1", 1),
        ("0.5", 1),
        ("0.49", 1),
        ("0.9", 0),
        ("0", 0),
        ("0.1", 0),
        ("0.2", 0),
        ("x", 1),
    ]
    found = measure(_labelled(scorer, rows))
    assert scorer.calls == [len(rows)]
    assert found.completions == 7
    shares = (found.precision, found.recall, found.specificity, found.accuracy)
    assert [(one.count, one.total) for one in shares if one] == [(2, 3), (2, 3), (3, 4), (5, 7)]
    assert [(one.line, one.label, one.score) for one in found.misjudged] == [
        (3, 1, 0.49),
        (4, 0, 0.9),
    ]
    assert [(one.line, one.error) for one in found.failed] == [(8, "x is no number")]
    assert found.precision is not None
    assert (found.precision.lower, found.precision.upper) == pytest.approx(
        (0.0943, 0.9916), abs=1e-4
    )


def test_the_threshold_is_where_a_score_begins_to_count() -> None:
    rows = [("0.6", 1), ("0.6", 0)]
    assert measure(_labelled(_Reads(), rows), threshold=0.6).recall.count == 1  # type: ignore[union-attr]
    assert measure(_labelled(_Reads(), rows), threshold=0.61).precision is None


def test_scorers_are_measured_together_each_asked_once() -> None:
    first, second = _Reads(), _Reads()
    mixed = [*_labelled(first, [("1", 1), ("0", 0)]), *_labelled(second, [("0.3", 0)])]
    found = measure([mixed[0], mixed[2], mixed[1]])
    assert (first.calls, second.calls) == ([2], [1])
    assert found.accuracy is not None
    assert found.accuracy.count == 3
    assert found.recall is not None
    assert found.scorers == ("reads",)


def test_nothing_that_can_be_scored_has_no_shares() -> None:
    found = measure(_labelled(_Reads(), [("x", 1)]))
    assert (found.completions, found.accuracy, found.recall) == (0, None, None)
