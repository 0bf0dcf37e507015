"""``--behavtest-annotations``: GitHub's workflow commands in the log."""

from __future__ import annotations

import pytest

COMMAND = "::error file=manners.behav.yaml,line=*,title=*capitals%3A violated::violated: dropped *"


def test_are_on_in_github_actions(behave, unlearned, monkeypatch, mode: str):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    behave.suite()
    behave.fill()
    result = behave.run(b=unlearned, mode=mode)
    result.stdout.fnmatch_lines([COMMAND])
    assert sum(line.startswith("::") for line in result.outlines) == 1


@pytest.mark.parametrize(
    ("when", "github", "there"), [("auto", "false", 0), ("on", "false", 1), ("off", "true", 0)]
)
def test_when(behave, monkeypatch, when: str, github: str, there: int):
    monkeypatch.setenv("GITHUB_ACTIONS", github)
    behave.suite()
    options = ("--behavtest-max-pairs=2", "-k", "brief")
    result = behave.run(f"--behavtest-annotations={when}", *options)
    assert sum(line.startswith("::") for line in result.outlines) == there


def test_inconclusive_that_passes_is_a_warning(behave, base):
    behave.suite()
    options = ("--behavtest-annotations=on", "--behavtest-max-pairs=2", "-k", "brief")
    result = behave.run(*options, "--behavtest-inconclusive=pass", b=base)
    result.stdout.fnmatch_lines(["::warning file=manners.behav.yaml,*brief%3A inconclusive::*"])


def test_another_value_is_an_error(behave):
    result = behave.run("--behavtest-annotations=yes")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-annotations is 'yes'; use auto, on or off"])
