"""Our warping against transformers' own."""

from __future__ import annotations

import pytest
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper

from behavtest.core import SamplingSettings
from behavtest.sampling.warp import warp


@pytest.mark.parametrize("top_k", [0, 2, 7, 1000])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_matches_transformers(temperature, top_k):
    logits = torch.randn(20, 60, generator=torch.Generator().manual_seed(1)) * 3
    expected = TemperatureLogitsWarper(temperature)(None, logits)
    if top_k:
        expected = TopKLogitsWarper(top_k)(None, expected)
    found = warp(logits, SamplingSettings(temperature=temperature, top_k=top_k)).logits
    assert torch.equal(found.isinf(), expected.isinf())
    torch.testing.assert_close(found, expected)


def test_equal_logits_at_the_last_place_all_stay():
    logits = torch.tensor([[1.0, 3.0, 1.0, 0.0, 1.0]])
    found = warp(logits, SamplingSettings(top_k=2)).logits
    assert found.isfinite().tolist() == [[True, True, True, False, True]]


def test_the_logits_of_the_model_are_left_as_they_are():
    logits = torch.tensor([[1.0, 3.0, 0.0]])
    for settings in (SamplingSettings(temperature=2, top_k=2), SamplingSettings()):
        warp(logits, settings)
    assert logits.tolist() == [[1.0, 3.0, 0.0]]
