"""Which models run over slots, and that those that do not are answered rightly all the same."""

from __future__ import annotations

import pytest
import torch
from by_definition import answer, requests
from transformers import (
    AutoModelForCausalLM,
    BloomConfig,
    FalconConfig,
    Gemma2Config,
    GPTNeoXConfig,
    MptConfig,
    OPTConfig,
    Phi3Config,
    Qwen2Config,
    Qwen3MoeConfig,
    StableLmConfig,
)

from behavtest.core import SamplingSettings
from behavtest.sampling.engine.cache import Window
from behavtest.sampling.engine.desk import EngineOptions
from behavtest.sampling.engine.engine import Engine
from behavtest.sampling.engine.network import Network, reach
from behavtest.sampling.engine.support import slots_for

SIZES = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
    "initializer_range": 0.3,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
HEADS = {**SIZES, "num_key_value_heads": 2}
CONFIGS = {
    "bloom": lambda: BloomConfig(
        vocab_size=50, hidden_size=32, n_layer=2, n_head=4, initializer_range=0.3
    ),
    "falcon with alibi": lambda: FalconConfig(
        **{key: SIZES[key] for key in SIZES if key != "intermediate_size"}, alibi=True
    ),
    "gemma 2": lambda: Gemma2Config(**HEADS, head_dim=8, sliding_window=6),
    "gpt-neox": lambda: GPTNeoXConfig(**SIZES),
    "mpt": lambda: MptConfig(vocab_size=50, d_model=32, n_layers=2, n_heads=4, max_seq_len=128),
    "opt": lambda: OPTConfig(**{**SIZES, "ffn_dim": 64, "word_embed_proj_dim": 32}),
    "phi 3": lambda: Phi3Config(**HEADS),
    "qwen 2, some layers sliding": lambda: Qwen2Config(
        **HEADS, use_sliding_window=True, sliding_window=6, max_window_layers=1
    ),
    "qwen 3, experts": lambda: Qwen3MoeConfig(
        **HEADS, head_dim=8, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16
    ),
    "stable lm": lambda: StableLmConfig(**HEADS),
}


@pytest.fixture(params=CONFIGS)
def model(request):
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(CONFIGS[request.param]()).eval()


def test_whatever_the_architecture_answers_are_right(model):
    settings = SamplingSettings(max_new_tokens=12)
    asked = requests(12)
    expected = [answer(model, request, settings) for request in asked]
    for references in (None, [*expected[1:], expected[0]], expected):
        made = Engine(model, EngineOptions(end_ids=frozenset(range(3, 9))))
        made.plan(rows=5, tokens=40)
        found = {
            row.place: (row.token_ids, row.finish_reason)
            for batch in made.run(asked, settings, references)
            for row in batch
        }
        assert [found[place] for place in range(12)] == [
            (right.token_ids, right.finish_reason) for right in expected
        ]


def test_common_architectures_run_over_slots():
    for name in ("gpt-neox", "phi 3", "qwen 3, experts", "stable lm", "gemma 2"):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(CONFIGS[name]()).eval()
        with torch.inference_mode():
            assert slots_for(model) is not None, name


def test_a_model_that_ignores_the_positions_it_is_given_does_not(monkeypatch):
    """It is found out by running it: a model that counts positions itself gives other logits."""
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(CONFIGS["phi 3"]()).eval()
    forward = type(model).forward

    def counts_itself(self, input_ids, position_ids=None, **kwargs):
        given = torch.arange(input_ids.shape[1]).expand(input_ids.shape)
        return forward(self, input_ids=input_ids, position_ids=given, **kwargs)

    with torch.inference_mode():
        assert slots_for(model) is not None
        monkeypatch.setattr(type(model), "forward", counts_itself)
        assert slots_for(model) is None


def test_looking_for_support_leaves_memory_errors_alone():
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(CONFIGS["phi 3"]()).eval()

    def full(*_args):
        raise torch.OutOfMemoryError("out of memory (pretended)")

    with (
        model.register_forward_pre_hook(full),
        torch.inference_mode(),
        pytest.raises(torch.OutOfMemoryError),
    ):
        slots_for(model)


def test_layers_that_keep_more_than_keys_and_values_are_told_apart(tiny_model):
    far = reach(tiny_model)
    kind = type(tiny_model).__name__
    expected = {
        "LlamaForCausalLM": ("full", 0),
        "MistralForCausalLM": ("sliding", 6),
        "Gemma3ForCausalLM": ("mixed", 6),
        "GPT2LMHeadModel": ("full", 0),
        "Lfm2ForCausalLM": None,
    }[kind]
    assert (far and (far.kind, far.window)) == expected


def test_layers_of_differing_shapes_are_refused_by_the_cache(tiny_model):
    far = reach(tiny_model)
    if far is None:
        pytest.skip("has no slots")
    cache = Network(tiny_model, far).cache(rows=1, columns=4)
    cache.look(Window(torch.zeros(1, 1, dtype=torch.int64), 0, 1))
    cache.update(torch.zeros(1, 2, 1, 8), torch.zeros(1, 2, 1, 8), 0)
    with pytest.raises(ValueError, match="differ"):
        cache.update(torch.zeros(1, 3, 1, 8), torch.zeros(1, 3, 1, 8), 1)
