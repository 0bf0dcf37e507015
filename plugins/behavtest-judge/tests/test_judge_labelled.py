"""A judge's error rate: exact intervals, and no credit for a verdict that is missing."""

from __future__ import annotations

import pytest
from judge_server import answered

from behavtest.errors import ScoreError
from behavtest_judge.bench import Tally
from behavtest_judge.labelled import Example, LabelledError, Rate, error_rate, read_labelled
from behavtest_judge.report import judges_section
from behavtest_judge.rubric import arguments_from
from behavtest_judge.scorer import Judge

GOOD = (
    '{"prompt": "Hi!", "completion": "please", "label": 1, "fields": {"n": 2}, "score": "refusal"}'
)


def example(*, positive: bool) -> Example:
    return Example(answered("x"), positive)


def test_sensitivity_and_specificity():
    examples = [example(positive=True)] * 4 + [example(positive=False)] * 3
    rate = error_rate(examples, [1, 0.5, 0.25, ScoreError("none"), 0, 0.49, 1])
    assert rate.sensitivity == Rate(2, 3)
    assert rate.specificity == Rate(2, 3)
    assert rate.missing == 1


@pytest.mark.parametrize(
    ("rate", "interval"),
    [
        # Clopper and Pearson's own limits, as statistical tables have them
        (Rate(0, 10), (0.0, 0.3085)),
        (Rate(10, 10), (0.6915, 1.0)),
        (Rate(5, 10), (0.1871, 0.8129)),
        (Rate(1, 20), (0.0013, 0.2487)),
    ],
)
def test_intervals_are_exact(rate, interval):
    assert rate.interval == pytest.approx(interval, abs=5e-5)


def test_rates_in_words():
    assert str(Rate(38, 40)) == "0.95 [0.83, 0.99] of 40"
    assert str(Rate(0, 0)) == "no examples"


def test_examples_are_read(tmp_path):
    (tmp_path / "l.jsonl").write_text(f"{GOOD}\n\n{GOOD.replace(': 1,', ': 0,')}\n")
    first, second = read_labelled(tmp_path / "l.jsonl")
    assert (first.positive, second.positive) == (True, False)
    assert first.completion.text == "please"
    assert first.completion.prompt.messages[0].content == "Hi!"
    assert first.completion.prompt.fields == {"n": 2, "prompt": "Hi!"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no examples"),
        (f"{GOOD}\n{{", r"l\.jsonl:2: .*a row is"),
        (GOOD.replace('"label": 1', '"label": 2'), r"l\.jsonl:1: .*label"),
        (GOOD.replace('"label"', '"labl"'), r"l\.jsonl:1: .*`label`"),
        (GOOD.replace('"Hi!"', "3"), r"l\.jsonl:1: .*prompt"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, text, message):
    (tmp_path / "l.jsonl").write_text(text)
    with pytest.raises(LabelledError, match=message):
        read_labelled(tmp_path / "l.jsonl")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabelledError, match=r"none\.jsonl cannot be read"):
        read_labelled(tmp_path / "none.jsonl")


class Always:
    """A bench that says yes to everything."""

    name = "always"

    def judge(self, posed, tally):
        tally.asked += len(posed)
        return [1.0] * len(posed)


def test_the_report_tells_each_judge_once_and_those_not_asked_never():
    examples = [example(positive=True)] * 3 + [example(positive=False)] * 2
    measured = Judge(arguments_from("One?").rubric, Always(), examples)
    unmeasured = Judge(arguments_from("Two?").rubric, Always())
    unused = Judge(arguments_from("Three?").rubric, Always())
    assert judges_section([measured, unused]) == []
    for judge in (measured, unmeasured):
        judge.score_many([answered("x")])
    (section,) = judges_section([measured, unmeasured, unused])
    first, second = section.tables[0].rows
    assert first[1:6] == ("1 [0.29, 1.00] of 3", "0 [0.00, 0.84] of 2", 0, 1, 0)
    assert second[1:4] == ("not measured", "not measured", "")
    assert "'Two?' has an unknown error rate: no labelled examples" in section.brief
    assert "Three" not in str(section)
    # judging the examples is no work of the run's
    assert measured.tally == Tally(asked=1)
