"""The token with the largest logit plus noise, without drawing all the noise.

A block's largest logit plus its largest noise bounds every perturbed logit in it. The blocks of
largest bound are filled in; whatever other block's bound reaches the best found so far could still
hold the maximum. The answer is that of the full vocabulary, bit for bit: a token's noise is
computed by the same operations whichever way it is reached, and a floating-point sum is monotone
in its terms, so that a bound computed in fp32 is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.noise import BLOCK

if TYPE_CHECKING:
    from behavtest.sampling.noise import Noise

_FILLED = 16  # blocks of a row filled before asking which others could matter
_A_FILLED_SHARE = 16  # but not more than one in so many
_FILLED_BLINDLY = 128  # the same where it cannot be asked
_FEW_LOGITS = 2**16  # so few are drawn in full sooner than searched
_AT_ONCE = 2**13  # blocks filled at a time: what is computed on the way stays near 100 MB


class Found(NamedTuple):
    """What a search finds that may not wait for its own findings.

    Args:
        tokens: int64, shape (rows,).
        flagged: Where the token is not proven to be the best, bool, shape (rows,).
    """

    tokens: torch.Tensor
    flagged: torch.Tensor


class _Search(NamedTuple):
    """What is known of some rows: of each block a bound and, once filled, its best."""

    logits: torch.Tensor
    noise: Noise
    bounds: torch.Tensor
    best: torch.Tensor
    places: torch.Tensor

    def fill(self, rows: torch.Tensor, blocks: torch.Tensor) -> None:
        """Find the best of blocks, shape (n, k), of rows, shape (n, 1)."""
        vocabulary = self.logits.shape[-1]
        tokens = blocks[..., None] * BLOCK + torch.arange(BLOCK, device=blocks.device)
        logits = self.logits[rows[..., None], tokens.clamp(max=vocabulary - 1)]
        perturbed = logits + self.noise.fill(rows, blocks)
        found = perturbed.masked_fill(tokens >= vocabulary, -torch.inf).max(dim=-1)
        self.best[rows, blocks] = found.values
        self.places[rows, blocks] = found.indices

    def fill_leading(self, count: int) -> torch.Tensor:
        """Fill the blocks of largest bound; return which others could hold the maximum."""
        blocks = self.bounds.topk(count, dim=-1).indices
        rows = torch.arange(len(blocks), device=blocks.device)
        self.fill(rows[:, None], blocks)
        left = self.bounds.scatter(-1, blocks, -torch.inf)
        # an equal one could by a lower token id; NaN is never below anything
        return ~(left < self.best.amax(dim=-1, keepdim=True))

    def tokens(self) -> torch.Tensor:
        """Return every row's best token in the filled blocks; of equals, the lowest id."""
        block = self.best.argmax(dim=-1, keepdim=True)
        return (block * BLOCK + self.places.gather(-1, block))[:, 0]


def best_tokens(logits: torch.Tensor, noise: Noise) -> torch.Tensor:
    """Find argmax(logits + noise) of every row; of equals, the lowest token id.

    Args:
        logits: float32, shape (rows, vocabulary); -infinity where a token may not be drawn.
        noise: Of these rows.

    Returns:
        int64 tokens, shape (rows,).
    """
    if logits.numel() <= _FEW_LOGITS or logits.shape[-1] <= BLOCK:
        return _best_of_all(logits, noise)
    search = _start(logits, noise)
    left = search.fill_leading(min(_FILLED, -(-search.bounds.shape[-1] // _A_FILLED_SHARE)))
    pairs = left.nonzero()
    for begin in range(0, len(pairs), _AT_ONCE):
        some = pairs[begin : begin + _AT_ONCE]
        search.fill(some[:, :1], some[:, 1:])
    return search.tokens()


def best_tokens_flagged(
    logits: torch.Tensor, noise: Noise, *, filled: int = _FILLED_BLINDLY
) -> Found:
    """Find argmax(logits + noise) where neither the host nor a shape may wait for a result.

    Args:
        logits: As in `best_tokens`.
        noise: As in `best_tokens`.
        filled: How many blocks of a row to fill.
    """
    if logits.shape[-1] <= filled * BLOCK:
        tokens = _best_of_all(logits, noise)
        return Found(tokens, torch.zeros_like(tokens, dtype=torch.bool))
    search = _start(logits, noise)
    left = search.fill_leading(filled)
    return Found(search.tokens(), left.any(dim=-1))


def _best_of_all(logits: torch.Tensor, noise: Noise) -> torch.Tensor:
    return (logits + noise.fill_all()[:, : logits.shape[-1]]).argmax(dim=-1)


def _start(logits: torch.Tensor, noise: Noise) -> _Search:
    whole = logits.shape[-1] // BLOCK
    largest = logits[:, : whole * BLOCK].reshape(-1, whole, BLOCK).amax(dim=-1)
    if rest := logits.shape[-1] % BLOCK:
        largest = torch.cat([largest, logits[:, -rest:].amax(dim=-1, keepdim=True)], dim=-1)
    bounds = largest + noise.peaks
    best = torch.full_like(bounds, -torch.inf)
    return _Search(logits, noise, bounds, best, torch.zeros_like(noise.places))
