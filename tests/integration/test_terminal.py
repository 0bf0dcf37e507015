"""The summary and the progress: narrow, plain where it must be, safe whatever a model says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from behavtest.report.format import MINUS

ESCAPE = "\x1b[31m\x1b]0;owned\x07"


@pytest.fixture
def hostile(behave, base: Path) -> Path:
    """The base model, but every space it says is a terminal escape."""
    folder = behave.path / "hostile"
    shutil.copytree(base, folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": ESCAPE}
    tokenizer["decoder"] = {"type": "Sequence", "decoders": [tokenizer["decoder"], replace]}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


def summary(result: pytest.RunResult) -> list[str]:
    lines = result.outlines
    start = next(place for place, line in enumerate(lines) if "= behavtest =" in line)
    end = next((p for p, line in enumerate(lines[start + 1 :], start + 1) if "===" in line), -1)
    return lines[start:end]


def test_the_summary_ranks_the_verdicts_and_says_what_it_took(behave, unlearned):
    behave.suite()
    behave.fill()
    pytest.LineMatcher(summary(behave.run(b=unlearned))).fnmatch_lines(
        [
            "*= behavtest =*",
            "verdict       behavior * change * interval * pairs",
            f"violated      manners/capitals * {MINUS}0.* [[]{MINUS}0.*, {MINUS}0.*] * [1-9]*",
            "holds * manners/* [[]*, *] * [1-9]*",
            "holds * manners/* [[]*, *] * [1-9]*",
            "",
            "1 of 3 behaviors violated.",
            "* pairs (coupled), 0 completions generated and * reused, *",
            "alpha 0.05, closed e-BH",
        ],
        consecutive=True,
    )


def test_fits_80_columns_whatever_the_names(behave, base):
    behave.suite(
        f"""
        suite: {"s" * 40}
        behaviors:
          - id: {"b" * 50}
            prompts: [Hi!]
            score: refusal
            max_new_tokens: 2
            expect: not_worse
        """
    )
    lines = summary(behave.run("--behavtest-max-pairs=4", b=base))
    assert max(map(len, lines)) <= 80


def test_a_completion_cannot_drive_the_terminal(behave, hostile: Path, unlearned):
    behave.suite()
    result = behave.run("--behavtest-max-pairs=4", "-k", "polite", a=hostile, b=hostile)
    assert ESCAPE in behave.rows("SELECT string_agg(text) FROM completions")[0][0]
    assert "\x1b" not in str(result.stdout)
    assert "\x07" not in str(result.stdout)
    assert "[31m" in str(result.stdout)


def test_colors_are_off_when_piped_and_on_when_asked_for(behave, unlearned):
    behave.suite()
    behave.fill()
    piped = behave.run(b=unlearned)
    assert "\x1b" not in str(piped.stdout)
    colored = behave.run("--color=yes", b=unlearned)
    assert "\x1b[31mviolated" in str(colored.stdout)
    assert "\x1b[32mholds" in str(colored.stdout)


def test_a_piped_run_draws_no_progress_over_itself(behave, base):
    behave.suite()
    result = behave.run(b=base)
    assert "\r" not in str(result.stdout)


@pytest.mark.parametrize("quiet", ["-q", "--no-header", "--no-summary"])
def test_quiet_modes_keep_the_outcomes(behave, unlearned, quiet: str):
    behave.suite()
    behave.fill()
    behave.run(quiet, b=unlearned).assert_outcomes(passed=2, failed=1)


def test_every_skip_says_why_at_the_behaviors_line(behave):
    behave.suite()
    result = behave.run("-rs")
    result.stdout.fnmatch_lines(
        [
            "SKIPPED [[]1] manners.behav.yaml:4: not_worse compares two models: give --model-b too",
            "SKIPPED [[]1] manners.behav.yaml:13: not_worse compares *",
        ]
    )


def test_nothing_stands_between_the_title_and_the_table_where_no_failures_are_shown(behave):
    behave.suite()
    lines = summary(behave.run("--behavtest-max-pairs=4", "-k", "brief", "--no-summary"))
    assert lines[1].startswith("verdict ")
