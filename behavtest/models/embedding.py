"""Sentence embeddings: the mean of a small encoder's token vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.errors import ModelError
from behavtest.models.json_file import read_json
from behavtest.models.loading import explained

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from behavtest.stats.arrays import FloatArray

_MODE = "pooling_mode_"
_MEAN = f"{_MODE}mean_tokens"


class Embedding:
    """An embedding model in a folder, as transformers or sentence-transformers save one.

    Args:
        folder: With ``config.json``, ``tokenizer.json`` and safetensors weights.

    Raises:
        ModelError: It has not, or its vectors are not pooled by their mean.
    """

    def __init__(self, folder: Path) -> None:
        _check(folder)
        # the weights are small, and a folder that cannot be used should be told of at once
        from tokenizers import Tokenizer
        from transformers import AutoModel
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call] # not typed by transformers

        problem = f"the embedding model {folder} cannot be loaded"
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises nothing narrower
            raise ModelError(f"{problem}: {error}") from error
        with explained(problem):
            self._model = AutoModel.from_pretrained(
                str(folder), local_files_only=True, use_safetensors=True
            ).eval()
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._model.config.max_position_embeddings)

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts, one at a time: a vector does not depend on what is embedded beside it.

        A text longer than the model reads is cut.

        Args:
            texts: Any texts.

        Returns:
            Shape (texts, dimensions), each row of length 1.
        """
        import numpy as np
        import torch

        rows = []
        with torch.inference_mode():
            for text in texts:
                ids = torch.tensor([self._tokenizer.encode(text).ids])
                vectors = self._model(
                    input_ids=ids, attention_mask=torch.ones_like(ids)
                ).last_hidden_state
                mean = vectors[0].mean(dim=0)
                rows.append((mean / mean.norm()).double().numpy())
        return np.stack(rows)


def cosine_distances(embedding: Embedding, one: Sequence[str], other: Sequence[str]) -> list[float]:
    """Return 1 minus the cosine of the angle between the vectors of each two texts, in [0, 2].

    Args:
        embedding: The model.
        one: Texts.
        other: As many texts.
    """
    a, b = embedding.embed(one), embedding.embed(other)
    return [1.0 - float(x @ y) for x, y in zip(a, b, strict=True)]


def _check(folder: Path) -> None:
    for needed in ("config.json", "tokenizer.json"):
        if not (folder / needed).is_file():
            raise ModelError(f"there is no embedding model in {folder}: it has no {needed}")
    if not any(folder.glob("*.safetensors")):
        raise ModelError(f"the embedding model in {folder} has no safetensors weights")
    for file in folder.glob("*_Pooling/config.json"):
        config = read_json(file)
        modes = {name for name, on in config.items() if name.startswith(_MODE) and on is True}
        if modes and modes != {_MEAN}:
            raise ModelError(
                f"{file} asks for {', '.join(sorted(modes))}; only models that pool by the mean of "
                "their token vectors can be used"
            )
