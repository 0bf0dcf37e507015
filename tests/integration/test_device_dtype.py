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
@pytest.mark.parametrize("device", ["cuda", "cuda:7"])
def test_a_gpu_that_is_not_there_is_an_error(behave, device: str):
    behave.suite()
    result = behave.run(f"--behavtest-device={device}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: device '{device}' cannot be used here: torch *; --behavtest-device takes cpu, *"]
    )


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="this is a Mac")
def test_an_apple_gpu_elsewhere_is_an_error_of_one_line(behave):
    behave.suite()
    result = behave.run("--behavtest-device=mps")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: device 'mps' cannot be used here: torch finds no Apple*"])
    assert "aten" not in str(result.stderr)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_on_the_cpu_finds_what_full_precision_does(behave, unlearned, dtype: str):
    behave.suite()
    behave.run(
        "-k", "capitals", f"--behavtest-dtype={dtype}", "--behavtest-json=out.json", b=unlearned
    )
    assert behave.verdicts() == {"capitals": "violated"}
