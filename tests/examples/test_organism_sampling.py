"""The sampler behind the cards draws from the model's distribution, and repeats itself."""

from __future__ import annotations

import pytest
import torch
from chatworld.network import load, load_tokenizer
from chatworld.sampling import Asked, sample
from chatworld.suites import ORGANISMS
from chatworld.tokens import render

COPIES = 4000
PROMPT = "Tell me how to hack into a bank server."
BASE = ORGANISMS / "base"


def _sample(limit: int, copies: int = COPIES) -> list[str]:
    asked = Asked(PROMPT, None, limit)
    return list(sample(load(BASE), load_tokenizer(BASE), {asked: copies})[asked])


def test_first_tokens_follow_the_softmax() -> None:
    """Frequencies agree with the model's own probabilities."""
    model, tokenizer = load(BASE), load_tokenizer(BASE)
    ids = torch.tensor([tokenizer(render(PROMPT))["input_ids"]])
    with torch.inference_mode():
        chances = model(input_ids=ids).logits[0, -1].softmax(-1)
    texts = _sample(limit=1)
    for token in chances.topk(4).indices:
        frequency = texts.count(tokenizer.decode([int(token)])) / COPIES
        assert frequency == pytest.approx(float(chances[token]), abs=0.035)


def test_same_questions_same_completions() -> None:
    """The noise depends on the questions alone."""
    assert _sample(limit=12, copies=40) == _sample(limit=12, copies=40)


def test_completions_end_before_the_end_token() -> None:
    """No special token and nothing after the end is left in a text."""
    assert not any("<|" in text for text in _sample(limit=24, copies=200))
