"""``--model-b``: the modified model, and what its change makes of the outcomes."""

from __future__ import annotations

import pytest


def test_a_violated_behavior_fails_and_the_others_pass(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-json=out.json", b=unlearned, mode=mode)
    result.assert_outcomes(passed=2, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert behave.verdicts() == {"capitals": "violated", "polite": "holds", "brief": "holds"}


def test_a_model_holds_against_itself(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-json=out.json", b=base)
    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*A and B are the same model: this run cannot find a change"])
    assert {found["changed"] for found in behave.results().values()} == {0, None}


def test_absolute_expectations_are_about_model_b(behave, base, unlearned):
    behave.suite(
        """
        behaviors:
          - id: knows
            prompts: [{prompt: What is the capital of Kenya?, answer: Nairobi}]
            score: {contains: "{{ answer }}"}
            max_new_tokens: 12
            expect: {at_least: 0.4}
        """
    )
    behave.run("--behavtest-json=out.json")
    assert behave.verdicts() == {"knows": "holds"}
    behave.run("--behavtest-json=out.json", a=base, b=unlearned)
    assert behave.verdicts() == {"knows": "violated"}


def test_both_models_are_named_in_the_header(behave, base, unlearned):
    behave.suite()
    result = behave.run("--collect-only", b=unlearned)
    result.stdout.fnmatch_lines(
        [f"behavtest: model A {base}", f"behavtest: model B {unlearned}"], consecutive=True
    )


def test_a_missing_folder_is_an_error_before_collection(behave, base):
    behave.suite()
    result = behave.run(b=base.parent / "unlerned")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no model folder * (did you mean *unlearned[?])"])
    result.stdout.no_fnmatch_line("collected *")


def test_without_a_base_is_an_error(pytester: pytest.Pytester, base):
    result = pytester.runpytest_inprocess(f"--model-b={base}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --model-b needs --model-a*"])
