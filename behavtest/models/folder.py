"""What a model folder holds, checked before anything heavy is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from behavtest.errors import ModelError
from behavtest.models.json_file import read_json
from behavtest.models.weights import find_weights, stored_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.models.weights import StoredTensor

_ADAPTER_CONFIG = "adapter_config.json"
_MODEL_CONFIG = "config.json"
_TOKENIZER_CONFIG = "tokenizer_config.json"
_VOCABULARIES = ("tokenizer.json", "tokenizer.model", "vocab.json")
_CHAT_TEMPLATE = "chat_template.jinja"
_ROPES = ("rope_parameters", "rope_scaling")
_TURNED_BY_BATCH = ("longrope", "su")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with weights.

    Args:
        path: The folder.
        adapter: Whether it is a LoRA (PEFT) adapter rather than a whole model.
        config: Its configuration, parsed.
        weights: The safetensors files it is loaded from, sorted by name.
    """

    path: Path
    adapter: bool
    config: dict[str, object]
    weights: tuple[Path, ...]

    @property
    def context(self) -> int | None:
        """Most tokens of prompt and answer together, if the configuration says.

        LongRoPE (of the Phi models) turns positions another way in long texts, and transformers
        decides which way for a whole batch: an answer would depend on what else is asked. Such a
        model takes what it takes before that.
        """
        most = self._number("max_position_embeddings", "n_positions")
        kinds = [rope.get("rope_type", rope.get("type")) for rope in self._ropes]
        if most is not None and any(kind in _TURNED_BY_BATCH for kind in kinds):
            return min(most, self._number("original_max_position_embeddings") or most)
        return most

    @property
    def vocabulary_size(self) -> int | None:
        """Number of tokens the weights know, if the configuration says."""
        return self._number("vocab_size")

    @property
    def _configs(self) -> list[dict[str, object]]:
        """The configuration, and what of it is the text model's."""
        parts = [self.config, self.config.get("text_config")]
        return [part for part in parts if isinstance(part, dict)]

    @property
    def _ropes(self) -> list[dict[str, object]]:
        """What the configuration says of how positions are turned."""
        parts = [config.get(name) for config in self._configs for name in _ROPES]
        return [part for part in parts if isinstance(part, dict)]

    def _number(self, *names: str) -> int | None:
        for config in (*self._configs, *self._ropes):
            for name in names:
                number = config.get(name)
                if isinstance(number, int):
                    return number
        return None

    @property
    def weight_bytes(self) -> int:
        """Size of the weights on disk."""
        return sum(file.stat().st_size for file in self.weights)

    @property
    def tensors(self) -> dict[str, StoredTensor]:
        """Name -> type and shape of every stored tensor, read from the files' headers."""
        return stored_tensors(self.weights)

    @property
    def has_tokenizer(self) -> bool:
        """Whether a tokenizer can be loaded from the folder alone."""
        return (self.path / _TOKENIZER_CONFIG).is_file() and any(
            (self.path / name).is_file() for name in _VOCABULARIES
        )

    @property
    def chat_template(self) -> str | None:
        """The chat template saved in the folder, with a tokenizer or without one.

        Raises:
            ModelError: The tokenizer's settings are unreadable.
        """
        file = self.path / _CHAT_TEMPLATE
        if file.is_file():
            return file.read_text(encoding="utf-8")
        settings = self.path / _TOKENIZER_CONFIG
        template = read_json(settings).get("chat_template") if settings.is_file() else None
        if isinstance(template, list):  # several, by name
            named = (entry for entry in template if isinstance(entry, dict))
            template = {entry.get("name"): entry.get("template") for entry in named}.get("default")
        return template if isinstance(template, str) else None


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
    weights = find_weights(path, adapter=adapter)
    return ModelFolder(path=path, adapter=adapter, config=read_json(config_file), weights=weights)
