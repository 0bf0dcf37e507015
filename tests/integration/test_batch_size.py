"""``--behavtest-batch-size``: how many rows are decoded at once changes no result."""

from __future__ import annotations

import pytest


def test_changes_no_verdict(behave, unlearned):
    behave.suite()
    seen = []
    for size in ("3", "128"):
        store = f"--behavtest-store={size}.duckdb"
        behave.run(
            f"--behavtest-batch-size={size}", store, "--behavtest-json=out.json", b=unlearned
        )
        seen.append(
            {name: (f["verdict"], f["pairs"], f["e_holds"]) for name, f in behave.results().items()}
        )
    assert seen[0] == seen[1]


def test_none_at_all_is_an_error(behave):
    result = behave.run("--behavtest-batch-size=0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --behavtest-batch-size is 0; it must be at least 1"])
