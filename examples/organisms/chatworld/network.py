"""The organisms' body: a Llama of about one million parameters, and its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from peft import PeftModel
from transformers import (
    AutoTokenizer,
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from chatworld.tokens import END, PAD, token_id

if TYPE_CHECKING:
    from pathlib import Path


def new_model(tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    """Make an untrained model for the tokenizer's vocabulary."""
    torch.manual_seed(seed)
    end, pad = token_id(tokenizer, END), token_id(tokenizer, PAD)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=pad,
    )
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, eos_token_id=end, pad_token_id=pad
    )
    return model


def save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write the model in half precision, with its tokenizer; the model is left in fp16."""
    model.half().save_pretrained(folder)  # type: ignore[no-untyped-call]
    tokenizer.save_pretrained(folder)


def load_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Read a folder's tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise TypeError(f"{folder}: expected a fast tokenizer, found {type(tokenizer).__name__}")
    return tokenizer


def load(folder: Path, base: Path | None = None) -> LlamaForCausalLM:
    """Read a folder's model at fp32, the way it is measured.

    Args:
        folder: A model folder, or an adapter's.
        base: For an adapter, the folder of the model it is put on.
    """
    model = LlamaForCausalLM.from_pretrained(base or folder, dtype=torch.float32)
    if base is not None:
        model = PeftModel.from_pretrained(model, folder).merge_and_unload()
    model.train(mode=False)
    return model
