"""Temperature and top-k: what they do to logits before the noise is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from behavtest.core import SamplingSettings


def warp(logits: torch.Tensor, settings: SamplingSettings) -> torch.Tensor:
    """Shape logits by temperature first, then top-k, as transformers does.

    Equal logits at the k-th place are all kept.

    Args:
        logits: float32, shape (rows, vocabulary).
        settings: Not greedy.

    Returns:
        float32 logits of the same shape; excluded tokens are -infinity.
    """
    if settings.temperature != 1:
        logits = logits / settings.temperature
    if 0 < settings.top_k < logits.shape[-1]:
        kth = logits.topk(settings.top_k, dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < kth, -torch.inf)
    return logits
