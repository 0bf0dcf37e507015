"""Gumbel noise that is a function of (seed, position, token id) alone."""

from __future__ import annotations

import torch

from behavtest.sampling.philox import Counter, philox4x32

_WORD = 0xFFFFFFFF
_LANES = 4
_BELOW_ONE = 1 - 2.0**-24


def uniform_bits(seeds: torch.Tensor, positions: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """Draw 32 random bits for every row and token id.

    Token id v reads lane v mod 4 of Philox at counter (position, v div 4, 0, 0) under the row's
    seed as key.

    Args:
        seeds: 64-bit seeds as int64 (two's complement), shape (rows,).
        positions: Index of the token being generated, from 0, int64, shape (rows,).
        vocabulary: Number of token ids.

    Returns:
        int64 values in [0, 2**32), shape (rows, vocabulary).
    """
    blocks = torch.arange(-(-vocabulary // _LANES), device=seeds.device)
    zero = torch.zeros((), dtype=torch.int64, device=seeds.device)
    words = philox4x32(
        Counter(positions[:, None], blocks[None, :], zero, zero),
        key_low=(seeds & _WORD)[:, None],
        key_high=((seeds >> 32) & _WORD)[:, None],
    )
    return torch.stack(words, dim=-1).flatten(1)[:, :vocabulary]


def gumbel(bits: torch.Tensor) -> torch.Tensor:
    """Turn 32 random bits into standard Gumbel noise.

    With v = (bits + 1/2) / 2**32 uniform on (0, 1), -log(-log1p(-v)) is Gumbel. Taking v as the
    distance from 1 keeps full precision where the noise is large, which is where the argmax is
    decided; the naive -log(-log(u)) in fp32 rounds u to 1 and returns infinity about once in
    four million draws.

    Args:
        bits: int64 values in [0, 2**32), any shape.

    Returns:
        float32 noise of the same shape, finite.
    """
    v = (bits.to(torch.float32) + 0.5) * 2.0**-32
    v = v.clamp(max=_BELOW_ONE)  # fp32 rounds the last 128 values to 1, whose noise is -infinity
    return -torch.log(-torch.log1p(-v))


def gumbel_noise(seeds: torch.Tensor, positions: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """Draw keyed Gumbel noise; see `uniform_bits` for the arguments.

    Returns:
        float32 noise, shape (rows, vocabulary).
    """
    return gumbel(uniform_bits(seeds, positions, vocabulary))
