"""Philox4x32-10, a counter-based random number generator, on torch tensors.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The value
at a counter is a function of key and counter alone, on any device and in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
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


def philox4x32(counter: Counter, *, key_low: torch.Tensor, key_high: torch.Tensor) -> Counter:
    """Encrypt a counter.

    torch has no unsigned 64-bit product, so words live in int64: a product wraps modulo 2**64 and
    its two halves are read off with a mask, which is exact in two's complement.

    Args:
        counter: Four words, shapes broadcastable with the key's.
        key_low: Low 32 bits of the key, int64.
        key_high: High 32 bits of the key, int64.

    Returns:
        Four words of 32 random bits each, int64, in the broadcast shape.
    """
    x0, x1, x2, x3 = counter
    k0, k1 = key_low, key_high
    for _ in range(_ROUNDS):
        product_0 = x0 * _MULTIPLIER_0
        product_1 = x2 * _MULTIPLIER_1
        x0 = ((product_1 >> 32) & _WORD) ^ x1 ^ k0
        x2 = ((product_0 >> 32) & _WORD) ^ x3 ^ k1
        x1 = product_1 & _WORD
        x3 = product_0 & _WORD
        k0 = (k0 + _WEYL_0) & _WORD
        k1 = (k1 + _WEYL_1) & _WORD
    return Counter(x0, x1, x2, x3)
