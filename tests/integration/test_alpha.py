"""``--behavtest-alpha``: the error rate."""

from __future__ import annotations

import pytest


def test_less_certainty_takes_fewer_pairs(behave, base):
    behave.suite()
    behave.fill()
    pairs = {}
    for alpha in ("0.05", "0.4"):
        result = behave.run(f"--behavtest-alpha={alpha}", "--behavtest-json=out.json", b=base)
        result.stdout.fnmatch_lines([f"alpha {alpha}, closed e-BH"])
        pairs[alpha] = behave.results()["polite"]["pairs"]
        found = behave.results()["polite"]
        assert found["interval"]["level"] == pytest.approx(1 - 2 * float(alpha))
        assert found["e_holds"] >= 1 / float(alpha)
    assert pairs["0.4"] <= pairs["0.05"]


def test_decides_what_evidence_is_enough(behave, base):
    behave.suite()
    behave.fill()
    easy = behave.run("--behavtest-max-pairs=16", "--behavtest-alpha=0.4", b=base)
    hard = behave.run("--behavtest-max-pairs=16", "--behavtest-alpha=0.01", b=base)
    easy.assert_outcomes(passed=3)
    assert "for violated; 300 is enough alone" in str(hard.stdout)  # 3 behaviors / alpha
    assert "for holds; 100 is enough" in str(hard.stdout)
    assert hard.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("alpha", ["0", "1", "-0.1", "nan"])
def test_outside_its_range_is_an_error(behave, alpha: str):
    result = behave.run(f"--behavtest-alpha={alpha}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: --behavtest-alpha is {alpha}; it must be between 0 and 1"]
    )


def test_not_a_number_is_an_error(behave):
    result = behave.run("--behavtest-alpha=5%")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-alpha is '5%'; it must be a number"])
