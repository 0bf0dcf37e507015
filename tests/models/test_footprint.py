"""What a model needs, held against what a real one takes."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from transformers import (
    AutoModelForCausalLM,
    DynamicCache,
    Gemma3TextConfig,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    PreTrainedConfig,
)

from behavtest.models.cached import cache_argument
from behavtest.models.folder import inspect_folder
from behavtest.models.footprint import row_bytes, rows_that_fit, weight_bytes
from behavtest.models.loading import load_model
from behavtest.models.memory import model_bytes

SIZES = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
CONFIGS = {
    "grouped": LlamaConfig(**SIZES),
    "all heads": LlamaConfig(**{**SIZES, "num_key_value_heads": 4}),
    "wide heads": LlamaConfig(**SIZES, head_dim=24),
    "sliding": MistralConfig(**SIZES, sliding_window=6),
    "mixed": Gemma3TextConfig(
        **SIZES,
        head_dim=8,
        sliding_window=6,
        layer_types=["sliding_attention", "full_attention"] * 2,
    ),
    "older names": GPT2Config(vocab_size=50, n_embd=32, n_layer=4, n_head=4, n_positions=128),
}


def cached(config: PreTrainedConfig, tokens: int) -> int:
    """Measure what one row's keys and values really take."""
    model = AutoModelForCausalLM.from_config(config).eval()
    cache = DynamicCache(config=model.config)
    with torch.inference_mode():
        ids = torch.ones(1, tokens, dtype=torch.int64)
        model(input_ids=ids, **cache_argument(model, cache))
    return sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_row_needs_what_its_cache_takes_and_more_to_work_with(name):
    config = CONFIGS[name]
    tokens = 40
    taken = cached(config, tokens)
    estimate = row_bytes(config, dtype="float32", tokens=tokens)
    nothing_cached = row_bytes(_without_layers(config), dtype="float32", tokens=tokens)
    in_cache = estimate - nothing_cached
    slides = getattr(config, "sliding_window", None)
    assert taken <= in_cache if slides else taken == in_cache
    assert nothing_cached > 0


def _without_layers(config: PreTrainedConfig) -> PreTrainedConfig:
    copy = config.__class__(**config.to_dict())
    copy.layer_types = None
    copy.num_hidden_layers = 0
    return copy


def test_half_the_bytes_in_half_the_precision_but_for_the_logits():
    config = LlamaConfig(**SIZES)
    full, half = (row_bytes(config, dtype=dtype, tokens=50) for dtype in ("float32", "bfloat16"))
    logits = row_bytes(config, dtype="float32", tokens=0)
    assert half - logits == (full - logits) // 2


def test_settings_given_per_layer_or_not_at_all():
    odd = PreTrainedConfig(num_hidden_layers=2, hidden_size=8, num_attention_heads=2)
    odd.num_key_value_heads = [1, 2]
    assert row_bytes(odd, dtype="float32", tokens=10) > 2 * 10 * 2 * 8 * 4
    assert row_bytes(PreTrainedConfig(), dtype="float32", tokens=10) >= 0


def test_expanded_latent_attention_is_counted_by_its_own_heads():
    plain, latent = LlamaConfig(**SIZES), LlamaConfig(**SIZES)
    latent.qk_head_dim, latent.v_head_dim = 24, 16
    more = row_bytes(latent, dtype="float32", tokens=10) - row_bytes(
        plain, dtype="float32", tokens=10
    )
    assert more == 4 * 10 * 4 * 2 * (24 + 16 - 8 - 8)


def test_rows_grow_with_memory_and_shrink_with_length():
    model = AutoModelForCausalLM.from_config(LlamaConfig(**SIZES))
    row = row_bytes(model.config, dtype="float32", tokens=50)

    def rows(free, tokens=50):
        return rows_that_fit(model, tokens_per_row=tokens, free_bytes=free, most=128)

    assert rows(None) == 128
    assert rows(10**12) == 128
    assert rows(0) == 1
    assert rows(20 * row) == 18
    assert rows(20 * row, tokens=100) < 18


def test_weights_take_what_their_files_say_in_the_type_that_is_computed_in(organisms):
    base = inspect_folder(organisms / "base")
    for dtype in ("float32", "bfloat16"):
        model = load_model(base, dtype=dtype, device="cpu", trust_remote_code=False)
        rotary = sum(buffer.nbytes for buffer in model.buffers())
        assert weight_bytes(base, dtype=dtype) == model_bytes(model) - rotary
    assert weight_bytes(base, dtype="float32") > 1.9 * base.weight_bytes, "stored in half"


def test_quantized_weights_stay_as_they_are(folder):
    save_file(
        {
            "codes": np.zeros((4, 5), dtype=np.uint8),
            "places": np.zeros(3, dtype=np.int32),
            "scales": np.zeros(2, dtype=np.float16),
        },
        folder / "model.safetensors",
    )
    assert weight_bytes(inspect_folder(folder), dtype="float32") == 20 + 3 * 4 + 2 * 4


def test_shards_are_counted_together_and_another_layout_of_the_same_weights_is_not(folder):
    (folder / "model.safetensors").unlink()
    for name in ("one", "two", "consolidated"):
        save_file({name: np.zeros(10, dtype=np.float32)}, folder / f"{name}.safetensors")
    index = {"weight_map": {"one": "one.safetensors", "two": "two.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert weight_bytes(inspect_folder(folder), dtype="float32") == 80
