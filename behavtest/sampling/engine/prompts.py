"""The prompts a model has read: each is read once, whoever asks it and however often."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from behavtest.sampling.engine.reading import CANONICAL_ROWS, read, read_canonically

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import torch

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.reading import Text


class PromptMemory:
    """Keys and values of prompts, kept between rounds while there is room.

    Args:
        network: The model.
        capacity: Most bytes kept; what was used longest ago makes room.
        rows: Most texts read at once, at least 1.
        canonical: Whether a prompt is read in a pass whose shape depends on the prompt alone.
    """

    def __init__(
        self, network: Network, *, capacity: int, rows: int, canonical: bool = False
    ) -> None:
        self._network = network
        self._capacity = capacity
        self._reader = read_canonically if canonical else read
        self._kept: OrderedDict[Text, torch.Tensor] = OrderedDict()
        self._bytes = 0
        self._desk = network.cache(rows=CANONICAL_ROWS if canonical else rows, columns=1)

    def lay_out(self, texts: Sequence[Text], cache: SlotCache, *, rows: Sequence[int]) -> None:
        """Let rows have read their texts.

        Args:
            texts: Token ids, one text per row; they may be empty.
            cache: The rows' memory, with room for the texts.
            rows: Where each text goes.
        """
        known = {text: self._kept[text] for text in texts if text in self._kept}
        for text in known:
            self._kept.move_to_end(text)
        known |= self._read([text for text in dict.fromkeys(texts) if text and text not in known])
        for row, text in zip(rows, texts, strict=True):
            if text:
                cache.put(row, known[text])

    def read_ahead(self, texts: Iterable[Text]) -> None:
        """Read what will be asked for soon: many at once, so that little is padded.

        Args:
            texts: Token ids; only as many are read as there is room for.
        """
        missing = [text for text in dict.fromkeys(texts) if text and text not in self._kept]
        if missing and not self._kept:
            self._read(missing[:1])  # which tells how much room a token takes
        if missing and self._kept:
            sample = next(iter(self._kept.values()))
            room = self._capacity // 2 // (sample.nbytes // sample.shape[3])
            ahead = []
            for text in missing:
                room -= len(text)
                if room < 0:
                    break
                ahead.append(text)
            self._read([text for text in ahead if text not in self._kept])

    def _read(self, texts: Sequence[Text]) -> dict[Text, torch.Tensor]:
        found = {}
        for text, states in self._reader(self._network, self._desk, texts):
            found[text] = self._kept[text] = states
            self._bytes += states.nbytes
            while self._bytes > self._capacity:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.nbytes
        return found
