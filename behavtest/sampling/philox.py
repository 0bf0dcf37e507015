"""Philox4x32-10, a counter-based random number generator, on torch tensors.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The value
at a counter is a function of key and counter alone, on any device and in any order.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

_WORD = 0xFFFFFFFF
_MULTIPLIER_0 = 0xD2511F53
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_ROUNDS = 10


class Counter(NamedTuple):
    """Four 32-bit words, each an int64 tensor of values in [0, 2**32); shapes must broadcast."""

    x0: torch.Tensor
    x1: torch.Tensor
    x2: torch.Tensor
    x3: torch.Tensor


def philox4x32(counter: Counter, *, seeds: torch.Tensor) -> Counter:
    """Encrypt a counter.

    torch has no unsigned 64-bit product, so words live in int64: a product wraps modulo 2**64 and
    its two halves are read off with a shift and a mask, which is exact in two's complement. The two
    lanes of a round are stacked, because on an accelerator the number of operations is the cost.

    Args:
        counter: Four words, shapes broadcastable with the seeds'.
        seeds: The 64-bit keys as int64 (two's complement).

    Returns:
        Four words of 32 random bits each, int64, in the broadcast shape.
    """
    x0, x1, x2, x3, _ = torch.broadcast_tensors(*counter, seeds)  # type: ignore[no-untyped-call]
    lane = torch.arange(2, device=seeds.device).view(2, *[1] * x0.dim())
    multiplier = _MULTIPLIER_0 + lane * (_MULTIPLIER_1 - _MULTIPLIER_0)
    weyl = _WEYL_0 + lane * (_WEYL_1 - _WEYL_0)
    key = torch.stack([seeds, seeds >> 32])
    key = key.view(2, *[1] * (x0.dim() - seeds.dim()), *seeds.shape)
    even, odd = torch.stack([x0, x2]), torch.stack([x1, x3])
    for _ in range(_ROUNDS):
        product = (even * multiplier).flip(0)
        # only the low 32 bits of `odd` and `key` mean anything; the mask drops the others
        even = (product >> 32).bitwise_xor_(odd).bitwise_xor_(key).bitwise_and_(_WORD)
        odd = product
        key = key + weyl
    odd = odd & _WORD
    return Counter(even[0], odd[0], even[1], odd[1])
