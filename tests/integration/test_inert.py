"""Unused, the plugin prints nothing and imports nothing heavy."""

from __future__ import annotations

import pytest

HEAVY = ("torch", "transformers", "duckdb", "scipy", "jinja2", "yaml", "statsmodels")
SPY = f"""
import sys

def pytest_unconfigure(config):
    print("\\nheavy:", sorted(set(sys.modules) & set({HEAVY})))
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["plain", "n1"])
def test_a_session_without_behaviors_is_as_without_the_plugin(pytester: pytest.Pytester, workers):
    pytester.makeconftest(SPY)
    pytester.makepyfile("def test_a(): ...")
    result = pytester.runpytest_subprocess(*workers, "-p", "no:html")  # it imports jinja2 itself
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["heavy: []"])
    spoken = [line for line in result.outlines if "behavtest" in line]
    assert all(line.startswith(("plugins:", "rootdir:")) for line in spoken)
    assert not (pytester.path / ".behavtest").exists()


def test_without_a_model_no_model_library_is_imported(behave):
    behave.suite()
    behave.pytester.makeconftest(SPY)
    result = behave.pytester.runpytest_subprocess()
    result.assert_outcomes(skipped=3)
    line = next(line for line in result.outlines if line.startswith("heavy:"))
    assert "torch" not in line
    assert "duckdb" not in line
