"""How many CPU threads a small model computes with."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")

SMALL: Final = 80_000_000
"""Bytes, 20 million numbers, below which a model computes with one thread.

Its steps are so short that threads wait for each other more than they work: on two cores that
other work kept busy, with 128 rows, two threads took 3 to 6 times as long as one.
"""

_CHOSEN: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


def threads_for(size: int) -> int | None:
    """Choose how many threads to compute with; None leaves that to torch, or to who chose before.

    Args:
        size: Bytes of the model's weights in float32, whatever it computes in.
    """
    if size >= SMALL or any(os.environ.get(name) for name in _CHOSEN):
        return None
    return 1


def in_threads(batches: Iterator[_T], threads: int | None) -> Iterator[_T]:
    """Compute step by step with so many threads; whoever takes the steps keeps their own number.

    Args:
        batches: What is computed.
        threads: How many, None for as many as there are.
    """
    while True:
        with _set(threads):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


@contextmanager
def _set(threads: int | None) -> Iterator[None]:
    """Set torch's number of threads, which is the process's, and set it back."""
    import torch

    before = torch.get_num_threads()
    if threads is None or threads == before:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
