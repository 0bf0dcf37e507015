"""The sampler beside a decode step of a randomly initialised model with a large vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from noise_arms.timed import milliseconds, timed, times_as_long
from transformers import AutoModelForCausalLM, DynamicCache, LlamaConfig

from behavtest.core import SamplingSettings
from behavtest.models.cached import cache_argument
from behavtest.sampling.choose import choose
from behavtest.sampling.noise import gumbel_noise

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 32
PROMPT = 64
SHAPES = {  # hidden size, layers
    "small": (512, 4),
    "medium": (1024, 4),
}
VOCABULARY = 128_256


def measure(device: torch.device, *, repeats: int) -> list[dict[str, object]]:
    """Measure a step, and choosing from its logits, by turns."""
    return [row(name, device, repeats=repeats) for name in SHAPES]


def row(name: str, device: torch.device, *, repeats: int) -> dict[str, object]:
    """Measure one shape of model; fp32 on the CPU, bf16 on CUDA."""
    hidden, layers = SHAPES[name]
    step, logits = decode_step(hidden, layers, device)
    keys = {
        "seeds": torch.arange(ROWS, device=device),
        "positions": torch.full((ROWS,), PROMPT, device=device),
    }
    settings = SamplingSettings()
    times = timed(
        {
            "model": step,
            "choose": lambda: choose(logits, **keys, settings=settings),
            "all the noise": lambda: gumbel_noise(**keys, vocabulary=VOCABULARY),
        },
        device,
        repeats=repeats,
    )
    found = {
        "hidden_size": hidden,
        "layers": layers,
        "vocabulary": VOCABULARY,
        "rows": ROWS,
        "dtype": str(logits.dtype),
        "milliseconds": milliseconds(times),
        "choose_over_model": times_as_long(times, "choose", "model"),
        "all_the_noise_over_model": times_as_long(times, "all the noise", "model"),
    }
    print(found, flush=True)
    return found


def decode_step(
    hidden: int, layers: int, device: torch.device
) -> tuple[Callable[[], object], torch.Tensor]:
    """Make one step over a cache of a prompt, always the same, and the logits it gives."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        num_key_value_heads=hidden // 256,
        max_position_embeddings=2 * PROMPT,
    )
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    model = AutoModelForCausalLM.from_config(config, dtype=dtype).to(device).eval()
    cache = DynamicCache(config=config)
    prompt = torch.randint(VOCABULARY, (ROWS, PROMPT), device=device)
    memory = cache_argument(model, cache)
    model(prompt, use_cache=True, logits_to_keep=1, **memory)

    def step() -> torch.Tensor:
        logits = model(prompt[:, :1], use_cache=True, **memory).logits[:, -1]
        cache.crop(-1)
        return logits

    return step, step()
