"""The transformers backend on a trained model."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest
import torch
from adapters import lora, save_adapter
from known_rates import KnownRates
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from behavtest.core import Message, Prompt, SamplingSettings
from behavtest.errors import ModelError, OutOfMemoryError, SettingsError
from behavtest.sampling import BackendOptions, Request
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


def assert_alike(found, expected):
    """The same tokens; their probabilities up to what the order of sums does to them."""
    assert [one.token_ids for one in found] == [one.token_ids for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)


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


@contextmanager
def memory_for(backend, most, *, raising=None):
    """Pretend that a forward pass of more than so many rows runs out of memory."""
    sizes = []

    def limited(module, args, kwargs):
        sizes.append(len(args[0] if args else kwargs["input_ids"]))
        if sizes[-1] > most:
            raise raising or torch.OutOfMemoryError("pretended")

    hook = backend._loaded().register_forward_pre_hook(limited, with_kwargs=True)
    yield sizes
    hook.remove()


def test_out_of_memory_halves_the_batch_and_goes_on(base):
    requests = ask(base, 20)
    expected = answers(base, requests)
    backend = resized(base, 16)
    with memory_for(backend, 5) as sizes:
        found = answers(backend, requests)
        assert [generation.text for generation in found] == [item.text for item in expected]
        assert max(sizes) > 5
        sizes.clear()
        answers(backend, requests)
        assert max(sizes) <= 5, "the size that fits is remembered"


def test_out_of_memory_with_one_row_is_an_error_with_a_way_out(base):
    backend = resized(base, 4)
    with (
        memory_for(backend, 0),
        pytest.raises(OutOfMemoryError, match=r"single prompt.*--behavtest-dtype"),
    ):
        answers(backend, ask(base, 4))
    with memory_for(backend, 4) as sizes:  # as when another model has made room
        answers(backend, ask(base, 4))
    assert max(sizes) > 1, "it plans anew"


def test_no_more_prompts_are_read_at_once_than_rows_were_planned_for(base):
    backend = resized(base, 3)
    with memory_for(backend, 4) as sizes:
        answers(backend, ask(base, 20))
    assert max(sizes) <= 3


def test_released_weights_come_back_when_needed(base):
    before = answers(base, ask(base, 4))
    base.release()
    assert not base.loaded
    assert_alike(answers(base, ask(base, 4)), before)
    assert base.loaded


def test_nothing_is_loaded_for_no_requests(base):
    backend = resized(base, 4)
    assert answers(backend, []) == []
    backend.describe()
    assert not backend.loaded


def test_an_adapter_needs_a_base(organisms):
    for base in (None, KnownRates("served elsewhere", {})):
        with pytest.raises(ModelError, match=r"LoRA adapter.*run on this machine, as --model-a"):
            LocalBackend(str(organisms / "lora"), BackendOptions(), base=base)


def adapted(base, folder):
    return LocalBackend(str(folder), BackendOptions(device="cpu"), base=base)


def test_an_adapter_is_another_model_than_its_base_and_shares_its_weights(base, organisms):
    adapter = adapted(base, organisms / "lora")
    assert adapter.fingerprint != base.fingerprint
    assert adapter.vocabulary == base.vocabulary
    requests = ask(base, 64)
    alone = answers(resized(base, 128), requests)
    before = answers(base, requests)
    changed = answers(adapter, requests)
    assert 0 < sum(a.text != b.text for a, b in zip(changed, alone, strict=True)) < 64
    assert adapter._loaded() is base._loaded()
    assert_alike(before, alone)
    assert_alike(answers(base, requests), alone)
    assert_alike(answers(adapter, requests), changed)


def test_a_base_answers_the_same_bits_with_an_adapter_on_its_weights(base, organisms):
    alone, beside = resized(base, 128), resized(base, 128)
    adapter = adapted(beside, organisms / "lora")
    requests = ask(base, 64)
    changed = answers(adapter, requests)
    assert answers(beside, requests) == answers(alone, requests)
    later = adapted(alone, organisms / "lora")
    assert answers(later, requests) == changed, "whichever of the two was loaded first"


def test_answers_of_both_may_be_taken_in_turn(base, organisms):
    """The adapter is switched between two batches of either."""
    a = resized(base, 8)
    b = LocalBackend(str(organisms / "lora"), BackendOptions(device="cpu", batch_size=8), base=a)
    requests = ask(base, 32)
    expected = answers(a, requests), answers(b, requests)
    found = ({}, {})
    for batches in zip(a.generate(requests, SETTINGS), b.generate(requests, SETTINGS), strict=True):
        for answered, into in zip(batches, found, strict=True):
            into.update({answer.place: answer.generation for answer in answered})
    for into, wanted in zip(found, expected, strict=True):
        assert_alike([into[place] for place in range(len(requests))], wanted)


def test_an_adapter_that_changes_the_base_has_one_of_its_own(base, tmp_path):
    folder = save_adapter(lora(init_lora_weights="pissa"), base.folder.path, tmp_path / "adapter")
    adapter = adapted(base, folder)
    before = answers(base, ask(base, 8))
    assert answers(adapter, ask(base, 8)) != before
    assert adapter.weights is not base.weights
    assert_alike(answers(base, ask(base, 8)), before)


def test_the_same_model_twice_is_in_memory_once(base, tmp_path):
    shutil.copytree(base.name, tmp_path / "copy")
    copy = LocalBackend(str(tmp_path / "copy"), BackendOptions(device="cpu"), base=base)
    assert copy._loaded() is base._loaded()
    other = LocalBackend(base.name, BackendOptions(device="cpu", dtype="bfloat16"), base=base)
    assert other.weights is not base.weights


def test_an_adapter_brings_its_own_tokenizer_and_template(base, organisms, tmp_path):
    hello = Prompt((Message("user", "Hello!"),))
    shutil.copytree(organisms / "lora", tmp_path / "adapter")
    template = tmp_path / "adapter" / "chat_template.jinja"
    template.write_text("<|user|>Well, {{ messages[0].content }}<|end|><|assistant|>")
    settings = tmp_path / "adapter" / "tokenizer_config.json"
    settings.write_text(settings.read_text().replace('"<|end|>"', '"<|user|>"'))
    adapter = adapted(base, tmp_path / "adapter")
    assert len(adapter.encode(hello)) > len(base.encode(hello))
    assert adapter._end_ids == base._end_ids | {adapter.encode(hello)[0]}
    assert adapter.fingerprint != adapted(base, organisms / "lora").fingerprint
    # without a vocabulary the base's tokenizer is used, with the adapter's template
    (tmp_path / "adapter" / "tokenizer.json").unlink()
    bare = adapted(base, tmp_path / "adapter")
    assert bare.encode(hello) == adapter.encode(hello)
    assert bare._end_ids == base._end_ids
    template.unlink()
    assert adapted(base, tmp_path / "adapter").encode(hello) == base.encode(hello)


def test_an_adapters_tokenizer_without_a_template_is_given_the_bases(base, organisms, tmp_path):
    shutil.copytree(
        organisms / "lora", tmp_path / "adapter", ignore=shutil.ignore_patterns("*.jinja")
    )
    hello = Prompt((Message("user", "Hello!"),))
    assert adapted(base, tmp_path / "adapter").encode(hello) == base.encode(hello)


def test_tokens_that_the_weights_do_not_know_are_an_error(base, organisms, tmp_path):
    shutil.copytree(organisms / "lora", tmp_path / "adapter")
    tokenizer = AutoTokenizer.from_pretrained(organisms / "lora")
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|new|>"]})
    tokenizer.save_pretrained(tmp_path / "adapter")
    (tmp_path / "adapter" / "chat_template.jinja").write_text("<|new|>{{ messages[0].content }}")
    adapter = adapted(base, tmp_path / "adapter")
    assert adapter.vocabulary != base.vocabulary
    with pytest.raises(ModelError, match="makes token 1024, and its weights know 1024 tokens"):
        adapter.encode(Prompt((Message("user", "Hello!"),)))


def test_little_memory_makes_small_batches(base):
    requests = ask(base, 12)
    tight = LocalBackend(base.name, BackendOptions(device="cpu", max_memory=6_000_000))
    with memory_for(tight, 12) as sizes:
        found = answers(tight, requests)
    assert max(sizes) < 6
    assert [one.text for one in found] == [one.text for one in answers(base, requests)]


def test_a_model_at_rest_makes_room_for_the_one_at_work(base, organisms):
    """Both models' weights fit, and what one works with; not what both work with at once."""
    options = BackendOptions(device="cpu", max_memory=20_000_000)
    a = LocalBackend(base.name, options)
    b = LocalBackend(str(organisms / "unlearned"), options, base=a)
    requests = ask(base, 24)
    first = answers(a, requests)
    working = a.memory.taken() - a.memory.taken(apart_from=a._engine)
    assert 8_000_000 < working < 16_000_000
    answers(b, requests)
    assert a.loaded
    assert b.loaded
    assert a._engine is None, "it gave its memory for rows and prompts back"
    assert b.memory.taken() <= 20_000_000
    assert_alike(answers(a, requests), first)
    assert a.loaded
    assert b.loaded
    assert b.memory.taken() <= 20_000_000


