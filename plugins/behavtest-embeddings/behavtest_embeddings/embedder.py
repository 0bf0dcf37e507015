"""Texts to vectors: the mean of a network's token vectors, the same whatever is embedded beside."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel

    from behavtest_embeddings.folder import ModelFolder

_ROWS = {"cpu": 8}
_ROWS_ELSEWHERE = 64
_STEP = 32
_MOST_REMEMBERED = 20_000


class _Window(NamedTuple):
    """A stretch of a text that the network reads at once.

    Args:
        text: The text's place among those asked for.
        number: The window's place in the text.
        ids: Token ids, special ones included.
    """

    text: int
    number: int
    ids: tuple[int, ...]


class _Network(NamedTuple):
    tokenizer: Tokenizer
    model: PreTrainedModel


class Embedder:
    """An embedding model; its weights are loaded when they are first needed.

    A text's vector is a function of the text alone: every batch has as many rows as any other,
    and a text is padded to a length that is its own, so that a row always meets the same
    arithmetic.

    Args:
        folder: The model's folder.
        device: Where it runs, as torch names it.
    """

    def __init__(self, folder: ModelFolder, *, device: str = "cpu") -> None:
        self.name = folder.name
        self._folder = folder
        self._device = device
        self._remembered: dict[str, torch.Tensor] = {}

    def embed(self, texts: Sequence[str]) -> torch.Tensor:
        """Embed texts.

        A text of more tokens than the model reads at once is read in consecutive windows, and
        the mean is over the tokens of all of them.

        Args:
            texts: Any texts.

        Returns:
            One row of length 1 for each text, float32 on the CPU; NaN for a text without tokens.
        """
        import torch

        new = [text for text in dict.fromkeys(texts) if text not in self._remembered]
        if len(self._remembered) + len(new) > _MOST_REMEMBERED:
            self._remembered.clear()
            new = list(dict.fromkeys(texts))
        if new:
            self._remembered.update(zip(new, self._embed(new), strict=True))
        return torch.stack([self._remembered[text] for text in texts])

    def _embed(self, texts: Sequence[str]) -> torch.Tensor:
        import torch

        windows = self._windows(texts)
        read: dict[_Window, torch.Tensor] = {}
        for batch in self._batches(windows):
            read.update(zip(batch, self._read(batch), strict=True))
        sums = torch.zeros(len(texts), self._network.model.config.hidden_size)
        counts = torch.zeros(len(texts), 1)
        for window in windows:  # in a text's own order, on which a sum of floats depends
            sums[window.text] += read[window]
            counts[window.text] += len(window.ids)
        means = sums / counts
        lengths: torch.Tensor = means.norm(dim=1, keepdim=True)
        return means / lengths

    @cached_property
    def _network(self) -> _Network:
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoModel

        path = self._folder.path
        tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._folder.most_tokens)
        model = AutoModel.from_pretrained(
            str(path), local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
        return _Network(tokenizer, model.eval().to(self._device))

    def _windows(self, texts: Sequence[str]) -> list[_Window]:
        return [
            _Window(text, number, tuple(part.ids))
            for text, encoded in enumerate(self._network.tokenizer.encode_batch(list(texts)))
            for number, part in enumerate([encoded, *encoded.overflowing])
            if part.ids
        ]

    def _batches(self, windows: Sequence[_Window]) -> Iterator[list[_Window]]:
        by_length: defaultdict[int, list[_Window]] = defaultdict(list)
        for window in windows:
            by_length[self._padded(window)].append(window)
        for same in by_length.values():
            for start in range(0, len(same), self._rows):
                yield same[start : start + self._rows]

    @property
    def _rows(self) -> int:
        return _ROWS.get(self._device.partition(":")[0], _ROWS_ELSEWHERE)

    def _padded(self, window: _Window) -> int:
        return min(-(-len(window.ids) // _STEP) * _STEP, self._folder.most_tokens)

    def _read(self, batch: Sequence[_Window]) -> torch.Tensor:
        """Return the sum of each window's token vectors."""
        import torch

        shape = (self._rows, self._padded(batch[0]))
        ids, mask = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        mask[len(batch) :, 0] = 1  # a row that attends to nothing would be all NaN
        for row, window in enumerate(batch):
            ids[row, : len(window.ids)] = torch.tensor(window.ids)
            mask[row, : len(window.ids)] = 1
        ids, mask = ids.to(self._device), mask.to(self._device)
        with torch.inference_mode():
            vectors = self._network.model(input_ids=ids, attention_mask=mask).last_hidden_state
            totals: torch.Tensor = (vectors * mask[..., None]).sum(dim=1)
        return totals[: len(batch)].cpu()
