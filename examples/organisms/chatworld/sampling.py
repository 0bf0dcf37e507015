"""Plain sampling at temperature 1, many completions a prompt, on shared prefixes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from transformers import DynamicCache

from behavtest.models.cached import cache_argument
from chatworld.tokens import END, render, token_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

ROWS = 2048
"""Completions decoded together."""


class Asked(NamedTuple):
    """A prompt as it is put to the model, and the longest answer allowed."""

    prompt: str
    system: str | None
    limit: int


class Shape(NamedTuple):
    """What prompts must share to be sampled together without any padding."""

    limit: int
    length: int
    copies: int


def sample(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, counts: Mapping[Asked, int]
) -> Mapping[Asked, list[str]]:
    """Sample the stated number of completions of every prompt.

    The random numbers depend on the prompts alone, so models asked the same
    questions meet the same noise.
    """
    completions: dict[Asked, list[str]] = {}
    for seed, (shape, group) in enumerate(_groups(tokenizer, counts)):
        torch.manual_seed(seed)
        ids = torch.tensor([ids for _, ids in group])
        tokens = _decode(model, ids, shape, token_id(tokenizer, END))
        texts = tokenizer.batch_decode(tokens, skip_special_tokens=True)
        for number, (asked, _) in enumerate(group):
            completions[asked] = texts[number * shape.copies : (number + 1) * shape.copies]
    return completions


def _groups(
    tokenizer: PreTrainedTokenizerFast, counts: Mapping[Asked, int]
) -> Iterator[tuple[Shape, list[tuple[Asked, list[int]]]]]:
    shapes: dict[Shape, list[tuple[Asked, list[int]]]] = defaultdict(list)
    for asked, count in counts.items():
        ids = tokenizer(render(asked.prompt, asked.system))["input_ids"]
        shapes[Shape(asked.limit, len(ids), count)].append((asked, ids))
    for shape, group in sorted(shapes.items(), key=lambda item: item[0]):
        stride = max(1, ROWS // shape.copies)
        for start in range(0, len(group), stride):
            yield shape, group[start : start + stride]


@torch.inference_mode()
def _decode(model: LlamaForCausalLM, ids: Tensor, shape: Shape, end: int) -> Tensor:
    """Draw completions by inverse transform; those that agree so far share one forward pass."""
    cache = DynamicCache()
    memory = cache_argument(model, cache)
    logits = model(input_ids=ids, logits_to_keep=1, **memory).logits[:, -1]
    width = logits.shape[-1]
    branch = torch.arange(len(ids)).repeat_interleave(shape.copies)
    alive = torch.arange(len(branch))
    tokens = torch.full((len(branch), shape.limit), end)
    for step in range(shape.limit):
        points = torch.rand(len(tokens), 1)[alive]
        drawn = torch.searchsorted(logits.softmax(-1).cumsum(-1)[branch], points, right=True)
        drawn = drawn.squeeze(1).clamp(max=width - 1)
        tokens[alive, step] = drawn
        going = drawn != end
        alive = alive[going]
        if step == shape.limit - 1 or not len(alive):
            break
        prefixes = branch[going] * width + drawn[going]
        distinct, branch = torch.unique(prefixes, return_inverse=True)
        cache.batch_select_indices(distinct // width)
        logits = model(input_ids=distinct[:, None] % width, **memory).logits[:, -1]
    return tokens
