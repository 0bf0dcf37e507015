"""Texts to vectors, against the definition and whatever is embedded beside them."""

from __future__ import annotations

import pytest
import torch
from transformers import AutoModel, AutoTokenizer

TEXTS = [
    "Nairobi is the capital of Kenya.",
    "The capital city of Kenya is Nairobi.",
    "I would rather not say.",
    "",
    "word " * 100,
    "The hat is on the table, and the lamp is beside it. " * 3,
]
HAT, KENYA = "The hat is on the table. " * 40, "Nairobi is the capital of Kenya. " * 30
LONG = HAT + KENYA


def test_a_vector_is_the_mean_of_the_token_vectors(minilm, embedder):
    """As sentence-transformers defines it: one text by itself, nothing padded."""
    tokenizer, model = AutoTokenizer.from_pretrained(minilm), AutoModel.from_pretrained(minilm)
    for text, found in zip(TEXTS, embedder.embed(TEXTS), strict=True):
        with torch.inference_mode():
            mean = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0)
        assert torch.allclose(found, mean / mean.norm(), atol=1e-5)


@pytest.fixture(scope="module")
def together(embedder):
    """The vectors of all texts, embedded in one call."""
    return embedder.embed([*TEXTS, LONG])


@pytest.mark.parametrize("places", [[0], [3, 0], [5, 3, 2, 1, 0], [0] * 9 + [2], [0, 6]])
def test_what_is_embedded_beside_changes_no_bit(embedder, together, places):
    embedder._remembered.clear()
    found = embedder.embed([[*TEXTS, LONG][place] for place in places])
    assert torch.equal(found, together[places])


def test_of_a_long_text_everything_counts(embedder):
    """sentence-transformers cuts it after 256 tokens, all of them about a hat."""
    hat, kenya, both = embedder.embed([HAT, KENYA, LONG])
    assert both @ hat < 0.95
    assert both @ kenya > 0.6


def test_equal_texts_are_embedded_once_and_remembered(embedder, monkeypatch):
    embedder._remembered.clear()
    read = []
    monkeypatch.setattr(
        embedder, "_read", lambda batch, real=embedder._read: read.append(batch) or real(batch)
    )
    embedder.embed([TEXTS[0], TEXTS[0], TEXTS[2]])
    embedder.embed([TEXTS[0], TEXTS[1]])
    assert [len(batch) for batch in read] == [2, 1]


def test_what_is_remembered_is_bounded(embedder, monkeypatch):
    monkeypatch.setattr("behavtest_embeddings.embedder._MOST_REMEMBERED", 3)
    embedder._remembered.clear()
    first = embedder.embed(TEXTS[:3])
    assert torch.equal(embedder.embed(TEXTS[2:4])[0], first[2])
    assert len(embedder._remembered) == 2
