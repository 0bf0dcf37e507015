"""Which model answered: a digest of everything that decides its answers."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from behavtest.models.json_file import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.models.folder import ModelFolder

# Where a model came from and which library wrote it change none of its answers.
_IRRELEVANT = frozenset({"_name_or_path", "transformers_version", "base_model_name_or_path"})
_DECIDING_FILES = (
    "generation_config.json",
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
)
_TOKENIZER_CONFIG = "tokenizer_config.json"
# It acts through the prompt's token ids, which are part of a completion's key anyway.
_CHAT_TEMPLATE = "chat_template"
_HASH_THREADS = 4


def fingerprint(folder: ModelFolder, *, dtype: str, base: str = "") -> str:
    """Digest a model's content.

    Two folders with equal weights, tokenizer and configuration have equal fingerprints wherever
    they lie; one changed weight makes another.

    Args:
        folder: The model or adapter.
        dtype: The type it computes in (``float32``), which changes its answers too.
        base: For an adapter, the fingerprint of the model it changes.

    Returns:
        32 hex digits.
    """
    files = [*folder.weights]
    files += [folder.path / name for name in _DECIDING_FILES if (folder.path / name).is_file()]
    files += sorted(folder.path.glob("*.py"))  # what trust_remote_code would run
    with ThreadPoolExecutor(_HASH_THREADS) as pool:
        digests = list(pool.map(_file_digest, files))
    config = {key: value for key, value in folder.config.items() if key not in _IRRELEVANT}
    content = {
        "base": base,
        "config": config,
        "dtype": dtype,
        "tokenizer": _tokenizer_config(folder.path),
        "files": [[file.name, digest] for file, digest in zip(files, digests, strict=True)],
    }
    encoded = json.dumps(content, sort_keys=True).encode()
    return hashlib.blake2b(encoded, digest_size=16, person=b"behavtest-model").hexdigest()


def _tokenizer_config(path: Path) -> dict[str, object]:
    """Read the tokenizer's settings, the end token among them."""
    file = path / _TOKENIZER_CONFIG
    settings = read_json(file) if file.is_file() else {}
    return {key: value for key, value in settings.items() if key != _CHAT_TEMPLATE}


def _file_digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
