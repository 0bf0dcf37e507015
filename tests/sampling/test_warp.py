"""Our warping against transformers' own."""

from __future__ import annotations

import pytest
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from behavtest.core import SamplingSettings
from behavtest.sampling.warp import warp


@pytest.mark.parametrize("top_p", [1.0, 0.9, 0.3, 0.01])
@pytest.mark.parametrize("top_k", [0, 2, 7, 1000])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_matches_transformers(temperature, top_k, top_p):
    logits = torch.randn(20, 60, generator=torch.Generator().manual_seed(1)) * 3
    expected = TemperatureLogitsWarper(temperature)(None, logits)
    if top_k:
        expected = TopKLogitsWarper(top_k)(None, expected)
    if top_p < 1:
        expected = TopPLogitsWarper(top_p)(None, expected)
    settings = SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p)
    found = warp(logits, settings)
    assert torch.equal(found.isinf(), expected.isinf())
    torch.testing.assert_close(found, expected)


def test_the_most_likely_token_always_stays():
    logits = torch.tensor([[5.0, 1.0, 0.0]])
    kept = warp(logits, SamplingSettings(top_p=1e-9)).isfinite()
    assert kept.tolist() == [[True, False, False]]
