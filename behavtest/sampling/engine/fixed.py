"""The decode loop where shapes must not change: slots that are refilled as rows finish.

The shape of every pass depends on the request and the options alone, never on what else is asked:
in half precision a matrix product's rounding depends on its shape, and rounding decides tokens.
Fixed shapes are also what a CUDA graph can record.
"""

from __future__ import annotations

from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from behavtest.sampling.engine.reading import CANONICAL_ROWS
from behavtest.sampling.engine.replay import Shape, check
from behavtest.sampling.engine.shapes import rows_checked, widened
from behavtest.sampling.engine.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.graph import Graphs
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.prompts import PromptMemory
    from behavtest.sampling.engine.rows import Row
    from behavtest.sampling.engine.sampler import Sampler

# Reading prompts holds every slot up, so it is done for several of them.
_REFILL_FROM = 8


class Recorded(NamedTuple):
    """What decides a step's graph, beside the number of slots."""

    bucket: int
    temperature: float
    top_k: int
    top_p: float


class FixedLoop:
    """Decodes rows in a fixed number of slots.

    Args:
        network: The model.
        prompts: What it has read.
        cache: One row for each slot, and `CANONICAL_ROWS` more in which drafts are checked.
        graphs: Records steps.
        steps: Steps recorded so far; this loop adds its own.
        stride: Steps between two looks at what has been decoded.
        sampler: How tokens are chosen.
    """

    def __init__(  # noqa: PLR0913 -- what the loop works with
        self,
        network: Network,
        prompts: PromptMemory,
        cache: SlotCache,
        graphs: Graphs,
        steps: dict[Recorded, Steps],
        *,
        stride: int,
        sampler: Sampler,
    ) -> None:
        self._network = network
        self._prompts = prompts
        self._cache = cache
        self._graphs = graphs
        self._steps = steps
        self._stride = stride
        self._sampler = sampler
        self._count = cache.rows - CANONICAL_ROWS
        self._slots: list[Row | None] = [None] * self._count

    def run(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Answer the rows, longest first so that memory runs out early or not at all.

        Yields:
            Finished rows, some at a time.
        """
        ordered = sorted(rows, key=lambda row: -row.longest)
        for bucket, same in groupby(ordered, key=lambda row: widened(row.longest)):
            yield from self._run_bucket(bucket, list(same))

    def _run_bucket(self, bucket: int, rows: list[Row]) -> Iterator[list[Row]]:
        if bucket > self._cache.columns:
            self._cache.reserve(bucket)
            self._steps.clear()  # they are recorded with the memory there was
        steps = self._steps_for(bucket)
        self._prompts.read_ahead(row.request.prompt_ids[:-1] for row in rows)
        waiting = deque(sorted(rows, key=lambda row: (row.draft is None, -len(row.reading))))
        least = max(1, self._count // _REFILL_FROM)
        while waiting or self._working:
            free = [slot for slot, row in enumerate(self._slots) if row is None]
            if waiting and (len(free) >= least or not self._working):
                done = self._admit(waiting, free, steps, bucket)
            else:
                done = self._advance(steps, waiting)
            if done:
                yield done

    @property
    def _working(self) -> int:
        return sum(row is not None for row in self._slots)

    def _steps_for(self, bucket: int) -> Steps:
        settings = self._sampler.settings
        key = Recorded(bucket, settings.temperature, settings.top_k, settings.top_p)
        if key not in self._steps:
            self._steps[key] = Steps(
                self._network,
                self._cache,
                self._graphs,
                slots=self._count,
                bucket=bucket,
                settings=settings,
                stride=self._stride,
            )
        self._steps[key].clear()
        return self._steps[key]

    def _admit(self, waiting: deque[Row], free: list[int], steps: Steps, bucket: int) -> list[Row]:
        """Read the prompts of some rows, check their drafts, and put what is left into slots."""
        group = [waiting.popleft()]
        width = widened(len(group[0].reading))
        most = CANONICAL_ROWS
        if group[0].draft is not None:
            most = rows_checked(width, vocabulary=self._network.vocabulary, most=most)
        while (
            waiting
            and len(group) < min(len(free), most)
            and widened(len(waiting[0].reading)) == width
            and (waiting[0].draft is None) == (group[0].draft is None)
        ):
            group.append(waiting.popleft())
        prompts = [row.request.prompt_ids[:-1] for row in group]
        if group[0].draft is None:
            self._prompts.lay_out(prompts, self._cache, rows=free[: len(group)])
            self._fill(group, free, steps)
            return []
        desk = range(self._count, self._count + len(group))
        self._prompts.lay_out(prompts, self._cache, rows=desk)
        check(
            self._network,
            self._cache,
            group,
            sampler=self._sampler,
            first=self._count,
            shape=Shape(most, width, bucket),
        )
        left = [(place, row) for place, row in zip(desk, group, strict=True) if row.draft is None]
        left = [(place, row) for place, row in left if row.finish_reason is None]
        self._cache.move(
            sources=[place for place, _ in left],
            targets=free[: len(left)],
            length=bucket,
        )
        self._fill([row for _, row in left], free, steps)
        return [row for row in group if row.finish_reason]

    def _fill(self, rows: Sequence[Row], free: Sequence[int], steps: Steps) -> None:
        taken = free[: len(rows)]
        for slot, row in zip(taken, rows, strict=True):
            self._slots[slot] = row
        steps.put(taken, rows)

    def _advance(self, steps: Steps, waiting: deque[Row]) -> list[Row]:
        """Take a stride of steps; return the rows that finish in it."""
        decoded = steps.run(self._stride)
        done, ended = [], []
        for slot, row in enumerate(self._slots):
            if row is None:
                continue
            taken = zip(
                decoded.tokens[slot], decoded.logprobs[slot], decoded.doubtful[slot], strict=True
            )
            for token, logprob, doubtful in taken:
                if doubtful:
                    row.redo()
                    waiting.appendleft(row)
                    break
                if not row.accept(token, logprob):
                    done.append(row)
                    break
            else:
                continue
            self._slots[slot] = None
            ended.append(slot)
        steps.put(ended, [None] * len(ended))
        return done
