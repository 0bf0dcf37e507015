"""Answers by definition: one row, no cache, no padding, one token at a time."""

from __future__ import annotations

import copy
import random

import torch

from behavtest.core import Generation, SamplingSettings
from behavtest.sampling.choose import choose
from behavtest.sampling.requests import Request

END = frozenset(range(3, 9))


def requests(count: int, *, vocabulary: int = 50, longest: int = 20) -> list[Request]:
    """Random prompts of mixed lengths, some of a single token, with random seeds."""
    rng = random.Random(0)
    return [
        Request(
            tuple(rng.randrange(4, vocabulary) for _ in range(rng.randrange(1, longest))),
            rng.getrandbits(64),
        )
        for _ in range(count)
    ]


def answer(model, request: Request, settings: SamplingSettings, end_ids=END) -> Generation:
    """What a request's answer is."""
    tokens, logprobs = [], []
    seed = request.seed - 2**64 if request.seed >= 2**63 else request.seed
    for position in range(settings.max_new_tokens):
        with torch.inference_mode():
            text = torch.tensor([[*request.prompt_ids, *tokens]])
            logits = model(text, use_cache=False, logits_to_keep=1).logits[:, -1]
        choice = choose(
            logits,
            seeds=torch.tensor([seed]),
            positions=torch.tensor([position]),
            settings=settings,
        )
        logprobs.append(float(choice.logprobs[0]))
        if int(choice.tokens[0]) in end_ids:
            return Generation(tuple(tokens), tuple(logprobs), "", "stop")
        tokens.append(int(choice.tokens[0]))
    return Generation(tuple(tokens), tuple(logprobs), "", "length")


def perturbed(model, *, scale: float, seed: int = 0):
    """A copy of a model with noise on every weight, in units of the weights' own spread."""
    other = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in other.parameters():
            if weights.numel() > 1:
                noise = torch.randn(weights.shape, generator=generator)
                weights.add_(noise * weights.std() * scale)
    return other
