"""The engine: requests in, answers out, by the loop that suits the model and its device."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import torch

from behavtest.models.loading import is_out_of_memory
from behavtest.sampling.engine.desk import Desk
from behavtest.sampling.engine.network import vocabulary_of
from behavtest.sampling.engine.padded import PaddedLoop
from behavtest.sampling.engine.rows import Row
from behavtest.sampling.engine.sampler import Sampler
from behavtest.sampling.engine.support import slots_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.core import Generation, SamplingSettings
    from behavtest.sampling.engine.desk import EngineOptions
    from behavtest.sampling.engine.rows import Finished
    from behavtest.sampling.requests import Request


class Engine:
    """A loaded model and its memory.

    Args:
        model: A causal language model in evaluation mode.
        options: How to run it.
    """

    def __init__(self, model: PreTrainedModel, options: EngineOptions) -> None:
        self.model = model
        self._options = options
        self._rows = 1
        self._tokens = 0
        with torch.inference_mode():
            self._network = slots_for(model)
        self._desk: Desk | None = None
        self._vocabulary = vocabulary_of(model)

    @property
    def rows(self) -> int:
        """Most rows decoded at once."""
        return self._rows

    @property
    def over_slots(self) -> bool:
        """Whether the model runs over slots, not with padding."""
        return self._network is not None

    def has_room(self, *, tokens: int) -> bool:
        """Tell whether rows of so many tokens, prompt and answer together, were planned for."""
        return self._tokens >= tokens

    def give_back(self) -> bool:
        """Let go of the memory held for rows and prompts; return whether there was any."""
        held, self._desk = self._desk is not None, None
        return held

    def plan(self, *, rows: int, tokens: int) -> None:
        """Say how much memory to take from now on.

        Args:
            rows: Most rows to decode at once, at least 1; halved when memory runs out.
            tokens: Most tokens of prompt and answer together.
        """
        self._desk = None
        self._rows, self._tokens = rows, tokens

    def run(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        references: Sequence[Generation | None] | None = None,
    ) -> Iterator[list[Finished]]:
        """Answer requests, in whatever order is fastest.

        Args:
            requests: What is asked.
            settings: How tokens are chosen.
            references: For each request the other model's answer to the same noise, if known.

        Yields:
            Finished requests, some at a time; every request once.

        Raises:
            RuntimeError: Memory runs out with a single row.
        """
        known = references or [None] * len(requests)
        waiting = [
            self._row(place, request, settings, reference)
            for place, (request, reference) in enumerate(zip(requests, known, strict=True))
        ]
        while waiting:
            # Taken out of reach meanwhile: a second run may start before this one is finished.
            desk, self._desk = self._desk, None
            if desk is None and self._network is not None:
                desk = Desk(self._network, self._options, rows=self._rows)
            sampler = self._sampler(settings)
            loop = (
                PaddedLoop(self.model, rows=self._rows, sampler=sampler)
                if desk is None
                else desk.loop(sampler)
            )
            try:
                for done in _inferring(loop.run(waiting)):
                    for row in done:
                        row.told = True
                    yield [row.finished for row in done]
            except RuntimeError as error:
                if not is_out_of_memory(error) or self._rows == 1:
                    raise
                desk = None
            finally:
                self._desk = desk
            waiting = [row for row in waiting if not row.told]
            if waiting:
                del desk, loop
                self._shrink(waiting)

    def _sampler(self, settings: SamplingSettings) -> Sampler:
        return Sampler(settings, alone=None if self._options.canonical else self.model)

    def _row(
        self,
        place: int,
        request: Request,
        settings: SamplingSettings,
        reference: Generation | None,
    ) -> Row:
        row = Row(place, request, settings.max_new_tokens, self._options.end_ids, reference)
        row.restart(vocabulary=self._vocabulary)
        return row

    def _shrink(self, rows: Sequence[Row]) -> None:
        """Give all memory back, and go on with half the rows from where nothing has been read."""
        self._rows = max(1, min(self._rows, len(rows)) // 2)
        for row in rows:
            row.restart(vocabulary=self._vocabulary)
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _inferring(batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Compute without gradients, but leave the caller's own torch alone in between."""
    while True:
        with torch.inference_mode():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
