"""Ctrl-C and ``kill -9`` half-way: what was generated is kept, and the next run goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from interrupting import hear_ctrl_c

LONG = """
suite: long
behaviors:
  - id: polite
    prompts: ["I lost my hat. Can you help?", "Thank you for finding my book!"]
    score: {contains: [happy, glad, pleasure]}
    max_new_tokens: 12
    expect: not_worse
    tolerance: 0.002
"""
"""Undecided for thousands of pairs."""

KEPT = re.compile(
    r"Stopped before a verdict, after ([\d,]+) pairs\.\n"
    r"([\d,]+) new completions are kept in \.behavtest/store\.duckdb:\n"
    r"run the same command again to go on from here\."
)
PATIENCE = 90
BATCH = 8
TOGETHER = 128


def start(behave, unlearned: Path, *args: str) -> subprocess.Popen[str]:
    """Start a long run, and wait until it has committed some completions."""
    behave.suite(LONG, name="long")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", f"--model-a={behave.base}", f"--model-b={unlearned}"),
            *("--behavtest-max-pairs=100000", f"--behavtest-batch-size={BATCH}", *args),
        ],
        cwd=behave.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 -- it sets a signal and nothing else
    )
    log = behave.path / ".behavtest" / "store.duckdb.wal"
    deadline = time.monotonic() + PATIENCE
    while not (log.exists() and log.stat().st_size > 150_000):
        assert time.monotonic() < deadline, "the run commits nothing"
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    return process


def stop(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Signal the whole group, as a terminal does, and return what was printed."""
    os.killpg(process.pid, number)
    return process.communicate(timeout=PATIENCE)[0]


def resume(behave, unlearned: Path, pairs: int) -> list[tuple[int, int]]:
    """Run the same, for so many pairs; return completions generated and reused by each model."""
    behave.run(
        f"--behavtest-max-pairs={pairs}", "--behavtest-json=out.json", b=unlearned
    ).assert_outcomes(failed=1)
    assert behave.results()["polite"]["pairs"] == pairs
    return behave.rows(
        """
        SELECT json_extract(model, '$.generated')::INT, json_extract(model, '$.reused')::INT
        FROM runs, unnest([result -> '$.model_a', result -> '$.model_b']) AS models(model)
        WHERE status = 'finished'
        """
    )


def test_ctrl_c_keeps_what_was_generated_and_says_so(behave, unlearned):
    process = start(behave, unlearned)
    printed = stop(process, signal.SIGINT)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    told = KEPT.search(printed)
    assert told is not None, printed
    assert "Traceback" not in printed
    pairs, completions = (int(number.replace(",", "")) for number in told.groups())
    # What was committed at the very moment, some batches together, may not have been counted.
    (kept,) = behave.rows("SELECT count(*) FROM completions")[0]
    assert completions <= kept <= completions + TOGETHER
    (entered,) = behave.rows("SELECT count(*) FROM pairs")[0]
    assert pairs <= entered
    assert behave.rows("SELECT status FROM runs") == [("interrupted",)]
    assert resume(behave, unlearned, entered) == [(0, entered), (0, entered)]


def test_kill_9_loses_nothing_that_was_committed(behave, unlearned):
    process = start(behave, unlearned)
    stop(process, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    (pairs,), (completions,) = (
        *behave.rows("SELECT count(*) FROM pairs"),
        *behave.rows("SELECT count(*) FROM completions"),
    )
    assert pairs >= 32
    assert resume(behave, unlearned, pairs) == [(0, pairs), (0, pairs)]
    assert behave.rows("SELECT count(*) FROM completions") == [(completions,)]
    assert behave.rows("SELECT status FROM runs ORDER BY started, status DESC") == [
        ("interrupted",),
        ("finished",),
    ]


def test_ctrl_c_under_workers_says_the_same(behave, unlearned):
    process = start(behave, unlearned, "-n2")
    printed = stop(process, signal.SIGINT)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert KEPT.search(printed) is not None, printed
    (pairs,) = behave.rows("SELECT count(*) FROM pairs")[0]
    assert resume(behave, unlearned, pairs) == [(0, pairs), (0, pairs)]


DURING_A_QUERY = """
from behavtest.store import CompletionStore

insert = CompletionStore.insert

def interrupted(self, *args):
    insert(self, *args)
    raise RuntimeError("Query interrupted")  # what DuckDB raises on Ctrl-C, half of the time

CompletionStore.insert = interrupted
"""


def test_ctrl_c_during_a_query_is_a_ctrl_c_too(behave):
    behave.pytester.makeconftest(DURING_A_QUERY)
    behave.suite()
    result = behave.fresh()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "INTERNALERROR" not in str(result.stdout)
    result.stdout.fnmatch_lines(["Stopped before a verdict, after 0 pairs."])
    assert behave.rows("SELECT status FROM runs") == [("interrupted",)]
