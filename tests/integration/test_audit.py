"""``--behavtest-audit``: completions of the run, generated again."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import duckdb
import pytest
from html_outline import outline
from interrupting import hear_ctrl_c

SHORT = ("--behavtest-max-pairs=12", "--behavtest-inconclusive=pass")
AGREES = "audit: * completions generated again agree (A * of *, B * of *)"


def alter(store, sql: str, *parameters: object) -> None:
    with duckdb.connect(str(store)) as connection:
        connection.execute(sql, parameters)


def found(behave, file: str = "out.json") -> dict:
    return json.loads((behave.path / file).read_bytes())["run"]["audit"]


@pytest.fixture
def foiled(behave, unlearned) -> str:
    """A store in which one text that model B gave has been altered, and its key."""
    behave.suite()
    behave.fill()
    behave.run(*SHORT, b=unlearned)
    ((key,),) = behave.rows(
        "SELECT min(target_key_b) FROM pairs JOIN completions ON key = target_key_b "
        "WHERE len(token_ids) > 4"
    )
    alter(
        behave.store,
        "UPDATE completions SET token_ids = [1, 2], text = '<b>\x1b[31mnot this</b>' "
        "WHERE key = $1",
        key,
    )
    return key


@pytest.mark.parametrize("mode", ["plain", "n0"])
def test_what_comes_out_the_same_is_one_line(behave, unlearned, mode: str):
    behave.suite()
    behave.fill()
    result = behave.run(
        *SHORT, "--behavtest-audit=100%", "--behavtest-json=out.json", b=unlearned, mode=mode
    )
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["alpha 0.05, closed e-BH", AGREES], consecutive=True)
    audit = found(behave)
    assert (audit["share"], audit["error"], audit["disagreements"]) == (1.0, "", [])
    for side in ("model_a", "model_b"):
        assert audit[side]["agreed"] == audit[side]["checked"] == audit[side]["sampled"] > 0
    used = "SELECT count(DISTINCT key) FROM (SELECT unnest([{0}]) AS key FROM pairs) WHERE key IS NOT NULL"
    ((used_a,),) = behave.rows(used.format("target_key_a, baseline_key_a"))
    assert audit["model_a"]["checked"] == used_a


def test_a_text_altered_in_the_store_is_found_and_fails_nothing(
    behave, foiled: str, unlearned, mode: str
):
    result = behave.run(
        *SHORT,
        "--behavtest-audit=100%",
        "--behavtest-json=out.json",
        "--behavtest-report=report.html",
        b=unlearned,
        mode=mode,
    )
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "audit: 1 of * completions generated again differs (A 0 of *, B 1 of *)",
            "The verdicts rest on the stored texts. *",
            "*Use --behavtest-dtype=float32 or a fresh*",
        ]
    )
    (one,) = found(behave)["disagreements"]
    assert (one["model"], one["key"], one["shared"]) == ("b", foiled, 0)
    assert one["stored"] == "<b>\x1b[31mnot this</b>"
    (section,) = outline((behave.path / "report.html").read_text("utf-8")).all(
        "section", cls="audit"
    )
    assert "<b>␛[31mnot this</b>" in section.text
    assert one["again"] in section.text
    assert one["prompt"][0]["content"] in section.text
    assert "\x1b" not in str(result.stdout)


def test_a_share_takes_some(behave, unlearned):
    behave.suite()
    behave.fill()
    behave.run(*SHORT, "--behavtest-audit=20%", "--behavtest-json=some.json", b=unlearned)
    behave.run(*SHORT, "--behavtest-audit=0.000001", "--behavtest-json=one.json", b=unlearned)
    some, one = found(behave, "some.json"), found(behave, "one.json")
    assert 0 < some["model_a"]["checked"] < 20
    assert one["model_a"]["checked"] == one["model_b"]["checked"] == 1


@pytest.mark.parametrize("off", ["", "0", "0%", "0.0"])
def test_nothing_asked_nothing_generated(behave, unlearned, off: str):
    behave.suite()
    behave.fill()
    result = behave.run(
        *SHORT, f"--behavtest-audit={off}", "--behavtest-json=out.json", b=unlearned
    )
    result.assert_outcomes(passed=3)
    result.stdout.no_fnmatch_line("audit*")
    assert found(behave) is None


@pytest.mark.parametrize(
    "share", ["some", "-5%", "101%", "5", "5%%", "1e-1", "nan", "inf", "\u0665%"]
)
def test_what_is_no_share_is_an_error(behave, share: str):
    result = behave.run(f"--behavtest-audit={share}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: --behavtest-audit is {share!r}; give a share of the completions used, 5% *"]
    )


@pytest.mark.parametrize("share", ["100%", "100.0 %", "1", "1."])
def test_everything_can_be_said_in_several_ways(behave, share: str):
    behave.suite()
    behave.pytester.makeini(f"[pytest]\nbehavtest_audit = {share}\n")
    behave.fill()
    behave.run(*SHORT, "-k", "brief", "--behavtest-json=out.json")
    assert found(behave)["share"] == 1.0
    assert found(behave)["model_a"]["checked"] == 12
    behave.run(*SHORT, "-k", "brief", "--behavtest-audit=0", "--behavtest-json=out.json")
    assert found(behave) is None


CTRL_C = """
import os, signal

from behavtest.pytest_plugin.live import TerminalProgress
from behavtest.pytest_plugin.workers import SharedProgress

def interrupting(show):
    def __call__(self, progress):
        show(self, progress)
        if progress.audited:
            os.killpg(0, signal.SIGINT)  # as a terminal does

    return __call__

for progress in (TerminalProgress, SharedProgress):
    progress.__call__ = interrupting(progress.__call__)
"""


@pytest.mark.parametrize("workers", [[], ["-n2"]])
def test_ctrl_c_during_it_costs_no_verdict(behave, unlearned, workers: list[str]):
    behave.pytester.makeconftest(CTRL_C)
    behave.suite()
    behave.fill()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", f"--model-a={behave.base}", f"--model-b={unlearned}"),
            *(*SHORT, "--behavtest-audit=1", "--behavtest-json=out.json", *workers),
        ],
        cwd=behave.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 -- it sets a signal and nothing else
    )
    printed = process.communicate(timeout=120)[0]
    assert process.returncode == pytest.ExitCode.INTERRUPTED, printed
    assert "Traceback" not in printed
    assert "Stopped before a verdict" not in printed
    assert re.search(r"^\w+ +manners/capitals ", printed, re.MULTILINE), printed
    assert "audit: it was stopped before it was done\n" in printed
    assert found(behave)["error"] == "it was stopped before it was done"
    assert behave.rows("SELECT status FROM runs") == [("finished",)]


def test_progress_says_that_it_is_on(behave, unlearned, monkeypatch):
    monkeypatch.setattr("behavtest.pytest_plugin.live._LINE_EVERY", 0.0)
    behave.suite()
    behave.fill()
    result = behave.run(*SHORT, "--behavtest-audit=1", b=unlearned)
    result.stdout.re_match_lines(
        [r"behavtest: audit, \d+ of \d+ completions generated again, \d+ s"]
    )
