"""Weights are loaded when needed, once for all who share them, and go with the last of them."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
import torch
from adapters import logits, lora, save_adapter

from behavtest.errors import ModelError
from behavtest.models.folder import inspect_folder
from behavtest.models.loading import load_model
from behavtest.models.memory import DeviceMemory, model_bytes
from behavtest.models.resident import Share, Weights


@pytest.fixture(scope="module")
def base(organisms):
    return inspect_folder(organisms / "base")


@pytest.fixture(scope="module")
def adapter(organisms):
    return inspect_folder(organisms / "lora")


@pytest.fixture
def memory():
    return DeviceMemory("cpu", None)


@pytest.fixture
def weights(base, memory):
    return Weights(base, dtype="float32", memory=memory, trust_remote_code=False)


@pytest.fixture(scope="module")
def as_base(base):
    return logits(load_model(base, dtype="float32", device="cpu", trust_remote_code=False))


def test_nothing_is_loaded_before_it_is_needed(weights, memory):
    share = Share(weights)
    assert share.missing == 3_936_768
    assert memory.taken() == 0
    model = share.model()
    assert share.missing == 0
    assert memory.taken() == model_bytes(model) == pytest.approx(3_936_768, rel=0.01)
    assert share.model() is model


def test_an_adapter_and_its_base_are_one_model_in_memory(weights, memory, adapter, as_base):
    a, b = Share(weights), Share(weights, adapter)
    model = a.model()
    alone = memory.taken()
    assert b.missing == 4 * 65_536, "only the adapter's own numbers, in float32"
    assert b.model() is model
    assert memory.taken() == alone + 4 * 65_536
    assert not torch.equal(logits(b.model()), as_base)
    assert torch.equal(logits(a.model()), as_base)


def test_the_adapter_may_come_first(weights, memory, adapter, as_base):
    a, b = Share(weights), Share(weights, adapter)
    as_b = logits(b.model())
    taken = memory.taken()
    assert a.missing == 0
    assert torch.equal(logits(a.model()), as_base)
    assert memory.taken() == taken
    assert torch.equal(logits(b.model()), as_b)


def test_either_may_go_first(weights, memory, adapter, as_base):
    a, b = Share(weights), Share(weights, adapter)
    as_b = logits(b.model())
    model = a.model()
    a.release()
    assert b.missing == 0
    assert torch.equal(logits(b.model()), as_b)
    a.model()
    b.release()
    assert b.missing > 0
    assert memory.taken() == model_bytes(model)
    assert torch.equal(logits(a.model()), as_base)
    assert torch.equal(logits(b.model()), as_b)


def test_two_adapters_on_one_base(weights, base, adapter, as_base, tmp_path):
    other = inspect_folder(save_adapter(lora(use_dora=True), base.path, tmp_path / "other"))
    a, b, c = Share(weights), Share(weights, adapter), Share(weights, other)
    as_b, as_c = logits(b.model()), logits(c.model())
    assert not torch.equal(as_b, as_c)
    assert torch.equal(logits(a.model()), as_base)
    b.release()
    assert torch.equal(logits(c.model()), as_c)
    assert torch.equal(logits(b.model()), as_b)


def test_released_weights_are_gone(weights, memory, adapter):
    a, b = Share(weights), Share(weights, adapter)
    b.model()
    tensor = weakref.ref(a.model().get_input_embeddings().weight)
    a.release()
    b.release()
    gc.collect()
    assert tensor() is None
    assert memory.taken() == 0
    assert a.missing == 3_936_768
    a.release()  # once more changes nothing


def test_an_adapter_that_does_not_fit_takes_nobody_along(
    weights, memory, organisms, as_base, tmp_path: Path
):
    for file in (organisms / "lora").glob("adapter*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = tmp_path / "adapter_config.json"
    config.write_text(config.read_text().replace('"r": 8', '"r": 4'))
    a, broken = Share(weights), Share(weights, inspect_folder(tmp_path))
    a.model()
    with pytest.raises(ModelError, match="does not fit the base model"):
        broken.model()
    assert memory.taken() == 0
    assert torch.equal(logits(a.model()), as_base)
