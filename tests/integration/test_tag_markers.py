"""Tags of suites are registered markers, also where pytest asks before it collects."""

from __future__ import annotations

import pytest

SUITE = """
behaviors:
  - {id: kind, prompts: [Hi!], score: refusal, expect: not_worse, tags: [style, warm-hearted]}
"""
PYTHON = """
import pytest

@pytest.mark.style
def test_of_style():
    pass
"""


@pytest.fixture(autouse=True)
def folder(pytester):
    """A project whose test module comes before the suite, and uses its tag."""
    pytester.makepyfile(test_a=PYTHON)
    (pytester.mkdir("suites") / "z.behav.yaml").write_text(SUITE)


@pytest.mark.parametrize(
    "arguments", [["suites/z.behav.yaml"], ["suites"], [], ["suites/z.behav.yaml::kind"]]
)
def test_markers_lists_tags(pytester, arguments):
    said = pytester.runpytest("--markers", *arguments)
    said.stdout.fnmatch_lines(["@pytest.mark.style: behaviors tagged style"])
    said.stdout.fnmatch_lines(["@pytest.mark.warm-hearted: behaviors tagged warm-hearted"])


@pytest.mark.parametrize("workers", [[], ["-n0"], ["-n2"]])
def test_a_module_may_use_a_suites_tag_under_strict_markers(pytester, workers):
    said = pytester.runpytest("--strict-markers", "-m", "style", *workers)
    said.assert_outcomes(passed=1, skipped=1)


def test_an_unknown_tag_is_refused(pytester):
    said = pytester.runpytest("--strict-markers", "-m", "stile")
    said.stderr.fnmatch_lines(["*Unknown marker(s) in '-m' expression: stile*"])


def test_a_suite_that_cannot_be_read_is_complained_about_once(pytester):
    (pytester.path / "suites" / "z.behav.yaml").write_text("behaviors: [")
    assert pytester.runpytest("--markers").ret == 0
    said = pytester.runpytest("--strict-markers", "suites")
    assert said.stdout.str().count("this is not valid YAML") == 1


def test_nothing_is_read_where_nobody_asks(pytester, monkeypatch):
    """A session without strict markers pays nothing."""
    monkeypatch.setattr("behavtest.pytest_plugin.tag_markers._suites", lambda config: 1 / 0)
    assert pytester.runpytest_inprocess("test_a.py", "-W", "ignore").ret == 0
