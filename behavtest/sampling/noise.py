"""Gumbel noise that is a function of (seed, position, token id) alone.

Give every token id a clock that rings after a standard exponential time t; -log t is Gumbel. The
clocks are drawn top-down, 64 token ids at a time: first when the block's first clock rings,
exponential with rate 64, and which one it is, uniform; then how much later each of the others
rings, standard exponential because such clocks forget. The clocks of all tokens are independent
and standard exponential, whatever the logits, yet a block's largest noise is known from one draw
(Maddison, Tarlow and Minka, "A* sampling", NeurIPS 2014, draw Gumbel noise in this order).

`behavtest.core.NOISE_SCHEME` counts the changes of what a seed means.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from behavtest.sampling.philox import Counter, philox4x32

BLOCK = 64

_LANES = 4
_LATER, _FIRST = 0, 1  # a word of the counter, so that no bits serve both
_PLACE_SHIFT = 32 - 6  # the top six bits of a word are a place in a block
_BELOW_ONE = 1 - 2.0**-24


class Noise(NamedTuple):
    """The noise of some rows, of which only every block's largest is drawn yet.

    Args:
        seeds: 64-bit seeds as int64 (two's complement), shape (rows,).
        positions: Index of the token being generated, from 0, int64, shape (rows,).
        times: When each block's first clock rings, float32 in [2**-39, 0.27], shape (rows, blocks).
        peaks: The largest noise of each block, -log(times), float32.
        places: Where in its block the token of that noise is, int64 in [0, 64).
    """

    seeds: torch.Tensor
    positions: torch.Tensor
    times: torch.Tensor
    peaks: torch.Tensor
    places: torch.Tensor

    def fill(self, rows: torch.Tensor, blocks: torch.Tensor) -> torch.Tensor:
        """Draw the noise of all 64 token ids of some blocks.

        Args:
            rows: Which rows, int64, shape (n, 1).
            blocks: Which of their blocks, int64, shape (n, k) or (1, k).

        Returns:
            float32, shape (n, k, 64): finite, and never above the block's peak.
        """
        quads = torch.arange(BLOCK // _LANES, device=blocks.device)
        counters = (blocks[..., None] * len(quads) + quads).flatten(1)
        words = _draw(self.seeds[rows], self.positions[rows], counters, purpose=_LATER)
        later = exponential(words.view(len(rows), -1, BLOCK))
        places = torch.arange(BLOCK, device=blocks.device)
        later = later.masked_fill(places == self.places[rows, blocks][..., None], 0)
        noise = -(later + self.times[rows, blocks][..., None]).log()
        # no logarithm is monotone to its last bit
        return noise.minimum(self.peaks[rows, blocks][..., None])

    def fill_all(self) -> torch.Tensor:
        """Draw the noise of every token id of every block, shape (rows, 64 * blocks)."""
        rows, blocks = (torch.arange(size, device=self.seeds.device) for size in self.peaks.shape)
        return self.fill(rows[:, None], blocks[None, :]).flatten(1)

    def of(self, rows: torch.Tensor) -> Noise:
        """Return that of some rows, int64, shape (n,)."""
        return Noise(*(each[rows] for each in self))


def draw_noise(seeds: torch.Tensor, positions: torch.Tensor, vocabulary: int) -> Noise:
    """Draw the largest noise of every block; `Noise` explains seeds and positions."""
    blocks = -(-vocabulary // BLOCK)
    pairs = torch.arange(-(-blocks // 2), device=seeds.device)
    words = _draw(seeds[:, None], positions[:, None], pairs, purpose=_FIRST)
    time_bits, place_bits = words.view(len(seeds), -1, 2)[:, :blocks].unbind(-1)
    times = exponential(time_bits) / BLOCK
    return Noise(seeds, positions, times, -times.log(), place_bits >> _PLACE_SHIFT)


def gumbel_noise(seeds: torch.Tensor, positions: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """Draw the noise of every token id.

    Args:
        seeds: As in `Noise`.
        positions: As in `Noise`.
        vocabulary: Number of token ids; the noise of one does not depend on it.

    Returns:
        float32 noise, shape (rows, vocabulary).
    """
    return draw_noise(seeds, positions, vocabulary).fill_all()[:, :vocabulary]


def exponential(bits: torch.Tensor) -> torch.Tensor:
    """Turn 32 random bits into a standard exponential time.

    With v = (bits + 1/2) / 2**32 uniform on (0, 1), -log1p(-v) is exponential. Taking v as the
    distance from 1 keeps full precision where the time is short, which is where the argmax is
    decided; the naive -log(u) in fp32 rounds u to 1, an infinite noise, about once in 33 million
    draws.

    Args:
        bits: int64 values in [0, 2**32), any shape.

    Returns:
        float32 times of the same shape, in [2**-33, 16.7].
    """
    v = (bits.to(torch.float32) + 0.5) * 2.0**-32
    v = v.clamp(max=_BELOW_ONE)  # fp32 rounds the last 128 values to 1, whose time is infinite
    return -torch.log1p(-v)


def _draw(
    seeds: torch.Tensor, positions: torch.Tensor, index: torch.Tensor, *, purpose: int
) -> torch.Tensor:
    """Draw four words of 32 bits per row and index, int64, shape (rows, indices, 4)."""
    zero = torch.zeros_like(positions)
    words = philox4x32(Counter(positions, index, zero + purpose, zero), seeds=seeds)
    return torch.stack(words, dim=-1)
