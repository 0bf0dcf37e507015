"""A green session must not be mistaken for a gate that held."""

from __future__ import annotations

import pytest


def test_without_models_it_says_what_was_not_run(behave, pytester):
    behave.suite()
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(
        ["behavtest: 3 behaviors were not run: give --model-a and --model-b"]
    )


def test_with_one_model_it_says_what_was_not_compared(behave):
    behave.suite()
    behave.fill()
    result = behave.run()
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(["behavtest: 2 behaviors were not run: give --model-b"])


def test_with_models_but_no_behavior_it_says_that_nothing_was_compared(behave):
    behave.path.joinpath("test_plain.py").write_text("def test_plain(): pass")
    result = behave.run("test_plain.py")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["behavtest: no behavior was selected, so nothing was compared"])


def test_a_model_path_that_hides_the_ini_file_is_refused(behave, base, pytester):
    """Pytest counts the path of ``--model-a PATH`` when it looks for its ini file."""
    behave.suite()
    behave.path.joinpath("pytest.ini").write_text("[pytest]\nbehavtest_alpha = 0.2\n")
    result = pytester.runpytest_inprocess("--model-a", str(base))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*would not read *pytest.ini; write --model-a={base} *"])


def test_somebody_elses_marker_of_the_same_name_is_left_alone(behave, pytester):
    behave.path.joinpath("pytest.ini").write_text("[pytest]\nmarkers = behavior: ours\n")
    behave.path.joinpath("test_theirs.py").write_text(
        "import pytest\n@pytest.mark.behavior('login')\ndef test_login(): pass\n"
        "@pytest.mark.behavior\ndef test_logout(): pass\n"
    )
    pytester.runpytest_inprocess("test_theirs.py").assert_outcomes(passed=2)
