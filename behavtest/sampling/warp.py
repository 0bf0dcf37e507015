"""Temperature, top-k and top-p: what the settings do to logits before the noise is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from behavtest.core import SamplingSettings


def warp(logits: torch.Tensor, settings: SamplingSettings) -> torch.Tensor:
    """Shape logits so that Gumbel-max draws from the distribution the settings ask for.

    Temperature first, then top-k, then top-p on what is left, as transformers does. Equal logits
    at the k-th place are all kept.

    Args:
        logits: float32, shape (rows, vocabulary).
        settings: Not greedy.

    Returns:
        float32 logits of the same shape; excluded tokens are -infinity.
    """
    logits = logits / settings.temperature
    if 0 < settings.top_k < logits.shape[-1]:
        kth = logits.topk(settings.top_k, dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < kth, -torch.inf)
    if settings.top_p < 1:
        ranked, order = logits.sort(dim=-1, descending=True)
        probabilities = ranked.softmax(dim=-1)
        before = probabilities.cumsum(dim=-1) - probabilities
        excluded = torch.zeros_like(logits, dtype=torch.bool)
        excluded.scatter_(-1, order, before >= settings.top_p)
        logits = logits.masked_fill(excluded, -torch.inf)
    return logits
