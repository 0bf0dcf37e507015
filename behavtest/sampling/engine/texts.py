"""Forward passes over given texts: each prompt is read once, and each text after it once."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from transformers import DynamicCache

from behavtest.models.cached import cache_argument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from behavtest.sampling.backend import Continuation

_MOST_LOGITS = 2**26
"""Logits held at once, over all rows and positions: 256 MiB as float32."""


class Padded(NamedTuple):
    """Texts as one tensor.

    Args:
        ids: Token ids, int64, shape (texts, longest).
        mask: 1 where there is a token, int64, the same shape.
    """

    ids: torch.Tensor
    mask: torch.Tensor


def read(model: PreTrainedModel, wanted: Sequence[Continuation]) -> list[tuple[float, ...]]:
    """Read each prompt, then what is longer than one token after copies of its memory.

    A text of one token costs nothing beyond its prompt, whose last logits tell all there is to
    know of it; that is how letters are chosen among.

    Args:
        model: A causal language model in evaluation mode.
        wanted: At least one; all read at once.

    Returns:
        For each, the log-probability (nats) of every token after those before it.
    """
    prompts = {ids: row for row, ids in enumerate(dict.fromkeys(one.prompt_ids for one in wanted))}
    owners = torch.tensor([prompts[one.prompt_ids] for one in wanted], device=model.device)
    cache = DynamicCache(config=model.config)
    logits, mask = _begin(model, cache, list(prompts))
    first = torch.tensor([one.token_ids[0] for one in wanted], device=model.device)
    found = logits.new_zeros(len(wanted), max(len(one.token_ids) for one in wanted))
    found[:, 0] = logits[owners, first] - logits.logsumexp(-1)[owners]
    order = sorted(range(len(wanted)), key=lambda place: -len(wanted[place].token_ids))
    texts = [wanted[place].token_ids for place in order if len(wanted[place].token_ids) > 1]
    if texts:
        places = torch.tensor(order[: len(texts)], device=model.device)
        _reorder(cache, owners[places])
        found[places, 1:] = _read_on(model, cache, mask[owners[places]], texts, logits.shape[-1])
    return _cut(found, wanted)


def last_logits(model: PreTrainedModel, texts: Sequence[tuple[int, ...]]) -> torch.Tensor:
    """Read texts, and tell how they may go on.

    Args:
        model: A causal language model in evaluation mode.
        texts: Token ids, at least one text of at least one token each.

    Returns:
        Logits after each text's last token, float32, shape (texts, vocabulary).
    """
    if not getattr(model, "_is_stateful", False):
        return _begin(model, DynamicCache(config=model.config), texts)[0]
    # A recurrent state would take padding in; texts of one length need none.
    found: dict[tuple[int, ...], torch.Tensor] = {}
    for _, group in groupby(sorted(set(texts), key=len), key=len):
        alike = list(group)
        ids, _ = padded_texts(alike, model.device)
        logits = model(input_ids=ids, use_cache=False, logits_to_keep=1).logits[:, -1]
        found |= dict(zip(alike, logits.float(), strict=True))
    return torch.stack([found[text] for text in texts])


def _begin(
    model: PreTrainedModel, cache: DynamicCache, texts: Sequence[tuple[int, ...]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Read texts into a memory; return their last logits, and where there is a token."""
    ids, mask = padded_texts(texts, model.device, left=True)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    return _logits(model, cache, ids, mask, positions, keep=1)[:, -1], mask


