"""``--behavtest-device`` and ``--behavtest-dtype``."""

from __future__ import annotations

import pytest
import torch


def test_are_recorded_with_the_model(behave):
    behave.suite()
    behave.run("-k", "brief", "--behavtest-device=cpu", "--behavtest-dtype=bfloat16")
    ((described,),) = behave.rows("SELECT result ->> '$.model_a.description' FROM runs")
    assert described.endswith("bfloat16 on cpu")


def test_completions_of_another_dtype_are_not_reused(behave):
    behave.suite()
    behave.run("-k", "brief", "--behavtest-device=cpu")
    result = behave.run("-k", "brief", "--behavtest-device=cpu", "--behavtest-dtype=bfloat16")
    result.stdout.fnmatch_lines(["*pairs (single), [1-9]* completions generated and 0 reused*"])


def test_an_unknown_dtype_is_an_error(behave):
    behave.suite()
    result = behave.run("--behavtest-dtype=float8")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: dtype 'float8' is unknown; use one of float32, *"])


def test_an_unknown_device_is_an_error(behave):
    behave.suite()
    result = behave.run("--behavtest-device=abacus")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: device 'abacus' cannot be used here: *"])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_an_error(behave):
    behave.suite()
    result = behave.run("--behavtest-device=cuda")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: device 'cuda' cannot be used here: *"])
