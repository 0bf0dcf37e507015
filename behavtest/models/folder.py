"""What a model folder holds, checked before anything heavy is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from safetensors import SafetensorError, safe_open

from behavtest.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

_ADAPTER_CONFIG = "adapter_config.json"
_MODEL_CONFIG = "config.json"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with weights.

    Args:
        path: The folder.
        adapter: Whether it is a LoRA (PEFT) adapter rather than a whole model.
        config: Its configuration, parsed.
        weights: The safetensors files, sorted by name.
    """

    path: Path
    adapter: bool
    config: dict[str, object]
    weights: tuple[Path, ...]

    @property
    def context(self) -> int | None:
        """Most tokens of prompt and answer together, if the configuration says."""
        nested = self.config.get("text_config")
        for config in (self.config, nested if isinstance(nested, dict) else {}):
            for name in ("max_position_embeddings", "n_positions"):
                length = config.get(name)
                if isinstance(length, int):
                    return length
        return None

    @property
    def weight_bytes(self) -> int:
        """Size of the weights on disk."""
        return sum(file.stat().st_size for file in self.weights)


def inspect_folder(path: Path) -> ModelFolder:
    """Read a model folder's layout.

    Args:
        path: An existing folder.

    Returns:
        What it holds.

    Raises:
        ModelError: It is not a model, or its weights are missing or unreadable.
    """
    adapter = (path / _ADAPTER_CONFIG).is_file()
    config_file = path / (_ADAPTER_CONFIG if adapter else _MODEL_CONFIG)
    if not config_file.is_file():
        raise ModelError(
            f"{path} is not a model: it has neither {_MODEL_CONFIG} nor {_ADAPTER_CONFIG}"
        )
    weights = tuple(sorted(path.glob("*.safetensors")))
    if not weights:
        raise ModelError(_no_weights(path))
    for file in weights:
        _check_readable(file)
    return ModelFolder(path=path, adapter=adapter, config=read_json(config_file), weights=weights)


def read_json(file: Path) -> dict[str, object]:
    """Read a JSON object.

    Raises:
        ModelError: The file is not one.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{file} does not hold a JSON object")
    return cast("dict[str, object]", content)


def _no_weights(path: Path) -> str:
    others = sorted(
        file.name for file in path.iterdir() if file.suffix in {".bin", ".pt", ".pth", ".gguf"}
    )
    if others:
        return (
            f"{path} has weights only as {', '.join(others)}, and behavtest reads safetensors "
            "only, which cannot run code; convert them with "
            "AutoModelForCausalLM.from_pretrained(...).save_pretrained(...)"
        )
    return f"{path} has no weights: no .safetensors file is in it"


def _check_readable(file: Path) -> None:
    """Read the header, which also checks the file's length against it."""
    try:
        with safe_open(file, framework="np") as handle:
            handle.keys()
    except (SafetensorError, OSError) as error:
        raise ModelError(
            f"the weights in {file} cannot be read ({error}); "
            "the file is damaged or its download is incomplete: fetch it again"
        ) from error
