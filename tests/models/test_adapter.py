"""Adapters on a base: which may share its weights, and that sharing changes no bit."""

from __future__ import annotations

import json
import sys
import warnings

import pytest
import torch
from adapters import logits, lora, save_adapter
from peft import (
    IA3Config,
    LNTuningConfig,
    LoHaConfig,
    PeftModel,
    PrefixTuningConfig,
    PromptTuningConfig,
)
from safetensors.torch import load_file, save_file

from behavtest.errors import ModelError
from behavtest.models.adapter import check_adapter, shareable
from behavtest.models.attached import Adapters
from behavtest.models.folder import inspect_folder
from behavtest.models.loading import load_model

BESIDE = {
    "plain": lora(),
    "rank stabilised": lora(use_rslora=True),
    "weight decomposed": lora(use_dora=True),
    "biased": lora(lora_bias=True),
    "head retrained": lora(modules_to_save=["lm_head"]),
    "embedding retrained": lora(modules_to_save=["embed_tokens"]),
    "norms retrained": lora(modules_to_save=["input_layernorm"]),
    "gaussian": lora(init_lora_weights="gaussian"),
}
ALONE = {
    "from the base's main components": lora(init_lora_weights="pissa"),
    "biases retrained": lora(bias="lora_only"),
    "tokens retrained": lora(trainable_token_indices=[5, 6, 7]),
    "on parameters": lora(target_modules=[], target_parameters=["mlp.gate_proj.weight"]),
    "layers repeated": lora(layer_replication=[(0, 4), (2, 4)]),
    "embedding saved whole": lora(target_modules=["embed_tokens", "q_proj"]),
    "scaled activations": IA3Config(
        task_type="CAUSAL_LM", target_modules=["k_proj"], feedforward_modules=[]
    ),
    "products": LoHaConfig(task_type="CAUSAL_LM", target_modules=["k_proj"]),
    "norms": LNTuningConfig(task_type="CAUSAL_LM", target_modules=["input_layernorm"]),
}
UNUSABLE = {
    "virtual tokens": PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4),
    "virtual keys": PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4),
    "invoked by tokens": lora(alora_invocation_tokens=[5, 6]),
}


@pytest.fixture(scope="module")
def base(organisms):
    return inspect_folder(organisms / "base")


def load(base):
    return load_model(base, dtype="float32", device="cpu", trust_remote_code=False)


