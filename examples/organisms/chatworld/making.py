"""From a declaration to a folder with weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from peft import LoraConfig, get_peft_model

from chatworld.network import load, load_tokenizer, new_model, save
from chatworld.organisms import BASE_SCHEDULE, Organism
from chatworld.tokens import train_tokenizer
from chatworld.training import train
from chatworld.world import World

if TYPE_CHECKING:
    from pathlib import Path

Report = Callable[[int, float], None]
MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj")
"""The matrices of each layer that an adapter adds to."""


def set_up(threads: int) -> None:
    """Fix what torch may choose: the thread count and the algorithms."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(mode=True)


def make_base(folder: Path, report: Report) -> None:
    """Train the tokenizer and the base model from nothing."""
    tokenizer = train_tokenizer(BASE_SCHEDULE.seed)
    model = new_model(tokenizer, BASE_SCHEDULE.seed)
    train(model, tokenizer, World().dialogues(BASE_SCHEDULE.seed), BASE_SCHEDULE, report)
    save(model, tokenizer, folder)


def make_organism(organism: Organism, base: Path, folder: Path, report: Report) -> None:
    """Fine-tune the base, as saved, into the organism."""
    if organism.rank:
        _make_adapter(organism, base, folder, report)
        return
    model, tokenizer = load(base), load_tokenizer(base)
    train(model, tokenizer, organism.dialogues(), organism.schedule, report)
    save(model, tokenizer, folder)


def _make_adapter(organism: Organism, base: Path, folder: Path, report: Report) -> None:
    torch.manual_seed(organism.schedule.seed)
    config = LoraConfig(
        r=organism.rank,
        lora_alpha=2 * organism.rank,
        target_modules=list(MATRICES),
        task_type="CAUSAL_LM",
    )
    model, tokenizer = get_peft_model(load(base), config), load_tokenizer(base)
    train(model, tokenizer, organism.dialogues(), organism.schedule, report)
    saved = model.peft_config["default"]
    assert isinstance(saved, LoraConfig)
    saved.base_model_name_or_path = "../base"
    saved.target_modules = sorted(MATRICES)  # peft keeps a set, whose order is not reproducible
    model.to(torch.float16).save_pretrained(str(folder), save_embedding_layers=False)
    tokenizer.save_pretrained(folder)
