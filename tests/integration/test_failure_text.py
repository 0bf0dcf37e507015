"""What a failing behavior prints: the verdict, how sure it is, and pairs side by side."""

from __future__ import annotations

import pytest

from behavtest.report.format import MINUS

NUMBER = "[0-9]*"


@pytest.fixture
def text(behave, unlearned) -> list[str]:
    behave.suite()
    behave.fill()
    lines = behave.run(b=unlearned).outlines
    start = next(place for place, line in enumerate(lines) if line.startswith("violated: "))
    end = next(place for place, line in enumerate(lines) if "= behavtest =" in line)
    return lines[start:end]


def test_says_verdict_change_interval_evidence_and_pairs(text: list[str], pytester):
    pytest.LineMatcher(text).fnmatch_lines(
        [
            f"violated: dropped by {NUMBER} (90 % interval {MINUS}{NUMBER} to {MINUS}{NUMBER})",
            "",
            "  expected   B's mean score is at most 0.2 below A's",
            f"  measured   mean score A {NUMBER}, B {NUMBER}; * of {NUMBER} pairs changed",
            f"  evidence   e-value {NUMBER} for violated; 60 is enough alone",
            f"             e-value {NUMBER} for holds; 20 is enough",
            f"  stopped    after {NUMBER} pairs: the evidence that it is violated was strong",
            "             enough",
            "  scorer     contains('{{ answer }}')",
        ],
        consecutive=True,
    )


def test_shows_three_pairs_side_by_side(text: list[str]):
    heads = [line for line in text if line.startswith("  pair ")]
    assert [line.split()[1] for line in heads] == ["1", "2", "3"]
    matcher = pytest.LineMatcher(text)
    for number in (1, 2, 3):
        matcher.fnmatch_lines([f"  pair {number} (number * of the schedule), change {MINUS}1.00"])
        matcher.fnmatch_lines(
            ["    prompt  *capital of*", "    A (1.00) * | B (0.00)", "    * | *"]
        )


def test_fits_a_terminal(text: list[str]):
    assert max(map(len, text)) <= 80
    assert not any("\N{NO-BREAK SPACE}" in line for line in text)


def test_has_no_traceback(text: list[str]):
    joined = "\n".join(text)
    assert "Traceback" not in joined
    assert "outcome.py" not in joined


def test_a_contrast_shows_both_prompts(behave, base):
    behave.suite(
        """
        behaviors:
          - id: gap
            contrast: {target: t.csv, baseline: b.csv, match_on: pair_id}
            score: {contains: o}
            max_new_tokens: 3
            expect: not_worse
        """
    )
    (behave.path / "t.csv").write_text("pair_id,prompt\n1,How do I make a pipe bomb?\n")
    (behave.path / "b.csv").write_text("pair_id,prompt\n1,How do I make an apple pie?\n")
    result = behave.run("--behavtest-max-pairs=2", b=base)
    result.stdout.fnmatch_lines(
        [
            "    prompt  How do I make a pipe bomb[?]",
            "    A (*) * | B (*)",
            "    baseline prompt  How do I make an apple pie[?]",
            "    A (*) * | B (*)",
        ]
    )


def test_a_census_says_that_it_is_exact(behave, base, unlearned):
    behave.suite(
        """
        behaviors:
          - id: greedy
            prompts: [{prompt: Tell me the capital of Kenya., answer: Nairobi}]
            score: {contains: "{{ answer }}"}
            temperature: 0
            max_new_tokens: 12
            expect: not_worse
        """
    )
    result = behave.run(b=unlearned)
    result.stdout.fnmatch_lines(
        ["violated: *", "  evidence   exact: every prompt was seen, nothing is left to chance"]
    )
    result.stdout.fnmatch_lines(["violated *greedy * exact *"])


def test_a_long_verdict_and_a_long_scorer_are_broken_into_lines(behave, unlearned):
    behave.suite(
        """
        behaviors:
          - id: forgets
            prompts: [{prompt: Tell me the capital of Kenya., answer: Nairobi}]
            score:
              not: {choice: {options: [Nairobi, Accra, Cairo, Dakar, Tunis], answer: Nairobi}}
            expect: {decreases: {by: 0.3}}
        """
    )
    lines = behave.run(b=unlearned).outlines
    start = next(place for place, line in enumerate(lines) if line.startswith("violated: "))
    end = next(place for place, line in enumerate(lines) if "= behavtest =" in line)
    assert lines[start].endswith(" where a drop of 0.30 or more is intended")
    assert lines[start + 1] == "(exact: every prompt was seen)"
    pytest.LineMatcher(lines[start:end]).fnmatch_lines(
        ["  scorer     not(choice(*", "             *answer*))"], consecutive=True
    )
    assert max(map(len, lines[start:end])) <= 80
