"""``--behavtest-report``: the HTML report."""

from __future__ import annotations

import pytest


def test_is_written_and_named(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-report=report.html", b=unlearned, mode=mode)
    result.stdout.fnmatch_lines(["report: report.html"])
    page = (behave.path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "capitals" in page
    assert "Nairobi" in page


def test_a_folder_that_does_not_exist_is_an_error_before_the_run(behave):
    behave.suite()
    result = behave.run("--behavtest-report=reports/report.html")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-report: the folder *reports does not exist*"])
    assert not behave.store.exists()


def test_a_folder_in_its_place_is_an_error_before_the_run(behave):
    behave.suite()
    (behave.path / "report.html").mkdir()
    result = behave.run("--behavtest-report=report.html")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-report: *report.html is a folder*"])
    assert not behave.store.exists()


def test_without_a_run_there_is_none(behave):
    behave.suite()
    behave.run("--behavtest-report=report.html", "--collect-only")
    assert not (behave.path / "report.html").exists()


def test_one_that_cannot_be_written_fails_the_session_but_hides_no_verdict(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-report=/dev/null", b=base)
    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(
        ["Every behavior holds.", "report: /dev/null: not a regular file; choose another path *"]
    )
