"""One step of coupled sampling: logits and keyed noise to tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.noise import draw_noise
from behavtest.sampling.nucleus import best_in_nucleus, best_in_nucleus_flagged
from behavtest.sampling.search import best_tokens, best_tokens_flagged
from behavtest.sampling.warp import warp

if TYPE_CHECKING:
    from behavtest.core import SamplingSettings


class Choice(NamedTuple):
    """The tokens chosen in one step.

    Args:
        tokens: int64, shape (rows,).
        logprobs: Their log-probability (nats) under the unwarped logits, float32, shape (rows,).
    """

    tokens: torch.Tensor
    logprobs: torch.Tensor


class FlaggedChoice(NamedTuple):
    """The tokens chosen in one step, where some may have to be chosen again.

    Args:
        choice: What was chosen.
        flagged: Rows for which `choose` may choose another token, bool, shape (rows,).
    """

    choice: Choice
    flagged: torch.Tensor


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
        return _choice(logits, logits.argmax(dim=-1))
    noise = draw_noise(seeds, positions, logits.shape[-1])
    warped = warp(logits, settings)
    if settings.top_p < 1:
        return _choice(logits, best_in_nucleus(warped, noise, top_p=settings.top_p))
    return _choice(logits, best_tokens(warped, noise))


def choose_flagged(
    logits: torch.Tensor,
    *,
    seeds: torch.Tensor,
    positions: torch.Tensor,
    settings: SamplingSettings,
) -> FlaggedChoice:
    """Do as `choose` inside a CUDA graph: the host waits for nothing, no shape depends on data.

    Args:
        logits: As in `choose`.
        seeds: As in `choose`.
        positions: As in `choose`.
        settings: As in `choose`.

    Returns:
        The choice of `choose` in every row that is not flagged.
    """
    logits = logits.float()
    if settings.greedy:
        tokens = logits.argmax(dim=-1)
        return FlaggedChoice(_choice(logits, tokens), torch.zeros_like(tokens, dtype=torch.bool))
    noise = draw_noise(seeds, positions, logits.shape[-1])
    warped = warp(logits, settings)
    if settings.top_p < 1:
        found = best_in_nucleus_flagged(warped, noise, top_p=settings.top_p)
    else:
        found = best_tokens_flagged(warped, noise)
    return FlaggedChoice(_choice(logits, found.tokens), found.flagged)


def _choice(logits: torch.Tensor, tokens: torch.Tensor) -> Choice:
    # one fused operation; logsumexp takes several times as long
    return Choice(tokens, logits.log_softmax(dim=-1).gather(-1, tokens[:, None])[:, 0])
