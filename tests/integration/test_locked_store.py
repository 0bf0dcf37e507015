"""A store that another process writes to."""

from __future__ import annotations

import subprocess
import sys

import pytest

HOLD = """
import sys
from pathlib import Path
from behavtest.store import open_store
with open_store(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(behave):
    """Another process that has the store open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(behave.store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "open\n"
        yield process
        process.stdin.close()


def test_is_an_error_that_names_the_process_and_the_ways_out(behave, holder):
    behave.suite()
    result = behave.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: the store * is in use by process {holder.pid}; wait for it to finish, *"]
    )
    assert "Traceback" not in str(result.stdout) + str(result.stderr)


def test_another_file_works_meanwhile(behave, holder):
    behave.suite()
    behave.run("--behavtest-store=mine.duckdb").assert_outcomes(passed=1, skipped=2)


def test_it_works_again_once_the_other_is_done(behave, holder):
    behave.suite()
    holder.stdin.close()
    holder.wait()
    behave.run().assert_outcomes(passed=1, skipped=2)
