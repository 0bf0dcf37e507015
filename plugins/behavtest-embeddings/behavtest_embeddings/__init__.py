"""A behavtest scorer: how close in meaning a completion is to a reference text."""

from behavtest_embeddings.embedder import Embedder
from behavtest_embeddings.scorer import Similarity

__all__ = ["Embedder", "Similarity"]
