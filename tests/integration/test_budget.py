"""``--behavtest-budget``: what a whole run may take."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("budget", ["30", "30pairs"])
def test_is_shared_by_all_behaviors(behave, base, budget: str):
    behave.suite()
    behave.fill()
    behave.run(f"--behavtest-budget={budget}", "--behavtest-json=out.json", b=base)
    pairs = [found["pairs"] for found in behave.results().values()]
    assert sum(pairs) == 30
    assert max(pairs) - min(pairs) <= 1


NEAR_AND_FAR = """
suite: two
defaults: {max_new_tokens: 12, temperature: 1.0}
behaviors:
  - id: far
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
    tolerance: 0.01
  - id: near
    prompts: ["Someone took my coat.", "Would you bring me my lamp?"]
    score: {length: {at_most: 12, unit: tokens}}
    expect: not_worse
    tolerance: 0.1
"""
"""Where nothing changed, ``near`` takes 48 pairs, ``far`` some hundreds."""


@pytest.mark.parametrize("active", [[], ["--behavtest-active"]])
def test_goes_first_where_a_decision_is_closest(behave, base, active: list[str]):
    behave.suite(NEAR_AND_FAR)
    behave.fill()
    behave.run("--behavtest-budget=80", "--behavtest-json=out.json", *active, b=base)
    found = behave.results()
    assert {name: one["pairs"] for name, one in found.items()} == {"far": 32, "near": 48}
    assert behave.verdicts() == {"far": "inconclusive", "near": "holds"}


def test_says_that_it_ended_the_run(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-budget=30", b=base)
    result.stdout.fnmatch_lines(["*stopped    after 10 pairs: *budget*"])


def test_a_time_that_is_over_leaves_all_inconclusive(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-budget=0.0001s", "--behavtest-json=out.json", b=base)
    result.assert_outcomes(failed=3)
    assert set(behave.verdicts().values()) == {"inconclusive"}
    assert {found["pairs"] for found in behave.results().values()} == {0}


def test_a_time_that_is_enough_changes_nothing(behave, base):
    behave.suite()
    behave.fill()
    behave.run("--behavtest-budget=2h", b=base).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        *[(text, "give a number of pairs *") for text in ("a lot", "2d", "1.5", "-3")],
        *[(text, "it must be more than nothing") for text in ("0", "0s")],
    ],
)
def test_neither_pairs_nor_a_time_is_an_error(behave, budget: str, message: str):
    result = behave.run(f"--behavtest-budget={budget}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --behavtest-budget is '{budget}'; {message}"])