def _read_on(
    model: PreTrainedModel,
    cache: DynamicCache,
    mask: torch.Tensor,
    texts: Sequence[tuple[int, ...]],
    vocabulary: int,
) -> torch.Tensor:
    """Read texts behind their prompts, a stretch at a time so that the logits stay few.

    Args:
        model: The model.
        cache: Its memory of the prompts, one row per text.
        mask: The prompts', shape (texts, longest prompt).
        texts: At least two tokens each, the longest first.
        vocabulary: Number of logits of a position.

    Returns:
        Log-probability of each token but the first, shape (texts, longest - 1).
    """
    lengths = mask.sum(-1, keepdim=True)
    found = torch.zeros(len(texts), len(texts[0]) - 1, device=mask.device)
    start, alive = 0, len(texts)
    while alive:
        width = min(found.shape[1] - start, max(1, _MOST_LOGITS // (alive * vocabulary)))
        ids, inside = padded_texts([text[start:-1][:width] for text in texts[:alive]], mask.device)
        targets, _ = padded_texts(
            [text[start + 1 :][:width] for text in texts[:alive]], mask.device
        )
        mask = torch.cat([mask, inside], dim=-1)
        # a token that is only padding stays at a position that every model has
        positions = (lengths + start + torch.arange(width, device=mask.device)) * inside
        found[:alive, start : start + width] = _chosen(
            _logits(model, cache, ids, mask, positions), targets
        )
        start += width
        on = sum(len(text) - 1 > start for text in texts)
        if 0 < on < alive:
            _reorder(cache, torch.arange(on, device=mask.device))
            mask, lengths = mask[:on], lengths[:on]
        alive = on
    return found


def read_whole(
    model: PreTrainedModel, wanted: Sequence[Continuation], *, rows: int
) -> list[tuple[float, ...]]:
    """Read prompt and text in one row, for models whose memory cannot be gone on from.

    What is padded lies behind the text, where no causal model looks.

    Args:
        model: A causal language model in evaluation mode.
        wanted: At least one.
        rows: Most rows in a forward pass.

    Returns:
        As `read`.
    """
    found: list[tuple[float, ...]] = []
    while len(found) < len(wanted):
        chunk = wanted[len(found) :][:rows]
        first = min(len(one.prompt_ids) for one in chunk) - 1
        last = max(len(one.prompt_ids) + len(one.token_ids) for one in chunk) - 1
        vocabulary = model.config.get_text_config().vocab_size
        chunk = chunk[: max(1, _MOST_LOGITS // (vocabulary * (last - first)))]
        texts = [one.prompt_ids + one.token_ids for one in chunk]
        ids, mask = padded_texts([text[:-1] for text in texts], model.device)
        targets, _ = padded_texts([text[1:] for text in texts], model.device)
        last = ids.shape[1]
        logits = model(
            input_ids=ids,
            attention_mask=mask,
            use_cache=False,
            logits_to_keep=torch.arange(first, last, device=model.device),
        ).logits.float()
        chosen = _chosen(logits, targets[:, first:last])
        starts = [len(one.prompt_ids) - 1 - first for one in chunk]
        behind = [row[start:] for row, start in zip(chosen, starts, strict=True)]
        found += _cut(torch.nn.utils.rnn.pad_sequence(behind, batch_first=True), chunk)
    return found


def _logits(  # noqa: PLR0913, PLR0917 -- what a forward pass takes
    model: PreTrainedModel,
    cache: DynamicCache,
    ids: torch.Tensor,
    mask: torch.Tensor,
    positions: torch.Tensor,
    keep: int = 0,
) -> torch.Tensor:
    """Run the model on tokens it has not seen; return the last positions' logits, all for 0."""
    output = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        use_cache=True,
        logits_to_keep=keep,
        **cache_argument(model, cache),
    )
    logits: torch.Tensor = output.logits.float()
    return logits


def _chosen(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return logits.gather(-1, targets[..., None])[..., 0] - logits.logsumexp(-1)


def _reorder(cache: DynamicCache, rows: torch.Tensor) -> None:
    cache.reorder_cache(cast("torch.LongTensor", rows))  # every kind of layer has it


def _cut(found: torch.Tensor, wanted: Sequence[Continuation]) -> list[tuple[float, ...]]:
    """Cut off what is padding; no rounding leaves a log-probability above 0."""
    rows = found.clamp(max=0).tolist()
    return [tuple(row[: len(one.token_ids)]) for row, one in zip(rows, wanted, strict=True)]


def padded_texts(
    texts: Sequence[tuple[int, ...]], device: torch.device, *, left: bool = False
) -> Padded:
    """Lay texts out as one tensor, padded with token 0 on the right or on the left."""
    width = max(map(len, texts))
    ids = torch.zeros(len(texts), width, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        place = slice(width - len(text), width) if left else slice(len(text))
        ids[row, place] = torch.tensor(text, dtype=torch.int64)
        mask[row, place] = 1
    return Padded(ids.to(device), mask.to(device))
