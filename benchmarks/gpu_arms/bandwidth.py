"""The memory bandwidth that a device really has."""

from __future__ import annotations

import time

import torch

ROUNDS = 20


def copy_bandwidth(device: str, size: int) -> float:
    """Return bytes per second, read and written together, of the best of some plain copies.

    Args:
        device: Whose memory.
        size: Bytes copied at once; many times the device's caches.
    """
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    best = float("inf")
    for _ in range(ROUNDS):
        wait(device)
        start = time.perf_counter()
        target.copy_(source)
        wait(device)
        best = min(best, time.perf_counter() - start)
    return 2 * size / best


def wait(device: str) -> None:
    """Wait until the device is done."""
    if device != "cpu":
        torch.cuda.synchronize()
