"""The nucleus against transformers' own, and the best token in it against sorting."""

from __future__ import annotations

import pytest
import torch
from sampling_by_definition import keys, tokens_by_definition
from transformers import TopPLogitsWarper

from behavtest.core import SamplingSettings
from behavtest.sampling.noise import draw_noise
from behavtest.sampling.nucleus import best_in_nucleus, best_in_nucleus_flagged, nucleus


def normal(rows: int, vocabulary: int, *, spread: float = 3) -> torch.Tensor:
    return torch.randn(rows, vocabulary, generator=torch.Generator().manual_seed(1)) * spread


def inside(logits: torch.Tensor, top_p: float) -> list[bool]:
    """Ask of every token of one row."""
    each = logits.expand(len(logits), -1)
    return (~nucleus(each, top_p).place(torch.arange(len(logits)), each).outside).tolist()


@pytest.mark.parametrize("top_p", [0.999, 0.9, 0.3, 0.01])
def test_matches_transformers(top_p):
    for logits in normal(20, 60):
        expected = TopPLogitsWarper(top_p)(None, logits[None])[0].isfinite()
        assert inside(logits, top_p) == expected.tolist()


@pytest.mark.parametrize("top_p", [1e-9, 1e-15])
def test_the_most_likely_token_always_stays(top_p):
    assert inside(torch.tensor([1.0, 5.0, 0.0]), top_p) == [False, True, False]


@pytest.mark.parametrize(("top_p", "count"), [(0.5, 4), (0.51, 5), (0.124, 1), (0.876, 8)])
def test_of_equal_tokens_the_lower_ids_stay(top_p, count):
    assert inside(torch.zeros(8), top_p) == [place < count for place in range(8)]


def test_a_row_that_excludes_everything_already_excludes_no_more():
    assert inside(torch.full((3,), -torch.inf), 0.5) == [True] * 3


@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("vocabulary", [50, 65, 1024, 32_000])
@pytest.mark.parametrize("spread", [0.0, 1.0, 4.0])
def test_the_best_token_is_that_of_the_sorted_vocabulary(spread, vocabulary, top_p):
    rows = 300 if vocabulary < 2000 else 40
    logits, key = normal(rows, vocabulary, spread=spread), keys(rows)
    noise = draw_noise(**key, vocabulary=vocabulary)
    expected = tokens_by_definition(logits, SamplingSettings(top_p=top_p), **key)
    assert torch.equal(best_in_nucleus(logits, noise, top_p=top_p).tokens, expected)
    for rounds in (1, 3):
        found = best_in_nucleus_flagged(logits, noise, top_p=top_p, rounds=rounds)
        assert torch.equal(found.tokens[~found.flagged], expected[~found.flagged])


def test_logits_rounded_to_few_values_as_in_bf16_are_ranked_by_token_id():
    logits, key = normal(300, 1000).bfloat16().float().round(), keys(300)
    noise = draw_noise(**key, vocabulary=1000)
    expected = tokens_by_definition(logits, SamplingSettings(top_p=0.6), **key)
    assert torch.equal(best_in_nucleus(logits, noise, top_p=0.6).tokens, expected)


def test_a_draw_outside_the_nucleus_is_flagged_as_often_as_it_must_happen():
    """After one search that is the probability outside, some 40 %; after more it is less."""
    logits, key = normal(4000, 50, spread=1), keys(4000)
    noise = draw_noise(**key, vocabulary=50)
    shares = [
        float(
            best_in_nucleus_flagged(logits, noise, top_p=0.6, rounds=rounds).flagged.float().mean()
        )
        for rounds in (1, 2, 3)
    ]
    # the token at the edge is inside in full: the probability outside is 0.4 less half a token's
    assert 0.35 < shares[0] < 0.4
    assert shares[2] < shares[1] / 2 < shares[0] / 4
    assert shares[2] > 0
