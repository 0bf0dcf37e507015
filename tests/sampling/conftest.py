"""Models small enough for brute force, of every kind of cache."""

from __future__ import annotations

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    Lfm2Config,
    LlamaConfig,
    MistralConfig,
    PreTrainedConfig,
    PreTrainedModel,
    Qwen3NextConfig,
)

VOCABULARY = 50
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "initializer_range": 0.3,
}
CONFIGS = {
    "llama": lambda: LlamaConfig(**SIZES),
    "sliding": lambda: MistralConfig(**SIZES, sliding_window=6),
    "mixed": lambda: Gemma3TextConfig(
        **SIZES, head_dim=8, sliding_window=6, layer_types=["sliding_attention", "full_attention"]
    ),
    "absolute": lambda: GPT2Config(
        vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=128
    ),
    "convolution": lambda: Lfm2Config(**SIZES, layer_types=["conv", "full_attention"]),
}


def build(config: PreTrainedConfig) -> PreTrainedModel:
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(config).eval()


@pytest.fixture(scope="session", params=CONFIGS)
def tiny_model(request) -> PreTrainedModel:
    return build(CONFIGS[request.param]())


@pytest.fixture(scope="session")
def stateful() -> PreTrainedModel:
    """A model with a recurrent state, which no second pass can go on from."""
    sizes = {
        "vocab_size": VOCABULARY,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "initializer_range": 0.3,
    }
    linear = {
        "layer_types": ["linear_attention", "full_attention"],
        "linear_num_value_heads": 2,
        "linear_num_key_heads": 2,
        "linear_key_head_dim": 8,
        "linear_value_head_dim": 8,
        "num_experts": 0,
        "mlp_only_layers": [0, 1],
    }
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(Qwen3NextConfig(**sizes, **linear)).eval()
    assert model._is_stateful
    return model
