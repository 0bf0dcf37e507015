"""Reading texts into memory, many in a pass."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.engine.shapes import alike, cut, widened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network

Text = tuple[int, ...]

CANONICAL_ROWS = 16
"""Rows of every pass whose shape must not depend on the batch."""

# A pass has a fixed cost, so a shorter common beginning is cheaper read once a row.
_LEAST_SHARED = 8


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

    What all texts of a pass begin with (a system prompt, a template's head) is read once.

    Args:
        network: The model.
        desk: Memory to work in: a row for each text of a pass, and one for what they share.
        texts: Token ids, none empty, all different.
    """
    spare = desk.rows - 1
    for group in alike(texts, width=len, most=spare):
        shared = _common(group)
        desk.reserve(len(group[0]))
        if shared:
            _pass(network, desk, [group[0][:shared]], start=0, row=spare)
            beginning = desk.copy(spare, shared)
            for row in range(len(group)):
                desk.put(row, beginning)
        _pass(network, desk, [text[shared:] for text in group], start=shared, row=0)
        for row, text in enumerate(group):
            yield Read(text, desk.copy(row, len(text)))


def _common(texts: Sequence[Text]) -> int:
    """Count the tokens that all texts begin with; 0 if they are not worth a pass of their own."""
    first, last = min(texts), max(texts)  # what these two share, all others share
    alike_tokens = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    shared = sum(1 for _ in alike_tokens)
    return shared if len(texts) > 1 and shared >= _LEAST_SHARED else 0


def read_canonically(network: Network, desk: SlotCache, texts: Sequence[Text]) -> Iterator[Read]:
    """Read texts in passes whose shape depends on each text's own length alone; see `read`.

    The desk has `CANONICAL_ROWS` rows.
    """
    ordered = sorted(texts, key=lambda text: -len(text))
    for width, alike_texts in groupby(ordered, key=lambda text: widened(len(text))):
        desk.reserve(width)
        for group in cut(alike_texts, CANONICAL_ROWS):
            filled = [*group, *[(0,)] * (CANONICAL_ROWS - len(group))]
            _pass(network, desk, filled, start=0, row=0, width=width)
            for row, text in enumerate(group):
                yield Read(text, desk.copy(row, len(text)))


def _pass(  # noqa: PLR0913 -- what a pass consists of
    network: Network,
    cache: SlotCache,
    texts: Sequence[Text],
    *,
    start: int,
    row: int,
    width: int | None = None,
) -> None:
    width = max(map(len, texts)) if width is None else width
    if not width:
        return
    tokens, counts = padded(texts, width=width, device=network.device)
    network.run(
        cache,
        tokens=tokens,
        starts=torch.full_like(counts, start),
        counts=counts,
        visible=start + width,
        first=start,
        row=row,
        logits=False,
    )


def padded(
    texts: Sequence[Text], *, width: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Lay texts out as one tensor, padded on the right with token 0.

    Returns:
        int64 tokens, shape (texts, width), and how many of each row count, shape (texts,).
    """
    tokens = torch.tensor([[*text, *[0] * (width - len(text))] for text in texts])
    counts = torch.tensor([len(text) for text in texts])
    return tokens.to(device), counts.to(device)
