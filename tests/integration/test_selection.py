"""Behaviors are ordinary items: selected, stopped, remembered and listed as any other."""

from __future__ import annotations

import pytest


def test_k_selects_the_family(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run("-k", "polite or brief", "--behavtest-json=out.json", b=base)
    result.assert_outcomes(passed=2, deselected=1)
    assert set(behave.verdicts()) == {"polite", "brief"}


def test_m_selects_by_tag_under_strict_markers(behave, base):
    behave.suite()
    behave.fill()
    behave.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.behavior(prompts=["Hi!"], expect={"at_least": 0.5}, tags=["python"])
        def test_tagged(completion): ...
        """
    )
    for expression, count in (("style", 2), ("facts", 1), ("not style and not python", 1)):
        result = behave.run("--strict-markers", "--co", "-q", "-m", expression, b=base)
        assert len([line for line in result.outlines if "::" in line]) == count
    result = behave.run("--strict-markers", "--co", "-q", "-m", "python", b=base)
    assert result.outlines[0].endswith("::test_tagged")


def test_a_node_id_selects_one(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run("manners.behav.yaml::polite", "--behavtest-json=out.json", b=base)
    result.assert_outcomes(passed=1)
    assert set(behave.verdicts()) == {"polite"}


def test_a_node_id_that_is_not_there_is_an_error(behave):
    behave.suite()
    result = behave.run("manners.behav.yaml::rude")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: not found: *manners.behav.yaml::rude*"])


def test_collect_only_lists_and_runs_nothing(behave, unlearned):
    behave.suite()
    result = behave.run("--collect-only", "-q", b=unlearned)
    assert result.outlines[:3] == [
        f"manners.behav.yaml::{name}" for name in ("capitals", "polite", "brief")
    ]
    assert not behave.store.exists()


def test_x_stops_at_the_first_violation(behave, unlearned):
    behave.suite()
    behave.fill()
    result = behave.run("-x", b=unlearned)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["holds *polite*", "*stopping after 1 failures*"])


def test_lf_runs_the_violated_ones_again(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.run(b=unlearned)
    result = behave.run("--lf", "--behavtest-json=out.json", b=unlearned)
    result.assert_outcomes(failed=1)
    assert behave.verdicts() == {"capitals": "violated"}


def test_suites_of_one_folder_run_together(behave, base):
    behave.suite()
    behave.suite(name="other")
    behave.fill()
    result = behave.run(behave.path, "--behavtest-json=out.json", b=base)
    result.assert_outcomes(passed=6)
    assert behave.rows("SELECT count(*) FROM runs") == [(1,)]


def test_ordinary_tests_run_beside(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.pytester.makepyfile("def test_passes(): ...\ndef test_fails(): assert 0")
    behave.run(b=unlearned).assert_outcomes(passed=3, failed=2)


@pytest.mark.parametrize("plugin", ["terminal", "cacheprovider", "xdist", "junitxml"])
def test_other_plugins_can_be_switched_off(behave, unlearned, plugin: str):
    behave.suite()
    behave.fill()
    result = behave.run("-p", f"no:{plugin}", "--behavtest-json=out.json", b=unlearned)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert behave.verdicts() == {"capitals": "violated", "polite": "holds", "brief": "holds"}


def test_behavtest_can_be_switched_off(behave):
    behave.suite()
    result = behave.pytester.runpytest_inprocess("-p", "no:behavtest")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
