"""``--behavtest-device`` can name several devices: an engine process on each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing import popen_spawn_posix, spawn  # noqa: F401 - else pytester drops them

import pytest
from interrupting import hear_ctrl_c

import behavtest.sampling.sharded  # noqa: F401 - the same

PATIENCE = 90
COMPARED = ("verdict", "pairs", "changed", "mean_a", "mean_b")
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


def test_the_verdicts_are_those_of_one_device(behave, unlearned, mode):
    behave.suite()
    options = ("--behavtest-max-pairs=60", "--behavtest-json=out.json")
    behave.run("--behavtest-device=cpu", "--behavtest-store=one.duckdb", *options, b=unlearned)
    one = behave.results()
    behave.run(
        "--behavtest-device=cpu,cpu",
        "--behavtest-store=two.duckdb",
        *options,
        b=unlearned,
        mode=mode,
    )
    two = behave.results()
    assert set(two) == set(one) == {"capitals", "polite", "brief"}
    for behavior, found in two.items():
        assert {key: found[key] for key in COMPARED} == {
            key: one[behavior][key] for key in COMPARED
        }
    texts = "SELECT key, text, finish_reason FROM completions ORDER BY key"
    assert behave.rows(texts, behave.path / "two.duckdb") == behave.rows(
        texts, behave.path / "one.duckdb"
    )
    described = "SELECT result ->> '$.model_b.description' FROM runs"
    ((text,),) = behave.rows(described, behave.path / "two.duckdb")
    assert text.endswith("float32 on cpu, cpu")
    assert multiprocessing.active_children() == [], "the processes end with the session"


def start(behave, unlearned, *args: str) -> subprocess.Popen[str]:
    """Start a long run whose processes all print where it does, and wait until it has committed."""
    behave.suite(LONG, name="long")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "-s", "--behavtest-device=cpu,cpu", *args),
            *(f"--model-a={behave.base}", f"--model-b={unlearned}"),
            *("--behavtest-max-pairs=100000", "--behavtest-batch-size=8"),
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
    while not (log.exists() and log.stat().st_size > 100_000):
        assert time.monotonic() < deadline, "the run commits nothing"
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    return process


def ended(process: subprocess.Popen[str]) -> str:
    """Wait until every process that holds the output is gone, and return what they printed."""
    return process.communicate(timeout=PATIENCE)[0]


def test_ctrl_c_ends_all_processes_and_says_what_is_kept(behave, unlearned):
    process = start(behave, unlearned)
    os.killpg(process.pid, signal.SIGINT)
    printed = ended(process)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "are kept in .behavtest/store.duckdb" in printed
    assert "Traceback" not in printed
    assert behave.rows("SELECT status FROM runs") == [("interrupted",)]


def test_no_process_outlives_a_killed_session(behave, unlearned):
    process = start(behave, unlearned)
    process.kill()
    assert "Traceback" not in ended(process)


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        ("abacus,abacus", "*names abacus twice*"),
        ("cpu,cuda", "*cpu and cuda round differently*"),
        ("cpu,", "*between two commas"),
    ],
)
def test_devices_that_cannot_be_had_are_an_error(behave, devices, told):
    behave.suite()
    result = behave.run(f"--behavtest-device={devices}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --behavtest-device is '{devices}'{told}"])
