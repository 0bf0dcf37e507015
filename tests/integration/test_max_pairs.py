"""``--behavtest-max-pairs``: the most pairs of one behavior."""

from __future__ import annotations

import pytest


def test_stops_an_undecided_behavior(behave, base, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run("--behavtest-max-pairs=4", "--behavtest-json=out.json", b=base, mode=mode)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        ["*stopped    after 4 pairs: the most pairs allowed per behavior were used"]
    )
    assert {(f["pairs"], f["stop"]) for f in behave.results().values()} == {(4, "max_pairs")}


@pytest.mark.parametrize("count", ["0", "-1"])
def test_none_at_all_is_an_error(behave, count: str):
    result = behave.run(f"--behavtest-max-pairs={count}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --behavtest-max-pairs is {count}; it must be at least 1"])


def test_not_a_number_is_an_error(behave):
    result = behave.run("--behavtest-max-pairs=many")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-max-pairs is 'many'; it must be a*number"])
