"""The GPU benchmark runs, as far as a machine without a GPU can tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch


def run(benchmarks: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(benchmarks / "gpu.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.slow
def test_every_arm_runs_with_a_tiny_shape_on_the_cpu(benchmarks):
    done = run(benchmarks, "--smoke")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout[done.stdout.rindex("\n{\n") :])
    assert found["copy_bytes_per_second"] > 0
    assert {row["model"] for row in found["check"]["rows"]} == {"random", "base", "lora"}
    for row in found["check"]["rows"]:
        assert row["same_answer_share"] == row["same_when_replayed_share"] == 1
    assert found["kernels"]["rows"][0]["ms"] > 0
    decode, _ = found["decode"]["rows"]
    assert decode["bytes_per_step"] > 4 * found["decode"]["parameters"]
    arms = {"own, 2 slots", "own, 4 slots", "sdpa, batch 4"}
    assert found["generate"]["tokens_per_second"].keys() == arms
    assert min(found["continuous"]["tokens_per_second"].values()) > 0
    same, _ = found["replay"]["rows"]
    assert same["accepted_share"] == 1
    assert same["answers_changed_by_replay"] == 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU, so it would measure")
def test_it_refuses_politely_without_cuda(benchmarks, tmp_path):
    done = run(benchmarks, "--out", str(tmp_path))
    assert done.returncode == 1
    assert "No CUDA device here" in done.stdout
    assert not done.stderr
    assert not list(tmp_path.iterdir())


def test_a_step_moves_every_weight_and_the_keys_and_values_of_what_is_alive():
    from gpu_arms.decode import moved_bytes
    from gpu_arms.scale import SHAPES, full

    scale = full(SHAPES["8B"])
    parameters = 8_030_261_248  # of Llama 3.1 8B
    looked_up = 128_256 * 4096
    # one token has 32 layers x 8 heads x 128 numbers, for keys and for values, of two bytes each
    assert moved_bytes(scale, parameters, live_tokens=0) == 2 * (parameters - looked_up)
    alive = moved_bytes(scale, 0, live_tokens=10) - moved_bytes(scale, 0, live_tokens=0)
    assert alive == 10 * 131_072


def test_a_tied_embedding_is_read_once_as_the_output():
    from gpu_arms.decode import moved_bytes
    from gpu_arms.scale import SHAPES, full

    assert moved_bytes(full(SHAPES["1B"]), 1000, live_tokens=0) == 2000


def test_what_was_not_run_is_named():
    from gpu import PARTS, not_run

    done = {part: {} for part in PARTS if part != "replay"}
    missing = not_run({"1B": done | {"replay": {"error": "RuntimeError: no"}}})
    assert missing == ["1B: replay", *(f"8B: {part}" for part in PARTS)]


def test_an_arm_that_fails_is_left_out_and_told_of(capsys):
    from gpu_arms.rates import rates

    def fail() -> int:
        raise RuntimeError("no compiler here")

    found = rates(
        {"works": lambda: 3, "fails": fail}, repeats=2, renew=lambda: None, finish=lambda: None
    )
    assert found.keys() == {"works"}
    assert len(found["works"]) == 2
    assert "no compiler here" in capsys.readouterr().err
