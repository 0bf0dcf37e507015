"""Whole numbers on their way to a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


def on_device(
    numbers: Sequence[int] | Sequence[Sequence[int]], device: torch.device
) -> torch.Tensor:
    """Copy numbers to a device without waiting for what it is still at.

    Returns:
        int64, shape (numbers,) or (rows, numbers of a row).
    """
    # CUDA has read them when the call returns, since they lie in ordinary memory
    return torch.tensor(numbers, dtype=torch.int64).to(device, non_blocking=device.type == "cuda")
