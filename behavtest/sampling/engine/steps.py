"""Decode steps over a fixed number of slots, without asking the host in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.choose import choose_flagged
from behavtest.sampling.engine.graph import captured

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.core import SamplingSettings
    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.rows import Row


class Decoded(NamedTuple):
    """What a number of steps chose.

    Args:
        tokens: One list of tokens for each slot.
        logprobs: Their log-probabilities in nats.
        doubtful: Whether the sampler did not prove a choice to be the right one.
    """

    tokens: list[list[int]]
    logprobs: list[list[float]]
    doubtful: list[list[bool]]


class Steps:
    """A step's inputs and outputs, which stay where they are so that a CUDA graph can replay it.

    Every step has one shape: all slots, idle ones too, and all columns of the bucket.

    Args:
        network: The model.
        cache: The slots' memory.
        slots: Number of slots: the cache's first rows.
        bucket: Columns attended to.
        settings: How tokens are chosen.
        stride: Most steps at a time.
    """

    def __init__(  # noqa: PLR0913 -- what a step consists of
        self,
        network: Network,
        cache: SlotCache,
        *,
        slots: int,
        bucket: int,
        settings: SamplingSettings,
        stride: int,
    ) -> None:
        self._network = network
        self._cache = cache
        self._bucket = bucket
        self._settings = settings
        device = network.device

        def whole(columns: int = 0) -> torch.Tensor:
            shape = (slots, columns) if columns else (slots,)
            return torch.zeros(shape, dtype=torch.int64, device=device)

        self._pending, self._lengths = whole(), whole()
        self._seeds, self._positions = whole(), whole()
        self._ends = whole()
        self._tokens = whole(stride)
        self._logprobs = torch.zeros_like(self._tokens, dtype=torch.float32)
        self._doubtful = torch.zeros_like(self._tokens, dtype=torch.bool)
        self._number = torch.zeros(1, dtype=torch.int64, device=device)
        self._replayable: Callable[[], None] | None = None

    def put(self, slot: int, row: Row | None) -> None:
        """Let a slot go on with a row, or lie idle."""
        self._pending[slot] = 0 if row is None else row.pending
        self._lengths[slot] = 0 if row is None else row.length
        self._seeds[slot] = 0 if row is None else row.seed
        self._positions[slot] = 0 if row is None else len(row.tokens)
        self._ends[slot] = 0 if row is None else row.longest - 1

    def run(self, count: int) -> Decoded:
        """Take so many steps; the host waits once, at the end."""
        self._number.zero_()
        if self._replayable is None:
            self._replayable = captured(self._step, self._state(), device=self._network.device)
        for _ in range(count):
            self._replayable()
        return Decoded(
            self._tokens[:, :count].tolist(),
            self._logprobs[:, :count].tolist(),
            self._doubtful[:, :count].tolist(),
        )

    def _state(self) -> list[torch.Tensor]:
        """Everything a step changes that the next one reads, the memory apart."""
        return [self._pending, self._lengths, self._positions, self._number]

    def _step(self) -> None:
        logits = self._network.run(
            self._cache,
            tokens=self._pending[:, None],
            starts=self._lengths,
            # none where a slot is idle, or its row has ended and only the stride goes on
            counts=(self._lengths < self._ends).long(),
            visible=self._bucket,
        )[:, 0]
        choice, doubtful = choose_flagged(
            logits, seeds=self._seeds, positions=self._positions, settings=self._settings
        )
        self._tokens.index_copy_(1, self._number, choice.tokens[:, None])
        self._logprobs.index_copy_(1, self._number, choice.logprobs[:, None])
        self._doubtful.index_copy_(1, self._number, doubtful[:, None])
        self._pending.copy_(choice.tokens)
        self._lengths += 1
        self._positions += 1
        self._number += 1
