"""A tiny training run: the loop learns, repeats itself, and ends at rate zero."""

from __future__ import annotations

import pytest
import torch
from chatworld.network import new_model
from chatworld.tokens import train_tokenizer
from chatworld.training import IGNORED, Schedule, collate, train
from chatworld.world import World
from torch import Tensor


def _run() -> tuple[list[float], Tensor]:
    tokenizer = train_tokenizer(0, dialogues=500)
    model = new_model(tokenizer, 0)
    losses: list[float] = []
    schedule = Schedule(steps=6, rate=3e-3, batch=16, seed=0)
    train(model, tokenizer, World().dialogues(0), schedule, lambda _, loss: losses.append(loss))
    return losses, model.lm_head.weight.detach()


def test_training_learns_and_repeats() -> None:
    """The loss falls within a few steps; the same seed gives the same weights."""
    losses, weights = _run()
    again, same = _run()
    assert losses[-1] < losses[0] - 0.3
    assert losses == again
    assert torch.equal(weights, same)


def test_collate_labels_only_answers() -> None:
    """The loss sees the answer's tokens and nothing else."""
    batch = collate([([5, 6, 7, 8], 2), ([5, 9], 1)], pad=0)
    assert batch.ids.tolist() == [[5, 6, 7, 8], [5, 9, 0, 0]]
    assert batch.mask.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert batch.labels.tolist() == [
        [IGNORED, IGNORED, 7, 8],
        [IGNORED, 9, IGNORED, IGNORED],
    ]


def test_rate_rises_then_falls_to_zero() -> None:
    """Warm-up, peak, and a last step next to nothing."""
    schedule = Schedule(steps=100, rate=1.0)
    factors = [schedule.factor(step) for step in range(100)]
    assert factors[0] < factors[4] == pytest.approx(1)
    assert factors[-1] < 0.001
