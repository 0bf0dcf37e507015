"""Temperature and top-k: what they do to logits before the noise is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from behavtest.core import SamplingSettings


class Warped(NamedTuple):
    """Logits as they are drawn from.

    Args:
        logits: float32, shape (rows, vocabulary); -infinity where a token is excluded.
        least: The least logit that top-k lets through, shape (rows, 1); None without top-k.
    """

    logits: torch.Tensor
    least: torch.Tensor | None

    def edge(self, tokens: torch.Tensor, *, slack: float) -> torch.Tensor:
        """Tell which tokens, one a row, are within slack of what top-k lets through, or below."""
        assert self.least is not None
        return (self.logits.gather(-1, tokens[:, None]) < self.least + slack)[:, 0]


def warp(logits: torch.Tensor, settings: SamplingSettings, *, slack: float = 0.0) -> Warped:
    """Shape logits by temperature first, then top-k, as transformers does.

    Equal logits at the k-th place are all kept.

    Args:
        logits: float32, shape (rows, vocabulary).
        settings: Not greedy.
        slack: By how much less a logit than the k-th largest is kept as well.
    """
    if settings.temperature != 1:
        logits = logits / settings.temperature
    if not 0 < settings.top_k < logits.shape[-1]:
        return Warped(logits, None)
    least = logits.topk(settings.top_k, dim=-1).values[:, -1:]
    return Warped(logits.masked_fill(logits < least - slack, -torch.inf), least)
