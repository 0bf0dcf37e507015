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


class Best(NamedTuple):
    """What a search finds.

    Args:
        tokens: int64, shape (rows,).
        close: Whether another token comes as near as the slack asked for, bool, shape (rows,).
    """

    tokens: torch.Tensor
    close: torch.Tensor


class Found(NamedTuple):
    """What a search finds that may not wait for its own findings.

    Args:
        tokens: int64, shape (rows,).
        flagged: Where the token is not proven to be the best, bool, shape (rows,).
    """

    tokens: torch.Tensor
    flagged: torch.Tensor


class _Search(NamedTuple):
    """What is known of some rows: of each block a bound and, once filled, its best two."""

    logits: torch.Tensor
    noise: Noise
    bounds: torch.Tensor
    best: torch.Tensor
    second: torch.Tensor
    places: torch.Tensor

    def fill(self, rows: torch.Tensor, blocks: torch.Tensor) -> None:
        """Find the best two of blocks, shape (n, k), of rows, shape (n, 1)."""
        vocabulary = self.logits.shape[-1]
        tokens = blocks[..., None] * BLOCK + torch.arange(BLOCK, device=blocks.device)
        logits = self.logits[rows[..., None], tokens.clamp(max=vocabulary - 1)]
        perturbed = logits + self.noise.fill(rows, blocks)
        found = _first_two(perturbed.masked_fill(tokens >= vocabulary, -torch.inf))
        self.best[rows, blocks], self.second[rows, blocks] = found.first, found.second
        self.places[rows, blocks] = found.place

    def fill_leading(self, count: int, *, slack: float = 0.0) -> torch.Tensor:
        """Fill the blocks of largest bound; return which others come within slack of the best."""
        blocks = self.bounds.topk(count, dim=-1).indices
        rows = torch.arange(len(blocks), device=blocks.device)
        self.fill(rows[:, None], blocks)
        left = self.bounds.scatter(-1, blocks, -torch.inf)
        # an equal one could by a lower token id; NaN is never below anything
        return ~(left < self.best.amax(dim=-1, keepdim=True) - slack)

    def tokens(self) -> torch.Tensor:
        """Return every row's best token in the filled blocks; of equals, the lowest id."""
        block = self.best.argmax(dim=-1, keepdim=True)
        return (block * BLOCK + self.places.gather(-1, block))[:, 0]

    def close(self, slack: float) -> torch.Tensor:
        """Tell where another token of the filled blocks comes within slack of the best."""
        blocks = _first_two(self.best)
        in_its_block = self.second.gather(-1, blocks.place[:, None])[:, 0]
        return blocks.second.maximum(in_its_block) >= blocks.first - slack


def best_tokens(logits: torch.Tensor, noise: Noise, *, slack: float = 0.0) -> Best:
    """Find argmax(logits + noise) of every row; of equals, the lowest token id.

    Args:
        logits: float32, shape (rows, vocabulary); -infinity where a token may not be drawn.
        noise: Of these rows.
        slack: By how much less another token is still close to the best.
    """
    if logits.numel() <= _FEW_LOGITS or logits.shape[-1] <= BLOCK:
        return best_of(logits + noise.fill_all()[:, : logits.shape[-1]], slack=slack)
    search = _start(logits, noise)
    count = min(_FILLED, -(-search.bounds.shape[-1] // _A_FILLED_SHARE))
    pairs = search.fill_leading(count, slack=slack).nonzero()
    for begin in range(0, len(pairs), _AT_ONCE):
        some = pairs[begin : begin + _AT_ONCE]
        search.fill(some[:, :1], some[:, 1:])
    return Best(search.tokens(), search.close(slack))


def best_of(values: torch.Tensor, *, slack: float = 0.0) -> Best:
    """Find the largest value of every row, shape (rows, vocabulary); of equals, the first."""
    first, place = values.max(dim=-1, keepdim=True)
    close = (values >= first - slack).sum(dim=-1) > 1
    return Best(place[:, 0], close)


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
        tokens = (logits + noise.fill_all()[:, : logits.shape[-1]]).argmax(dim=-1)
        return Found(tokens, torch.zeros_like(tokens, dtype=torch.bool))
    search = _start(logits, noise)
    left = search.fill_leading(filled)
    return Found(search.tokens(), left.any(dim=-1))


class _FirstTwo(NamedTuple):
    """The two largest of some values along the last dimension, and where the first is."""

    first: torch.Tensor
    second: torch.Tensor
    place: torch.Tensor


def _first_two(values: torch.Tensor) -> _FirstTwo:
    found = values.max(dim=-1)
    others = values.scatter(-1, found.indices[..., None], -torch.inf)
    return _FirstTwo(found.values, others.amax(dim=-1), found.indices)


def _start(logits: torch.Tensor, noise: Noise) -> _Search:
    whole = logits.shape[-1] // BLOCK
    largest = logits[:, : whole * BLOCK].reshape(-1, whole, BLOCK).amax(dim=-1)
    if rest := logits.shape[-1] % BLOCK:
        largest = torch.cat([largest, logits[:, -rest:].amax(dim=-1, keepdim=True)], dim=-1)
    bounds = largest + noise.peaks
    best = torch.full_like(bounds, -torch.inf)
    return _Search(logits, noise, bounds, best, best.clone(), torch.zeros_like(noise.places))
