"""Replay: an answer read off another one, as far as the model would have given the same.

The model reads prompt and draft in one pass, the request's own noise is added at every position,
and the draft is accepted up to the first token the model would have chosen otherwise. That token
is right, because everything before it is; only what follows it has to be decoded. It is the
verification step of speculative decoding (Leviathan, Kalman and Matias, ICML 2023) with one draft
for the whole answer and keyed noise in place of rejection sampling, so the result is the model's
own answer, token for token.
"""

from __future__ import annotations

from collections import deque
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, NamedTuple

from behavtest.sampling.backend import Replay
from behavtest.sampling.engine.reading import padded
from behavtest.sampling.engine.sampler import Chosen
from behavtest.sampling.engine.upload import on_device

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.rows import Row
    from behavtest.sampling.engine.sampler import Sampler


_LOGITS_AT_ONCE = 2**26
"""Logits worked on at once: 256 MiB as float32, and a few times that on the way to tokens."""


class Shape(NamedTuple):
    """The shape of a pass where it must not depend on the batch.

    Args:
        rows: Rows of the pass.
        width: Tokens a row.
        visible: Columns attended to.
    """

    rows: int
    width: int
    visible: int


def check(  # noqa: PLR0913 -- what a pass consists of
    network: Network,
    cache: SlotCache,
    rows: Sequence[Row],
    *,
    sampler: Sampler,
    first: int = 0,
    shape: Shape | None = None,
) -> None:
    """Check the rows' drafts in one pass; without drafts, it decodes one token of each.

    Args:
        network: The model.
        cache: Its memory of what the rows have read.
        rows: What is asked. Each is given the tokens that are certain; it has finished, or has its
            next token pending.
        sampler: How tokens are chosen.
        first: The first of their rows in the cache, where the others follow.
        shape: The pass's shape; None is the least that holds the drafts.
    """
    texts = [row.reading for row in rows]
    texts += [(0,)] * (shape.rows - len(rows)) if shape else []
    lengths = [row.length for row in rows] + [0] * (len(texts) - len(rows))
    width = max(map(len, texts)) if shape is None else shape.width
    tokens, counts = padded(texts, width=width, device=network.device)
    visible = (
        max(length + len(text) for length, text in zip(lengths, texts, strict=True))
        if shape is None
        else shape.visible
    )
    cache.reserve(visible)
    logits = network.run(
        cache,
        tokens=tokens,
        starts=on_device(lengths, network.device),
        counts=counts,
        visible=visible,
        row=first,
    )[: len(rows)]
    if width == 1:
        flat = logits[:, 0]
    else:
        read = [row * width + step for row in range(len(rows)) for step in range(len(texts[row]))]
        flat = logits.flatten(0, 1)[on_device(read, network.device)]
    accept(flat, rows, sampler=sampler)


def accept(logits: torch.Tensor, rows: Sequence[Row], *, sampler: Sampler) -> None:
    """Let rows take what the model says to their drafts.

    Args:
        logits: After the pending token and each of the draft's, row after row, shape (tokens of
            all readings, vocabulary).
        rows: The rows.
        sampler: How tokens are chosen.
    """
    found = _choose(logits, rows, sampler)
    close = deque(found.close)
    end = 0
    for row in rows:
        draft, count = row.draft or (), len(row.reading)
        begin, end = end, end + count
        tokens, logprobs = found.tokens[begin:end], found.logprobs[begin:end]
        while close and close[0] < end:
            place = close.popleft() - begin
            if tokens[:place] == list(draft[:place]):  # else it is not reached
                tokens[place], logprobs[place] = sampler.settle(row, draft[:place])
        shared = row.check(tokens, logprobs)
        if row.replay is not None:
            row.replay = row.replay._replace(guessed=row.replay.guessed + shared)
        elif row.reference is not None:
            drafted = min(len(draft), count)
            row.replay = Replay(shared, tuple(found.of_drafts[begin : begin + drafted]))


def _choose(logits: torch.Tensor, rows: Sequence[Row], sampler: Sampler) -> Chosen:
    """Choose a token at every position of the rows' readings."""
    counts = [len(row.reading) for row in rows]
    places = [
        len(row.tokens) + step
        for row, count in zip(rows, counts, strict=True)
        for step in range(count)
    ]
    drafts = [
        token
        for row, count in zip(rows, counts, strict=True)
        for token in islice(chain(row.draft or (), repeat(0)), count)
    ]
    keys = [row.seed for row, count in zip(rows, counts, strict=True) for _ in range(count)]
    seeds, positions, of_drafts = on_device([keys, places, drafts], logits.device)
    found = Chosen([], [], [], [])
    for part in _parts(logits):
        some = sampler.choose(
            logits[part], seeds=seeds[part], positions=positions[part], drafts=of_drafts[part]
        )
        found.tokens.extend(some.tokens)
        found.logprobs.extend(some.logprobs)
        found.of_drafts.extend(some.of_drafts)
        found.close.extend(part.start + place for place in some.close)
    return found


def _parts(logits: torch.Tensor) -> list[slice]:
    """Cut positions into parts whose logits are worked on at once."""
    most = max(1, _LOGITS_AT_ONCE // logits.shape[-1])
    return [slice(first, first + most) for first in range(0, len(logits), most)]
