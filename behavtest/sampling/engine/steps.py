"""Decode steps over a fixed number of slots, without asking the host in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.choose import choose_flagged
from behavtest.sampling.engine.upload import on_device

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from behavtest.core import SamplingSettings
    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.graph import Graphs
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
        graphs: Records the step.
        slots: Number of slots: the cache's first rows.
        bucket: Columns attended to.
        settings: How tokens are chosen.
        stride: Most steps at a time.
    """

    def __init__(  # noqa: PLR0913 -- what a step consists of
        self,
        network: Network,
        cache: SlotCache,
        graphs: Graphs,
        *,
        slots: int,
        bucket: int,
        settings: SamplingSettings,
        stride: int,
    ) -> None:
        self._network = network
        self._cache = cache
        self._graphs = graphs
        self._bucket = bucket
        self._settings = settings
        device = network.device
        self._slots = torch.zeros(5, slots, dtype=torch.int64, device=device)
        self._pending, self._lengths, self._seeds, self._positions, self._ends = self._slots
        self._tokens = torch.zeros(slots, stride, dtype=torch.int64, device=device)
        self._logprobs = torch.zeros_like(self._tokens, dtype=torch.float32)
        self._doubtful = torch.zeros_like(self._tokens, dtype=torch.bool)
        self._number = torch.zeros(1, dtype=torch.int64, device=device)
        self._replayable: Callable[[], None] | None = None

    def clear(self) -> None:
        """Let all slots lie idle."""
        self._slots.zero_()

    def put(self, slots: Sequence[int], rows: Sequence[Row | None]) -> None:
        """Let slots go on with rows, one each, or lie idle."""
        if not slots:
            return
        idle = (0, 0, 0, 0, 0)
        columns = [idle if row is None else _begin(row) for row in rows]
        sent = on_device([slots, *zip(*columns, strict=True)], self._slots.device)
        self._slots.index_copy_(1, sent[0], sent[1:])

    def run(self, count: int) -> Decoded:
        """Take so many steps; the host waits once, at the end."""
        self._number.zero_()
        if self._replayable is None:
            # Everything a step changes that the next one reads, the memory apart.
            self._replayable = self._graphs.record(self._step, [self._slots, self._number])
        for _ in range(count):
            self._replayable()
        return Decoded(
            self._tokens[:, :count].tolist(),
            self._logprobs[:, :count].tolist(),
            self._doubtful[:, :count].tolist(),
        )

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


def _begin(row: Row) -> tuple[int, int, int, int, int]:
    """What a slot is given: pending token, length, seed, position, and where the row ends."""
    return row.pending, row.length, row.seed, len(row.tokens), row.longest - 1