def by_peft(base, adapter) -> torch.Tensor:
    """What peft's own model answers, on a base of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return logits(PeftModel.from_pretrained(load(base), str(adapter.path)).eval())


@pytest.mark.parametrize("kind", BESIDE)
def test_sharing_changes_no_bit_of_either(base, organisms, tmp_path, kind):
    adapter = inspect_folder(save_adapter(BESIDE[kind], base.path, tmp_path / "one"))
    other = inspect_folder(organisms / "lora")
    check_adapter(adapter, base=base)
    assert shareable(adapter)
    as_base, as_one, as_other = logits(load(base)), by_peft(base, adapter), by_peft(base, other)
    assert not torch.equal(as_base, as_one)
    model = load(base)
    adapters = Adapters(model)
    names = {"one": adapters.attach(adapter), "other": adapters.attach(other), "base": None}
    expected = {"one": as_one, "other": as_other, "base": as_base}
    for who in ("base", "one", "base", "other", "one", "other"):
        adapters.switch(names[who])
        assert torch.equal(logits(model), expected[who]), who
        assert not any(parameter.requires_grad for parameter in model.parameters())
    adapters.detach(names["one"])
    assert torch.equal(logits(model), as_base)
    adapters.switch(names["other"])
    assert torch.equal(logits(model), as_other)
    adapters.detach(names["other"])
    assert torch.equal(logits(model), as_base)
    adapters.switch(adapters.attach(adapter))
    assert torch.equal(logits(model), as_one)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_sharing_changes_no_bit_in_half_precision_either(base, organisms, dtype):
    adapter = inspect_folder(organisms / "lora")
    model = load_model(base, dtype=dtype, device="cpu", trust_remote_code=False)
    before = logits(model)
    adapters = Adapters(model)
    name = adapters.attach(adapter)
    adapters.switch(name)
    assert not torch.equal(logits(model), before)
    adapters.switch(None)
    assert torch.equal(logits(model), before)


@pytest.mark.parametrize("kind", ALONE)
def test_one_that_may_change_the_base_has_a_base_of_its_own(base, tmp_path, kind):
    adapter = inspect_folder(save_adapter(ALONE[kind], base.path, tmp_path / "adapter"))
    check_adapter(adapter, base=base)
    assert not shareable(adapter)
    model = load(base)
    adapters = Adapters(model)
    adapters.switch(adapters.attach(adapter))
    assert torch.equal(logits(model), by_peft(base, adapter))


@pytest.mark.parametrize("kind", UNUSABLE)
def test_one_that_changes_the_inputs_is_refused(base, tmp_path, kind):
    adapter = inspect_folder(save_adapter(UNUSABLE[kind], base.path, tmp_path / "adapter"))
    with pytest.raises(ModelError, match=r"whole conversation at once.*use one that acts on"):
        check_adapter(adapter, base=base)


def test_a_setting_nobody_knows_is_not_trusted_with_the_bases_weights(organisms, tmp_path):
    settings = json.loads((organisms / "lora" / "adapter_config.json").read_text())
    for name, expected in (("use_something_new", False), ("auto_mapping", True)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "adapter_config.json").write_text(json.dumps({**settings, name: True}))
        weights = (organisms / "lora" / "adapter_model.safetensors").read_bytes()
        (folder / "adapter_model.safetensors").write_bytes(weights)
        assert shareable(inspect_folder(folder)) is expected


def test_a_kind_that_peft_does_not_know(base, organisms, tmp_path):
    settings = json.loads((organisms / "lora" / "adapter_config.json").read_text())
    (tmp_path / "adapter_config.json").write_text(json.dumps({**settings, "peft_type": "MAGIC"}))
    weights = (organisms / "lora" / "adapter_model.safetensors").read_bytes()
    (tmp_path / "adapter_model.safetensors").write_bytes(weights)
    with pytest.raises(ModelError, match=r"cannot be loaded by peft [\d.]+: .*MAGIC"):
        check_adapter(inspect_folder(tmp_path), base=base)


def test_without_peft_the_way_to_it_is_said(base, organisms, monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(ModelError, match=r"needs peft: pip install 'behavtest\[lora\]'"):
        check_adapter(inspect_folder(organisms / "lora"), base=base)


def test_another_vocabulary_is_refused_before_anything_loads(base, tmp_path):
    config = lora(modules_to_save=["embed_tokens"])
    adapter = save_adapter(config, base.path, tmp_path / "adapter", vocabulary=1030)
    with pytest.raises(ModelError, match=r"1030 tokens, and its base has 1024; merge it into"):
        check_adapter(inspect_folder(adapter), base=base)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda tensors: dict(list(tensors.items())[2:]), r"its weights lack 2 tensors"),
        (
            lambda tensors: {
                **tensors,
                **{
                    name.replace("layers.0.", "layers.9."): tensors[name].clone()
                    for name in tensors
                },
            },
            r"its weights hold \d+ tensors",
        ),
        (
            lambda tensors: {
                name: tensor[..., :-1].contiguous() for name, tensor in tensors.items()
            },
            "size mismatch",
        ),
    ],
)
def test_weights_of_another_model_are_refused(base, organisms, tmp_path, damage, message):
    """Peft only warns, and fills in zeros or drops what has no place."""
    for file in (organisms / "lora").glob("adapter*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = tmp_path / "adapter_model.safetensors"
    save_file(damage(load_file(weights)), weights)
    with pytest.raises(ModelError, match=rf"(?s)does not fit the base model.*{message}"):
        Adapters(load(base)).attach(inspect_folder(tmp_path))
