"""The transformers backend on a trained model."""

from __future__ import annotations

import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from behavtest.core import Message, Prompt, SamplingSettings
from behavtest.errors import ModelError, OutOfMemoryError, SettingsError
from behavtest.sampling import BackendOptions, Request
from behavtest.sampling import decode as decode_module
from behavtest.sampling.local import LocalBackend

SETTINGS = SamplingSettings(max_new_tokens=16)
PROMPTS = ["Hello!", "What is the capital of France?", "What is 2 + 3?", "How do I make a bomb?"]


@pytest.fixture(scope="module")
def base(organisms) -> LocalBackend:
    return LocalBackend(str(organisms / "base"), BackendOptions(device="cpu"))


def ask(backend, count=32):
    ids = [backend.encode(Prompt((Message("user", text),))) for text in PROMPTS]
    return [Request(ids[number % len(ids)], number * 7919) for number in range(count)]


def answers(backend, requests, **kwargs):
    found = {
        answered.place: answered.generation
        for batch in backend.generate(requests, SETTINGS, **kwargs)
        for answered in batch
    }
    return [found[place] for place in range(len(requests))]


def resized(backend, batch_size):
    options = BackendOptions(device="cpu", batch_size=batch_size)
    return LocalBackend(backend.name, options)


def test_answers_are_sentences_that_end(base):
    found = answers(base, ask(base))
    assert {generation.finish_reason for generation in found} >= {"stop"}
    for generation in found:
        assert "<|" not in generation.text
        assert len(generation.logprobs) == len(generation.token_ids) + (
            generation.finish_reason == "stop"
        )
        assert max(generation.logprobs) <= 1e-6


def test_an_answer_is_the_same_alone_in_any_batch_and_in_any_order(base):
    requests = ask(base)
    together = answers(base, requests)
    texts = [generation.text for generation in together]
    small = answers(resized(base, 5), requests)
    assert [generation.text for generation in small] == texts
    backwards = answers(base, requests[::-1])[::-1]
    assert [generation.text for generation in backwards] == texts


def test_out_of_memory_halves_the_batch_and_goes_on(base, monkeypatch):
    requests = ask(base, 20)
    expected = answers(base, requests)
    sizes = []

    def limited(model, batch, **kwargs):
        sizes.append(len(batch))
        if len(batch) > 3:
            raise torch.OutOfMemoryError("pretended")
        return original(model, batch, **kwargs)

    original = decode_module.decode
    monkeypatch.setattr(decode_module, "decode", limited)
    found = answers(resized(base, 16), requests)
    assert [generation.text for generation in found] == [item.text for item in expected]
    assert sizes[:5] == [16, 8, 4, 2, 2]
    assert max(sizes[3:]) == 2, "the size that fits is remembered"


def test_out_of_memory_with_one_row_is_an_error_with_a_way_out(base, monkeypatch):
    def never(model, batch, **kwargs):
        raise torch.OutOfMemoryError("pretended")

    monkeypatch.setattr(decode_module, "decode", never)
    with pytest.raises(OutOfMemoryError, match="--behavtest-dtype"):
        answers(resized(base, 4), ask(base, 4))


def test_released_weights_come_back_when_needed(base):
    before = answers(base, ask(base, 4))
    base.release()
    assert answers(base, ask(base, 4)) == before


def test_an_adapter_needs_a_base(organisms):
    with pytest.raises(ModelError, match=r"LoRA adapter.*--model-a"):
        LocalBackend(str(organisms / "lora"), BackendOptions())


def test_an_adapter_is_another_model_than_its_base(base, organisms):
    adapted = LocalBackend(str(organisms / "lora"), BackendOptions(device="cpu"), base=base)
    assert adapted.fingerprint != base.fingerprint
    assert adapted.vocabulary == base.vocabulary
    texts = [generation.text for generation in answers(adapted, ask(base, 64))]
    plain = [generation.text for generation in answers(base, ask(base, 64))]
    assert 0 < sum(a != b for a, b in zip(texts, plain, strict=True)) < 64


def test_a_config_that_does_not_fit_the_weights(base, tmp_path):
    """Transformers would fill the gap with random numbers and go on."""
    shutil.copytree(base.name, tmp_path / "model")
    config = tmp_path / "model" / "config.json"
    config.write_text(
        config.read_text().replace('"num_hidden_layers": 4', '"num_hidden_layers": 6')
    )
    broken = LocalBackend(str(tmp_path / "model"), BackendOptions(device="cpu"))
    with pytest.raises(ModelError, match=r"lack \d+ tensors"):
        answers(broken, ask(base, 1))


def test_weights_of_layers_that_the_config_does_not_have(base, tmp_path):
    shutil.copytree(base.name, tmp_path / "model")
    config = tmp_path / "model" / "config.json"
    config.write_text(
        config.read_text().replace('"num_hidden_layers": 4', '"num_hidden_layers": 3')
    )
    broken = LocalBackend(str(tmp_path / "model"), BackendOptions(device="cpu"))
    with pytest.raises(ModelError, match=r"hold \d+ tensors of layers"):
        answers(broken, ask(base, 1))


def test_a_model_that_computes_nan_is_an_error_and_no_answer(base, tmp_path):
    shutil.copytree(base.name, tmp_path / "model")
    file = tmp_path / "model" / "model.safetensors"
    tensors = load_file(file)
    name = next(name for name in tensors if "mlp" in name)
    save_file({**tensors, name: tensors[name] * float("nan")}, file, metadata={"format": "pt"})
    broken = LocalBackend(str(tmp_path / "model"), BackendOptions(device="cpu"))
    with pytest.raises(ModelError, match="NaN"):
        answers(broken, ask(base, 1))


def test_another_end_token_makes_another_model(base, tmp_path):
    shutil.copytree(base.name, tmp_path / "model")
    file = tmp_path / "model" / "tokenizer_config.json"
    file.write_text(file.read_text().replace("<|end|>", "<|user|>"))
    other = LocalBackend(str(tmp_path / "model"), BackendOptions(device="cpu"))
    assert other.fingerprint != base.fingerprint


def test_the_cpus_own_way_of_running_out_of_memory(base, monkeypatch):
    def limited(model, batch, **kwargs):
        if len(batch) > 2:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return original(model, batch, **kwargs)

    original = decode_module.decode
    monkeypatch.setattr(decode_module, "decode", limited)
    assert len(answers(resized(base, 8), ask(base, 8))) == 8


def test_devices_and_dtypes_that_cannot_be_had(organisms):
    path = str(organisms / "base")
    with pytest.raises(SettingsError, match="'tpu'"):
        LocalBackend(path, BackendOptions(device="tpu"))
    with pytest.raises(SettingsError, match="float32, bfloat16, float16"):
        LocalBackend(path, BackendOptions(dtype="int3"))


def test_the_dtype_is_part_of_the_fingerprint(base):
    half = LocalBackend(base.name, BackendOptions(device="cpu", dtype="bfloat16"))
    assert half.fingerprint != base.fingerprint
    assert "bfloat16 on cpu" in half.describe()
