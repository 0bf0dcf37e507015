"""``--model-a`` alone: the absolute expectations are tested, the rest is skipped."""

from __future__ import annotations

import pytest


def test_runs_the_absolute_expectations(behave, mode: str):
    behave.suite()
    result = behave.run("-rs", "--behavtest-json=out.json", mode=mode)
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(["*not_worse compares two models: give --model-b too"])
    assert behave.verdicts() == {"brief": "holds"}


def test_is_named_in_the_header(behave, base):
    behave.suite()
    result = behave.run("--collect-only")
    result.stdout.fnmatch_lines([f"behavtest: model A {base}"])
    result.stdout.no_fnmatch_line("behavtest: model B*")


def test_without_it_behaviors_are_skipped(behave, pytester: pytest.Pytester):
    behave.suite()
    result = pytester.runpytest_inprocess("-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["*no model was given: --model-a BASE --model-b MODIFIED"])
    result.stdout.no_fnmatch_line("*= behavtest =*")
    assert not behave.store.exists()


def test_a_missing_folder_names_what_it_may_have_meant(behave, base):
    behave.suite()
    result = behave.run(a=base.parent / "bas")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: there is no model folder *bas (did you mean {base}[?])"])
    result.stdout.no_fnmatch_line("collected *")


def test_a_relative_name_that_looks_like_a_hub_id_is_explained(behave):
    behave.suite()
    result = behave.run(a="models/missing")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no folder models/missing*as a hub id*"])
    assert "Traceback" not in str(result.stderr) + str(result.stdout)


def test_a_file_is_not_a_folder(behave, base):
    result = behave.run(a=base / "config.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *config.json is a file; give the folder that holds*"])


def test_given_as_two_words_pytest_counts_it_in_the_rootdir_and_the_header_says_so(
    behave, base, pytester: pytest.Pytester
):
    behave.suite()
    result = pytester.runpytest_inprocess("--model-a", str(base), "--collect-only")
    result.stdout.fnmatch_lines(
        [f"behavtest: pytest counted the model in its rootdir; write --model-a={base}"]
    )
    assert result.ret == 0
