"""One step of coupled sampling: logits and keyed noise to tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.sampling.noise import gumbel_noise
from behavtest.sampling.warp import warp

if TYPE_CHECKING:
    import torch

    from behavtest.core import SamplingSettings


class Choice(NamedTuple):
    """The tokens chosen in one step.

    Args:
        tokens: int64, shape (rows,).
        logprobs: Their log-probability (nats) under the unwarped logits, float32, shape (rows,).
    """

    tokens: torch.Tensor
    logprobs: torch.Tensor


def choose(
    logits: torch.Tensor,
    *,
    seeds: torch.Tensor,
    positions: torch.Tensor,
    settings: SamplingSettings,
) -> Choice:
    """Choose the next token of every row by Gumbel-max.

    argmax(logits + Gumbel noise) is a draw from softmax(logits) (Gumbel 1954; Maddison, Tarlow
    and Minka, NeurIPS 2014). Rows of two models with equal seeds see equal noise, which couples
    them; greedy decoding is the same with zero noise.

    Args:
        logits: The model's, shape (rows, vocabulary), any float type.
        seeds: One 64-bit seed per row, int64, shape (rows,).
        positions: Index of the token being generated, from 0, int64, shape (rows,).
        settings: How to draw.

    Returns:
        The chosen tokens and their log-probabilities.
    """
    logits = logits.float()
    if settings.greedy:
        tokens = logits.argmax(dim=-1)
    else:
        noise = gumbel_noise(seeds, positions, logits.shape[-1])
        tokens = (warp(logits, settings) + noise).argmax(dim=-1)
    chosen = logits.gather(-1, tokens[:, None])[:, 0]
    return Choice(tokens, chosen - logits.logsumexp(dim=-1))
