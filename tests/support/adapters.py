"""Adapters on the organisms' base, trained on nothing: random where a trained one has values."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftConfig, get_peft_model
from transformers import AutoModelForCausalLM


def lora(**changes) -> LoraConfig:
    """A LoRA of two kinds of layers, unless said otherwise."""
    settings = {"task_type": "CAUSAL_LM", "target_modules": ["q_proj", "up_proj"]}
    return LoraConfig(**{**settings, **changes})


def save_adapter(config: PeftConfig, base: Path, where: Path, *, vocabulary: int = 0) -> Path:
    """Write an adapter with random weights.

    Args:
        config: What it is.
        base: The model it goes on.
        where: Its folder.
        vocabulary: Resizes the base's first, if not 0.
    """
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of embeddings that are saved whole, of tied ones, ...
        if vocabulary:
            model.resize_token_embeddings(vocabulary)
        adapted = get_peft_model(model, config)
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.3)
        adapted.save_pretrained(where)
    return where


def logits(model: torch.nn.Module) -> torch.Tensor:
    """What a model answers to three fixed rows: everywhere, and as a decoder asks, at the end."""
    ids = torch.randint(5, 1000, (3, 20), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        whole = model(input_ids=ids).logits
        last = model(input_ids=ids, logits_to_keep=1).logits
    return torch.cat([whole, last], dim=1)
