"""Reading texts into memory, many in a pass."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import common_length
from behavtest.sampling.engine.shapes import PASS_TOKENS, alike, cut, widened
from behavtest.sampling.engine.upload import on_device

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network

Text = tuple[int, ...]

CANONICAL_ROWS = 16
"""Rows of every pass whose shape must not depend on the batch."""

_SHARED_BY = 4  # texts; what fewer begin with is read with each
_LEAST_SAVED = 2 * PASS_TOKENS  # beginnings are read in passes of their own


class Read(NamedTuple):
    """A text that has been read.

    Args:
        text: Its token ids.
        states: Keys and values, shape (layers, 2, heads, tokens, head size).
    """

    text: Text
    states: torch.Tensor


def read(network: Network, desk: SlotCache, texts: Sequence[Text]) -> Iterator[Read]:
    """Read texts, those of similar length together.

    What several texts begin with (a system prompt, a template's head) is read once.

    Args:
        network: The model.
        desk: Memory to work in: a row for each text of a pass.
        texts: Token ids, none empty, all different.
    """
    heads = shared_heads(texts)
    known = dict(read(network, desk, list(dict.fromkeys(heads.values())))) if heads else {}
    rests = {text: len(text) - len(heads.get(text, ())) for text in texts}
    for group in alike(texts, width=rests.__getitem__, most=desk.rows):
        desk.reserve(max(map(len, group)))
        for row, text in enumerate(group):
            if text in heads:
                desk.put(row, known[heads[text]])
        starts = [len(text) - rests[text] for text in group]
        _pass(network, desk, [text[-rests[text] :] for text in group], starts=starts)
        for row, text in enumerate(group):
            yield Read(text, desk.copy(row, len(text)))


def shared_heads(texts: Sequence[Text]) -> dict[Text, Text]:
    """Find which texts have a beginning that is worth reading once for all that have it.

    Args:
        texts: Token ids, all different.

    Returns:
        Text -> its beginning, always shorter than the text; none if too little would be saved.
    """
    ordered = sorted(texts)
    alike_with_next = [common_length(one, other) for one, other in pairwise(ordered)]
    # All texts of a run of so many begin with what its neighbors have in common at least.
    runs = [
        min(alike_with_next[first : first + _SHARED_BY - 1])
        for first in range(len(ordered) - _SHARED_BY + 1)
    ]
    heads = {}
    for place, text in enumerate(ordered):
        most = max(runs[max(0, place - _SHARED_BY + 1) : place + 1], default=0)
        if head := text[: min(most, len(text) - 1)]:
            heads[text] = head
    saved = sum(map(len, heads.values())) - sum(map(len, set(heads.values())))
    return heads if saved >= _LEAST_SAVED else {}


def read_canonically(network: Network, desk: SlotCache, texts: Sequence[Text]) -> Iterator[Read]:
    """Read texts in passes whose shape depends on each text's own length alone; see `read`.

    The desk has `CANONICAL_ROWS` rows.
    """
    ordered = sorted(texts, key=lambda text: -len(text))
    for width, alike_texts in groupby(ordered, key=lambda text: widened(len(text))):
        desk.reserve(width)
        for group in cut(alike_texts, CANONICAL_ROWS):
            filled = [*group, *[(0,)] * (CANONICAL_ROWS - len(group))]
            _pass(network, desk, filled, starts=[0] * CANONICAL_ROWS, width=width)
            for row, text in enumerate(group):
                yield Read(text, desk.copy(row, len(text)))


def _pass(
    network: Network,
    cache: SlotCache,
    texts: Sequence[Text],
    *,
    starts: Sequence[int],
    width: int | None = None,
) -> None:
    """Read on in the cache's first rows, each from its own start."""
    ends = [start + len(text) for start, text in zip(starts, texts, strict=True)]
    visible = max(ends) if width is None else width
    width = width or max(map(len, texts))
    tokens, counts = padded(texts, width=width, device=network.device)
    network.run(
        cache,
        tokens=tokens,
        starts=on_device(starts, network.device),
        counts=counts,
        visible=visible,
        first=None if any(starts) else 0,
        logits=False,
    )


def padded(
    texts: Sequence[Text], *, width: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Lay texts out as one tensor, padded on the right with token 0.

    Returns:
        int64 tokens, shape (texts, width), and how many of each row count, shape (texts,).
    """
    rows = [[*text, *[0] * (width - len(text))] for text in texts]
    return on_device(rows, device), on_device([len(text) for text in texts], device)