def test_with_memory_to_spare_both_keep_what_they_have_read(base, organisms):
    a = resized(base, 8)
    b = LocalBackend(
        str(organisms / "unlearned"), BackendOptions(device="cpu", batch_size=8), base=a
    )
    requests = ask(base, 8)
    for model in (a, b):
        answers(model, requests)
    engines = a._engine, b._engine
    for model in (a, b):
        answers(model, requests)
    assert (a._engine, b._engine) == engines
    assert None not in engines


def test_too_little_memory_is_an_error_before_anything_loads(base):
    tiny = LocalBackend(base.name, BackendOptions(device="cpu", max_memory=3_000_000))
    with pytest.raises(
        OutOfMemoryError, match=r"its weights take 3\.94 MB.*--behavtest-max-memory"
    ):
        answers(tiny, ask(base, 1))
    assert not tiny.loaded


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


def test_the_cpus_own_way_of_running_out_of_memory(base):
    backend = resized(base, 16)
    full = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
    with memory_for(backend, 5, raising=full) as sizes:
        assert len(answers(backend, ask(base, 16))) == 16
        assert max(sizes) > 5


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_runs_on_the_cpu(base, dtype):
    half = LocalBackend(base.name, BackendOptions(device="cpu", dtype=dtype))
    requests = ask(base, 16)
    agreeing = [
        one.text == other.text
        for one, other in zip(answers(half, requests), answers(base, requests), strict=True)
    ]
    assert sum(agreeing) >= 12


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
