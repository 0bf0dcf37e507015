"""Adapters (PEFT) before they are loaded: which can be used, and which share their base."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from behavtest.errors import ModelError
from behavtest.models.loading import explained

if TYPE_CHECKING:
    from types import ModuleType

    from behavtest.models.folder import ModelFolder

# They need inputs that only peft's own `forward` gives.
_UNUSABLE = frozenset({"XLORA", "POLY", "SHADOW"})
_EMBEDDINGS = frozenset(
    {"embed_tokens", "embed_in", "embed_out", "wte", "word_embeddings", "lm_head"}
)
# What a LoRA's configuration may say without touching the base's weights or another adapter's.
_HARMLESS = frozenset(
    {
        *("alpha_pattern", "auto_mapping", "base_model_name_or_path", "exclude_modules"),
        *("fan_in_fan_out", "inference_mode", "layers_pattern", "layers_to_transform"),
        *("lora_alpha", "lora_bias", "lora_dropout", "megatron_core", "modules_to_save"),
        *("peft_type", "peft_version", "qalora_group_size", "r", "rank_pattern", "revision"),
        *("target_modules", "task_type", "use_dora", "use_rslora"),
    }
)
_HARMLESS_INIT = (True, False, None, "gaussian")


def check_adapter(adapter: ModelFolder, *, base: ModelFolder) -> None:
    """Find out what is wrong with an adapter before anything is loaded.

    Args:
        adapter: The adapter.
        base: The whole model it goes on.

    Raises:
        ModelError: peft is not installed, the adapter is of a kind that cannot be decoded in
            batches, or it was trained with another vocabulary than the base's.
    """
    config = peft_config(adapter)
    kind = str(adapter.config.get("peft_type"))
    if (
        config.is_prompt_learning
        or config.is_adaption_prompt
        or kind in _UNUSABLE
        or adapter.config.get("alora_invocation_tokens")
    ):
        raise ModelError(
            f"{adapter.path} is an adapter ({kind}) that acts on a whole conversation at once, "
            "which behavtest cannot decode in batches; use one that acts on weights, as LoRA "
            "does, or another backend (the hook pytest_behavtest_backend)"
        )
    size = base.vocabulary_size
    for name, tensor in adapter.tensors.items():
        if size is not None and _is_embedding(name) and tensor.shape[0] != size:
            raise ModelError(
                f"the adapter in {adapter.path} was trained with a vocabulary of "
                f"{tensor.shape[0]} tokens, and its base has {size}; merge it into the base with "
                "peft (merge_and_unload) and give the whole model"
            )


def _is_embedding(name: str) -> bool:
    """Whether a tensor holds one row for each token of the vocabulary."""
    parts = name.split(".")
    return (
        parts[-1] == "weight"
        and not any("lora" in part for part in parts)
        and any(part in _EMBEDDINGS for part in parts)
    )


def shareable(adapter: ModelFolder) -> bool:
    """Tell whether a model with this adapter switched off is the base, bit for bit.

    So it is with a LoRA that adds its own weights beside the base's. One that was initialised by
    changing the base (PiSSA, say), that trained the base's biases, that repeats layers, or whose
    file holds weights of the base needs a base of its own; so do kinds that peft cannot switch
    between once a second adapter is on the model.
    """
    config = adapter.config
    if config.get("peft_type") != "LORA" or config.get("bias", "none") != "none":
        return False
    if config.get("init_lora_weights", True) not in _HARMLESS_INIT:
        return False
    judged = {"bias", "init_lora_weights"}
    if any(value for key, value in config.items() if key not in _HARMLESS | judged):
        return False
    listed = config.get("modules_to_save")
    copied = set(listed) if isinstance(listed, list) else set()
    return all(".lora_" in name or copied & set(name.split(".")) for name in adapter.tensors)


def peft_config(adapter: ModelFolder) -> Any:  # noqa: ANN401 -- peft is untyped
    """Read an adapter's configuration as peft understands it.

    Raises:
        ModelError: peft is not installed, or does not know the kind.
    """
    peft = import_peft(adapter)
    unreadable = f"the adapter in {adapter.path} cannot be loaded by peft {peft.__version__}"
    with explained(unreadable), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of settings that a newer peft has written
        return peft.PeftConfig.from_pretrained(str(adapter.path))


def import_peft(adapter: ModelFolder) -> ModuleType:
    """Import peft for an adapter.

    Raises:
        ModelError: It is not installed.
    """
    try:
        import peft
    except ImportError as error:
        raise ModelError(
            f"{adapter.path} is a LoRA adapter, which needs peft: pip install 'behavtest[lora]'"
        ) from error
    return peft
