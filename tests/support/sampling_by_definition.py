"""What the sampler must give, the long way: all the noise, and the vocabulary sorted."""

from __future__ import annotations

import torch

from behavtest.core import SamplingSettings
from behavtest.sampling.noise import gumbel_noise


def keys(rows: int, *, seed: int = 0) -> dict[str, torch.Tensor]:
    """Different seeds, of both signs, and positions."""
    random = torch.Generator().manual_seed(seed)
    return {
        "seeds": torch.randint(-(2**63), 2**63 - 1, (rows,), generator=random),
        "positions": torch.randint(0, 4096, (rows,), generator=random),
    }


def kept(logits: torch.Tensor, settings: SamplingSettings) -> torch.Tensor:
    """Which tokens the settings let through; sums in float64, where no order matters."""
    logits = logits.float() / settings.temperature
    if 0 < settings.top_k < logits.shape[-1]:
        logits = logits.masked_fill(logits < logits.topk(settings.top_k).values[:, -1:], -torch.inf)
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    shares = logits.softmax(dim=-1).double().gather(-1, order)
    within = (shares.cumsum(dim=-1) - shares) < settings.top_p
    within[:, 0] = True
    inside = torch.zeros_like(within).scatter(-1, order, within)
    return inside & (logits > -torch.inf)


def tokens_by_definition(
    logits: torch.Tensor, settings: SamplingSettings, *, seeds, positions
) -> torch.Tensor:
    """The argmax over every token that is let through, of equals the first."""
    noise = gumbel_noise(seeds, positions, logits.shape[-1])
    allowed = kept(logits, settings)
    warped = (logits.float() / settings.temperature).masked_fill(~allowed, -torch.inf)
    return (warped + noise).argmax(dim=-1)
