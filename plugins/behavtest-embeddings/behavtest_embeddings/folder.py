"""The folder of an embedding model, checked before anything is run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 1 << 20
_MEAN = "pooling_mode_mean_tokens"
_MOST_TOKENS = 512


class ModelFolderError(ValueError):
    """A folder holds no model that can be used; the message is a sentence for the author."""


class ModelFolder(NamedTuple):
    """What is known of a model before it is loaded.

    Args:
        path: Its folder.
        name: The folder's name and the beginning of the digest of its weights.
        most_tokens: Most tokens it reads at once, special ones included.
    """

    path: Path
    name: str
    most_tokens: int


def read_folder(path: Path) -> ModelFolder:
    """Look a model's folder over.

    The layout is that of transformers, or of sentence-transformers around it; see
    https://sbert.net/docs/sentence_transformer/usage/custom_models.html.

    Args:
        path: The folder.

    Raises:
        ModelFolderError: It holds no model, its weights are not safetensors, or it pools its token
            vectors in another way than by their mean.
    """
    for needed in ("config.json", "tokenizer.json"):
        if not (path / needed).is_file():
            raise ModelFolderError(f"there is no embedding model in {path}: it has no {needed}")
    weights = sorted(path.glob("*.safetensors"))
    if not weights:
        raise ModelFolderError(
            f"the embedding model in {path} has no weights in the safetensors format, the only one "
            "that is read: other formats can run code"
        )
    for file in sorted(path.glob("*_Pooling/config.json")):
        _check_pooling(file)
    digest = hashlib.blake2b(digest_size=4)
    for file in weights:
        with file.open("rb") as opened:
            while block := opened.read(_BLOCK):
                digest.update(block)
    name = path.parent.name if path.name == "model" else path.name
    return ModelFolder(path, f"{name}@{digest.hexdigest()}", _most_tokens(path))


def _check_pooling(file: Path) -> None:
    config = _read(file)
    modes = {name for name, on in config.items() if name.startswith("pooling_mode_") and on is True}
    # newer files name the mode
    if isinstance(config.get("pooling_mode"), str):
        modes = {f"pooling_mode_{config['pooling_mode']}_tokens"}
    if modes and modes != {_MEAN}:
        raise ModelFolderError(
            f"{file} asks for {', '.join(sorted(modes))}; only models that pool by the mean of "
            "their token vectors can be used"
        )


def _most_tokens(path: Path) -> int:
    """Return the limit that sentence-transformers uses, else the network's positions."""
    told = path / "sentence_bert_config.json"
    limit = _read(told).get("max_seq_length") if told.is_file() else None
    if limit is None:
        limit = _read(path / "config.json").get("max_position_embeddings")
    return limit if isinstance(limit, int) and limit > 0 else _MOST_TOKENS


def _read(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFolderError(f"{file} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise ModelFolderError(f"{file} cannot be read: it is no JSON object")
    return found
