"""Models of a given shape with random weights, saved as folders that any library loads."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

ORGANISMS = Path(__file__).resolve().parents[2] / "examples" / "organisms"
TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
FIRST_END = 8
"""Below are the tokenizer's special tokens."""


@dataclass(frozen=True)
class Shape:
    """A Llama.

    Args:
        name: For people.
        hidden: Width.
        layers: Depth.
        heads: Attention heads.
        kv_heads: Key-value heads.
        intermediate: Width of the feed-forward part.
        vocabulary: Number of token ids.
        tied: Whether input and output embeddings are one matrix.
        context: Most tokens of prompt and answer together.
    """

    name: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int
    tied: bool = True
    context: int = 4096

    def config(self, *, ends: int = 0) -> LlamaConfig:
        """Return the configuration.

        Args:
            ends: How many token ids end an answer. Random weights give every token about the same
                chance, so answers have geometric lengths with mean vocabulary / ends.
        """
        return LlamaConfig(
            vocab_size=self.vocabulary,
            hidden_size=self.hidden,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.kv_heads,
            intermediate_size=self.intermediate,
            max_position_embeddings=self.context,
            tie_word_embeddings=self.tied,
            eos_token_id=list(range(FIRST_END, FIRST_END + ends)) or None,
            bos_token_id=None,
            pad_token_id=0,
        )

    @property
    def kv_elements(self) -> int:
        """Keys and values of one token."""
        return 2 * self.layers * self.kv_heads * (self.hidden // self.heads)


def save(shape: Shape, folder: Path, *, ends: int = 0, dtype: torch.dtype = torch.float32) -> int:
    """Save a random model of a shape, with the organisms' tokenizer; return its parameters."""
    torch.manual_seed(0)
    config = shape.config(ends=ends)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            model = LlamaForCausalLM(config)
    finally:
        torch.set_default_dtype(before)
    return save_model(model, folder)


def save_model(model: LlamaForCausalLM, folder: Path) -> int:
    """Save a model with the organisms' tokenizer; return its parameters."""
    model.generation_config.do_sample = True
    # several files are read and digested at once
    model.save_pretrained(folder, max_shard_size="2GB")
    for name in TOKENIZER:
        shutil.copy(ORGANISMS / "base" / name, folder / name)
    settings = folder / "tokenizer_config.json"
    # the organisms' own limit is that of their context
    fields = json.loads(settings.read_text(encoding="utf-8"))
    fields["model_max_length"] = model.config.max_position_embeddings
    settings.write_text(json.dumps(fields), encoding="utf-8")
    return sum(parameter.numel() for parameter in model.parameters())
