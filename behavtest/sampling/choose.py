"""One step of coupled sampling: logits and keyed noise to tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.noise import draw_noise
from behavtest.sampling.nucleus import best_in_nucleus, best_in_nucleus_flagged
from behavtest.sampling.search import Best, best_of, best_tokens, best_tokens_flagged
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


def pick(
    logits: torch.Tensor,
    *,
    seeds: torch.Tensor,
    positions: torch.Tensor,
    settings: SamplingSettings,
    slack: float = 0.0,
) -> Best:
    """Choose the next token of every row by Gumbel-max.

    argmax(logits + Gumbel noise) is a draw from softmax(logits) (Gumbel 1954; Maddison, Tarlow
    and Minka, NeurIPS 2014). Rows of two models with equal seeds see equal noise, which couples
    them; greedy decoding is the same with zero noise.

    Args:
        logits: The model's, shape (rows, vocabulary), any float type.
        seeds: One 64-bit seed per row, int64, shape (rows,).
        positions: Index of the token being generated, from 0, int64, shape (rows,).
        settings: How to draw.
        slack: How far off logits may be, in nats.

    Returns:
        The tokens; and in which rows the choice is close: logits that are off by as much could
        have made it another. With a slack, the token of such a row is only one that may be right.
    """
    logits = logits.float()
    if settings.greedy:
        return best_of(logits, slack=2 * slack)
    apart = 2 * slack / settings.temperature  # how far off differences are
    noise = draw_noise(seeds, positions, logits.shape[-1])
    if settings.top_p < 1:
        warped = warp(logits, settings)
        best = best_in_nucleus(warped.logits, noise, top_p=settings.top_p, slack=apart)
    else:
        warped = warp(logits, settings, slack=apart)
        best = best_tokens(warped.logits, noise, slack=apart)
    if warped.least is None:
        return best
    return Best(best.tokens, best.close | warped.edge(best.tokens, slack=apart))


def choose(
    logits: torch.Tensor,
    *,
    seeds: torch.Tensor,
    positions: torch.Tensor,
    settings: SamplingSettings,
) -> Choice:
    """Choose as `pick` does, and say how likely the tokens were.

    Args:
        logits: As in `pick`.
        seeds: As in `pick`.
        positions: As in `pick`.
        settings: As in `pick`.
    """
    best = pick(logits, seeds=seeds, positions=positions, settings=settings)
    return _choice(logits.float(), best.tokens)


def choose_flagged(
    logits: torch.Tensor,
    *,
    seeds: torch.Tensor,
    positions: torch.Tensor,
    settings: SamplingSettings,
) -> FlaggedChoice:
    """Do as `choose` inside a CUDA graph: the host waits for nothing, no shape depends on data.

    Args:
        logits: As in `pick`.
        seeds: As in `pick`.
        positions: As in `pick`.
        settings: As in `pick`.

    Returns:
        The choice of `choose` in every row that is not flagged.
    """
    logits = logits.float()
    if settings.greedy:
        tokens = logits.argmax(dim=-1)
        return FlaggedChoice(_choice(logits, tokens), torch.zeros_like(tokens, dtype=torch.bool))
    noise = draw_noise(seeds, positions, logits.shape[-1])
    warped = warp(logits, settings).logits
    if settings.top_p < 1:
        found = best_in_nucleus_flagged(warped, noise, top_p=settings.top_p)
    else:
        found = best_tokens_flagged(warped, noise)
    return FlaggedChoice(_choice(logits, found.tokens), found.flagged)


def log_probabilities(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Return the log-probability (nats) of tokens, shape (rows, n), under the rows' logits."""
    # one fused operation; logsumexp takes several times as long
    return logits.log_softmax(dim=-1).gather(-1, tokens)


def _choice(logits: torch.Tensor, tokens: torch.Tensor) -> Choice:
    return Choice(tokens, log_probabilities(logits, tokens[:, None])[:, 0])
