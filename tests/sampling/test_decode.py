"""The decode loop against brute force and against transformers."""

from __future__ import annotations

import random

import pytest
import torch

from behavtest.core import SamplingSettings
from behavtest.sampling.choose import choose
from behavtest.sampling.decode import Tokens, decode
from behavtest.sampling.requests import Request

END = frozenset(range(3, 9))
SETTINGS = [
    SamplingSettings(max_new_tokens=12, temperature=0),
    SamplingSettings(max_new_tokens=12),
    SamplingSettings(max_new_tokens=12, temperature=0.7, top_k=10),
    SamplingSettings(max_new_tokens=12, top_p=0.8),
    SamplingSettings(max_new_tokens=1),
]


def requests(count: int) -> list[Request]:
    rng = random.Random(0)
    return [
        Request(
            tuple(rng.randrange(4, 50) for _ in range(rng.randrange(1, 20))), rng.getrandbits(64)
        )
        for _ in range(count)
    ]


def decode_naively(model, request, settings) -> Tokens:
    """One row, no cache, no padding: the definition."""
    tokens, logprobs = [], []
    seed = request.seed - 2**64 if request.seed >= 2**63 else request.seed
    for position in range(settings.max_new_tokens):
        with torch.inference_mode():
            logits = model(torch.tensor([[*request.prompt_ids, *tokens]])).logits[:, -1]
        choice = choose(
            logits,
            seeds=torch.tensor([seed]),
            positions=torch.tensor([position]),
            settings=settings,
        )
        logprobs.append(float(choice.logprobs[0]))
        if int(choice.tokens[0]) in END:
            return Tokens(tuple(tokens), tuple(logprobs), "stop")
        tokens.append(int(choice.tokens[0]))
    return Tokens(tuple(tokens), tuple(logprobs), "length")


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_batch_gives_what_each_row_gives_by_definition(tiny_model, settings):
    asked = requests(24)
    found = decode(tiny_model, asked, settings=settings, end_ids=END)
    for request, row in zip(asked, found, strict=True):
        expected = decode_naively(tiny_model, request, settings)
        assert (row.token_ids, row.finish_reason) == (expected.token_ids, expected.finish_reason)
        assert row.logprobs == pytest.approx(expected.logprobs, abs=1e-4)


def test_rows_of_the_sample_end_at_different_steps(tiny_model):
    """Without this the compaction of finished rows would go untested above."""
    found = decode(tiny_model, requests(24), settings=SETTINGS[1], end_ids=END)
    lengths = {len(row.token_ids) for row in found if row.finish_reason == "stop"}
    assert len(lengths) >= 3


def test_greedy_matches_generate(tiny_model):
    request = requests(1)[0]
    expected = tiny_model.generate(
        torch.tensor([request.prompt_ids]),
        attention_mask=torch.ones(1, len(request.prompt_ids), dtype=torch.int64),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=sorted(END),
        pad_token_id=0,
    )[0, len(request.prompt_ids) :].tolist()
    found = decode(tiny_model, [request], settings=SETTINGS[0], end_ids=END)[0]
    assert list(found.token_ids) == [token for token in expected if token not in END]


def test_equal_models_with_equal_seeds_give_equal_answers_and_other_seeds_other_ones(tiny_model):
    prompt = requests(1)[0].prompt_ids
    settings = SamplingSettings(max_new_tokens=10)
    same = decode(tiny_model, [Request(prompt, 5)] * 2, settings=settings, end_ids=())
    other = decode(tiny_model, [Request(prompt, 6)], settings=settings, end_ids=())
    assert same[0].token_ids == same[1].token_ids
    assert same[0].logprobs == pytest.approx(same[1].logprobs, abs=1e-5)
    assert same[0].token_ids != other[0].token_ids
