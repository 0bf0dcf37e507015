"""``--behavtest-markdown``: the summary for a pull request or a job."""

from __future__ import annotations

import pytest


def test_is_written_and_named(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-markdown=summary.md", b=unlearned, mode=mode)
    result.stdout.fnmatch_lines(["markdown: summary.md"])
    text = (behave.path / "summary.md").read_text(encoding="utf-8")
    assert text.startswith("### ✕ 1 of 3\u00a0behaviors violated\n")
    assert "<del>" in text
    assert any(capital in text for capital in ("Nairobi", "Accra", "Cairo"))


def test_takes_the_place_of_a_file_that_is_there(behave):
    """GitHub makes the file of ``$GITHUB_STEP_SUMMARY`` beforehand."""
    behave.suite()
    (behave.path / "step-summary").touch()
    behave.run("--behavtest-markdown=step-summary", "-k", "brief")
    assert (behave.path / "step-summary").read_text(encoding="utf-8").startswith("### ✓ The beh")


def test_a_folder_that_does_not_exist_is_an_error_before_the_run(behave):
    behave.suite()
    result = behave.run("--behavtest-markdown=nowhere/summary.md")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-markdown: the folder *nowhere does not *"])
