"""Where models run, and in which type: what cannot be had is said as a user would want it."""

from __future__ import annotations

import pytest
import torch

from behavtest.errors import SettingsError
from behavtest.models.loading import pick_device, pick_dtype

NO_GPU = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
NO_APPLE = pytest.mark.skipif(torch.backends.mps.is_available(), reason="this is a Mac")


def test_the_best_there_is():
    best = pick_device(None)
    if torch.cuda.is_available():
        assert best == "cuda"
    else:
        assert best == ("mps" if torch.backends.mps.is_available() else "cpu")
    assert pick_device("cpu") == "cpu"
    assert pick_device("cpu:0") == "cpu", "there is one"


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        ("tpu", "torch knows no such device"),
        ("CPU", "torch knows no such device"),
        ("cuda:", "torch knows no such device"),
        ("cuda:one", "torch knows no such device"),
        ("meta", "Cannot copy out of meta tensor"),
        pytest.param("cuda", "torch was installed without CUDA|torch sees no GPU", marks=NO_GPU),
        pytest.param("cuda:7", "torch was installed without CUDA|torch sees no GPU", marks=NO_GPU),
        pytest.param("mps", "torch finds no Apple GPU", marks=NO_APPLE),
    ],
)
def test_a_device_that_cannot_be_had_is_one_line_that_names_the_option(device, reason):
    with pytest.raises(SettingsError, match=reason) as failure:
        pick_device(device)
    text = str(failure.value)
    assert text.startswith(f"device {device!r} cannot be used here: ")
    assert "--behavtest-device takes cpu, cuda, cuda:1 or mps" in text
    assert "\n" not in text
    assert len(text) < 300


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_too_many():
    with pytest.raises(SettingsError, match="the GPUs go from cuda:0 to cuda:"):
        pick_device("cuda:64")


def test_types():
    assert pick_dtype(None, device="cpu") == "float32"
    assert pick_dtype(None, device="cpu:0") == "float32"
    assert pick_dtype(None, device="cuda:1") == "bfloat16"
    assert pick_dtype("float16", device="cpu") == "float16"
    with pytest.raises(SettingsError, match=r"float32, bfloat16, float16 for --behavtest-dtype"):
        pick_dtype("float8", device="cpu")
