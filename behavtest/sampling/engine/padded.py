"""The decode loop for models that keep more than keys and values: padding on the left.

Convolutions and recurrent states cannot step back, so a draft is checked without any memory, and
what it leaves is decoded from its prompt on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from transformers import DynamicCache

from behavtest.models.cached import cache_argument
from behavtest.sampling.engine.network import vocabulary_of
from behavtest.sampling.engine.replay import accept
from behavtest.sampling.engine.shapes import cut, rows_checked
from behavtest.sampling.engine.texts import padded_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.sampling.engine.rows import Row
    from behavtest.sampling.engine.sampler import Sampler

# A row's work is wasted once it has ended; copying the cache costs about one step, so it pays
# only when a good part of the batch has.
_COMPACT_BELOW = 0.75


class PaddedLoop:
    """Decodes rows batch by batch.

    Args:
        model: A causal language model in evaluation mode.
        rows: Most rows in a batch.
        sampler: How tokens are chosen.
    """

    def __init__(self, model: PreTrainedModel, *, rows: int, sampler: Sampler) -> None:
        self._model = model
        self._most = rows
        self._sampler = sampler
        self._vocabulary = vocabulary_of(model)
        # A recurrent state would see the padding, so it gets none.
        self._alike = bool(getattr(model, "_is_stateful", False))

    def run(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Answer the rows, longest first so that memory runs out early or not at all.

        Yields:
            Finished rows, batch by batch.
        """
        for batch in self._batches([row for row in rows if row.draft is not None]):
            width = max(len(row.reading) for row in batch)
            for part in cut(
                batch, rows_checked(width, vocabulary=self._vocabulary, most=self._most)
            ):
                self._check(part)
                yield [row for row in part if row.finish_reason]
        for batch in self._batches([row for row in rows if not row.finish_reason]):
            self._decode(batch)
            yield batch

    def _batches(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        ordered = sorted(rows, key=lambda row: -len(_known(row)))
        while ordered:
            batch = ordered[: self._most]
            if self._alike:
                batch = [row for row in batch if len(_known(row)) == len(_known(batch[0]))]
            ordered = ordered[len(batch) :]
            yield batch

    def _check(self, rows: Sequence[Row]) -> None:
        ids, mask = padded_texts([_known(row) for row in rows], self._model.device, left=True)
        output = self._model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=(mask.cumsum(dim=-1) - 1).clamp(min=0),
            use_cache=False,
            logits_to_keep=max(len(row.reading) for row in rows),
        )
        parts = [
            logits[-len(row.reading) :] for logits, row in zip(output.logits, rows, strict=True)
        ]
        accept(torch.cat(parts), rows, sampler=self._sampler)

    def _decode(self, rows: Sequence[Row]) -> None:
        batch = _Batch(self._model, rows)
        while batch.rows:
            working = batch.working()
            logits = batch.logits()[working]
            accept(logits, [batch.rows[place] for place in working], sampler=self._sampler)
            batch.append()
            alive = batch.working()
            if len(alive) <= _COMPACT_BELOW * len(batch.rows):
                batch.keep(alive)


class _Batch:
    """The rows still being decoded, as tensors."""

    def __init__(self, model: PreTrainedModel, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        self._model = model
        self._cache = DynamicCache(config=model.config)
        known = [(*row.request.prompt_ids, *row.tokens) for row in rows]
        self._ids, self._mask = padded_texts(known, model.device, left=True)
        self._positions = (self._mask.cumsum(dim=-1) - 1).clamp(min=0)

    def logits(self) -> torch.Tensor:
        """Run the model on what it has not seen; return the last position's logits."""
        output = self._model(
            input_ids=self._ids,
            attention_mask=self._mask,
            position_ids=self._positions,
            use_cache=True,
            logits_to_keep=1,
            **cache_argument(self._model, self._cache),
        )
        return cast("torch.Tensor", output.logits[:, -1])

    def working(self) -> list[int]:
        """Return the places of rows that have not ended."""
        return [place for place, row in enumerate(self.rows) if row.finish_reason is None]

    def append(self) -> None:
        """Make every row's last token the next input; what has ended reads whatever there is."""
        self._ids = torch.tensor([[row.pending] for row in self.rows], device=self._ids.device)
        self._mask = torch.cat([self._mask, self._mask.new_ones((len(self._mask), 1))], dim=-1)
        self._positions = self._positions[:, -1:] + 1

    def keep(self, alive: list[int]) -> None:
        """Drop every row but those at the given places."""
        self.rows = [self.rows[place] for place in alive]
        if not alive:
            return
        index = cast("torch.LongTensor", torch.tensor(alive, device=self._ids.device))
        self._cache.reorder_cache(index)  # unlike batch_select_indices, every layer has it
        self._ids, self._mask = self._ids[index], self._mask[index]
        self._positions = self._positions[index]


def _known(row: Row) -> tuple[int, ...]:
    """Return everything there is to read of a row: its prompt, its answer so far, its draft."""
    if row.tokens or row.draft is None:
        return (*row.request.prompt_ids, *row.tokens)
    return (*row.request.prompt_ids[:-1], *row.reading)
