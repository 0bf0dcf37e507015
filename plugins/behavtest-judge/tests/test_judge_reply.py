"""One plain option is a verdict; anything else is none."""

from __future__ import annotations

import pytest

from behavtest_judge.reply import letter_in

LEVELS = ("no", "yes")


@pytest.mark.parametrize(
    "text",
    [
        "B", " B\n", "B.", "(B)", "[B]", "**B**", "`B`", '"B"', "B: yes", "B) yes", "B. Yes.",
        "B - yes", "Answer: B", "The answer is B.", "Verdict: **B**", "option B", "Grade: B (yes)",
        "It says please.\nB", "<think>A? No: B.</think>\nB", "First A, then again no.\n\nAnswer: B",
    ],
)  # fmt: skip
def test_a_verdict(text):
    assert letter_in(text, LEVELS) == "B"


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "yes", "C", "A or B", "A, B", "B: no", "b", "a", "A polite answer", "Both",
        "B\nI am not sure.", "I cannot judge this.", "B because it says please", "AB", "Blue",
        "<think>B", "I", "A/B", "1", "B yes and no",
    ],
)  # fmt: skip
def test_no_verdict(text):
    assert letter_in(text, LEVELS) is None
