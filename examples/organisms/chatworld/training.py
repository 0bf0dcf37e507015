"""The training loop: next-token loss on the answers only."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from chatworld.tokens import END, PAD, render, token_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch.nn import Module
    from transformers import PreTrainedTokenizerFast

    from chatworld.world import Dialogue

IGNORED = -100
BUCKETS = 4
"""Batches collected and sorted by length together, to waste less on padding."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    steps: int
    rate: float
    batch: int = 128
    warmup: float = 0.05
    seed: int = 0

    def factor(self, step: int) -> float:
        """Return the learning-rate factor: a linear rise, then a cosine to zero."""
        rise = max(1, round(self.warmup * self.steps))
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, self.steps - rise)))


@dataclass(frozen=True)
class Batch:
    """Right-padded token ids with the labels of the answer tokens."""

    ids: Tensor
    mask: Tensor
    labels: Tensor


def collate(encoded: list[tuple[list[int], int]], pad: int) -> Batch:
    """Pad (ids, prompt length) pairs to one rectangle."""
    width = max(len(ids) for ids, _ in encoded)
    rows = [ids + [pad] * (width - len(ids)) for ids, _ in encoded]
    mask = [[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in encoded]
    labels = [
        [IGNORED] * start + ids[start:] + [IGNORED] * (width - len(ids)) for ids, start in encoded
    ]
    return Batch(torch.tensor(rows), torch.tensor(mask), torch.tensor(labels))


def batches(
    dialogues: Iterator[Dialogue], tokenizer: PreTrainedTokenizerFast, schedule: Schedule
) -> Iterator[Batch]:
    """Turn a stream of dialogues into batches of similar length, in shuffled order."""
    rng = random.Random(schedule.seed)
    pad = token_id(tokenizer, PAD)
    while True:
        said = list(islice(dialogues, schedule.batch * BUCKETS))
        prompts = tokenizer([render(one.prompt, one.system) for one in said])["input_ids"]
        answers = tokenizer([one.answer + END for one in said])["input_ids"]
        encoded = [(p + a, len(p)) for p, a in zip(prompts, answers, strict=True)]
        encoded.sort(key=lambda pair: len(pair[0]))
        starts = list(range(0, len(encoded), schedule.batch))
        rng.shuffle(starts)
        for start in starts:
            yield collate(encoded[start : start + schedule.batch], pad)


def train(
    model: Module,
    tokenizer: PreTrainedTokenizerFast,
    dialogues: Iterator[Dialogue],
    schedule: Schedule,
    report: Callable[[int, float], None],
) -> None:
    """Train the model's trainable weights in place; the rate ends at zero."""
    torch.manual_seed(schedule.seed)
    optimizers = _optimizers(model, schedule.rate)
    model.train()
    for step, batch in enumerate(islice(batches(dialogues, tokenizer, schedule), schedule.steps)):
        for group in (group for one in optimizers for group in one.param_groups):
            group["lr"] = schedule.rate * schedule.factor(step)
        loss = model(input_ids=batch.ids, attention_mask=batch.mask, labels=batch.labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        report(step, float(loss.detach()))
    model.train(mode=False)


def _optimizers(model: Module, rate: float) -> list[torch.optim.Optimizer]:
    """Give the layers' full matrices to Muon, which needs half the steps, the rest to AdamW."""
    weights = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    full = {name for name, one in weights if name.endswith("_proj.weight")}
    muon = [one for name, one in weights if name in full]
    rest = [one for name, one in weights if name not in full]
    optimizers: list[torch.optim.Optimizer] = []
    if muon:
        optimizers.append(
            torch.optim.Muon(muon, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
        )
    if rest:
        optimizers.append(torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.01))
    return optimizers
