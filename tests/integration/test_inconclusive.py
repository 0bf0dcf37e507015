"""``--behavtest-inconclusive``: what a verdict that is none becomes."""

from __future__ import annotations

import pytest

FEW = "--behavtest-max-pairs=4"


def test_fails_by_default_and_says_the_way_out(behave, base, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run(FEW, b=base, mode=mode)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "inconclusive: *",
            "*way out    about * more pairs would likely decide (--behavtest-max-pairs)",
        ]
    )


@pytest.mark.parametrize(
    ("policy", "outcome"), [("fail", "failed"), ("skip", "skipped"), ("pass", "passed")]
)
def test_becomes_what_was_asked_for(behave, base, policy: str, outcome: str):
    behave.suite()
    behave.fill()
    result = behave.run(FEW, f"--behavtest-inconclusive={policy}", b=base)
    result.assert_outcomes(**{outcome: 3})
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if policy == "fail" else 0)


def test_a_skip_gives_the_verdict_at_the_behaviors_own_line(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run(FEW, "--behavtest-inconclusive=skip", "-rs", b=base)
    result.stdout.fnmatch_lines(["SKIPPED [[]1] manners.behav.yaml:4: inconclusive: *"])


@pytest.mark.parametrize("policy", ["skip", "pass"])
def test_a_violation_fails_under_every_policy(behave, unlearned, policy: str):
    behave.suite()
    behave.fill()
    result = behave.run(f"--behavtest-inconclusive={policy}", b=unlearned)
    result.assert_outcomes(passed=2, failed=1)


def test_a_policy_that_does_not_exist_is_an_error(behave):
    result = behave.run("--behavtest-inconclusive=xfail")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --behavtest-inconclusive is 'xfail'; use fail, skip or pass"]
    )
