"""From a model folder to a model that can answer."""

from __future__ import annotations

import inspect
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from safetensors import SafetensorError

from behavtest.errors import ModelError, SettingsError
from behavtest.models.folder import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from transformers import PreTrainedModel

    from behavtest.models.folder import ModelFolder

DTYPES = ("float32", "bfloat16", "float16")
_LAYER = re.compile(r"\.(layers|h|blocks?)\.\d+\.")


def pick_device(requested: str | None) -> str:
    """Choose where models run.

    Args:
        requested: ``cpu``, ``cuda``, ``cuda:1``, ``mps``, or None for the best there is.

    Raises:
        SettingsError: The device is not to be had on this machine.
    """
    import torch

    if requested is None:
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(0, device=requested)
    except (RuntimeError, AssertionError) as error:
        raise SettingsError(
            f"device {requested!r} cannot be used here: {str(error).splitlines()[0]}"
        ) from error
    return requested


def pick_dtype(requested: str | None, *, device: str) -> str:
    """Choose the type models compute in.

    Args:
        requested: One of `DTYPES`, or None: float32 on the CPU, bfloat16 on an accelerator.
        device: Where the model runs.

    Raises:
        SettingsError: The type is unknown.
    """
    if requested is None:
        return "float32" if device == "cpu" else "bfloat16"
    if requested not in DTYPES:
        raise SettingsError(f"dtype {requested!r} is unknown; use one of {', '.join(DTYPES)}")
    return requested


def load_model(
    folder: ModelFolder, *, dtype: str, device: str, trust_remote_code: bool
) -> PreTrainedModel:
    """Load a whole model in evaluation mode.

    Args:
        folder: A folder that is not an adapter.
        dtype: One of `DTYPES`.
        device: Where to put it.
        trust_remote_code: Whether code in the folder may run.

    Raises:
        ModelError: The weights do not make the model the configuration describes.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would draw over our own
    with _explained(f"the model in {folder.path} cannot be loaded"):
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder.path,
            dtype=getattr(torch, dtype),
            trust_remote_code=trust_remote_code,
            use_safetensors=True,
            output_loading_info=True,
        )
    model, info = loaded
    _check_complete(folder, info)
    _check_cached(folder, model)
    if not getattr(model, "is_quantized", False):  # those are placed as they load
        model = model.to(device)
    return cast("PreTrainedModel", model.eval())


def _check_complete(folder: ModelFolder, info: Mapping[str, Iterable[str]]) -> None:
    """Refuse weights that are not those the configuration describes.

    transformers only warns: it fills gaps with random numbers and drops layers it has no place for.
    """
    missing = sorted(info["missing_keys"])
    if missing:
        raise ModelError(
            f"the weights in {folder.path} lack {len(missing)} tensors that its config.json "
            f"asks for ({', '.join(missing[:3])}, ...): the two do not belong together"
        )
    dropped = sorted(key for key in info["unexpected_keys"] if _LAYER.search(key))
    if dropped:
        raise ModelError(
            f"the weights in {folder.path} hold {len(dropped)} tensors of layers that its "
            f"config.json does not have ({', '.join(dropped[:3])}, ...): the two do not belong "
            "together"
        )


def _check_cached(folder: ModelFolder, model: PreTrainedModel) -> None:
    """Refuse a model that would silently ignore the cache it is given and decode nonsense."""
    if "past_key_values" not in inspect.signature(model.forward).parameters:
        raise ModelError(
            f"{folder.path} is a {model.config.model_type} model, whose state behavtest cannot "
            "batch yet; other backends (the hook pytest_behavtest_backend) may run it"
        )


@contextmanager
def _explained(message: str) -> Iterator[None]:
    """Turn what a library raises of a bad folder into a ModelError; running out of memory is none.

    Raises:
        ModelError: The block failed.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        if isinstance(error, RuntimeError) and is_out_of_memory(error):
            raise
        raise ModelError(f"{message}: {error}") from error


def is_out_of_memory(error: RuntimeError) -> bool:
    """Tell whether torch ran out of memory; only CUDA has an exception of its own for it."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or any(
        sign in str(error) for sign in ("out of memory", "can't allocate memory")
    )


def attach_adapter(model: PreTrainedModel, adapter: ModelFolder) -> PreTrainedModel:
    """Put a LoRA adapter onto a loaded base model.

    Raises:
        ModelError: peft is not installed, or the adapter does not fit the model.
    """
    try:
        from peft import PeftModel
    except ImportError as error:
        raise ModelError(
            f"{adapter.path} is a LoRA adapter, which needs peft: pip install 'behavtest[lora]'"
        ) from error
    does_not_fit = f"the adapter in {adapter.path} does not fit the base model"
    with _explained(does_not_fit), warnings.catch_warnings():
        # peft uses names that transformers deprecates; neither is the user's doing
        warnings.simplefilter("ignore", FutureWarning)
        adapted = PeftModel.from_pretrained(model, str(adapter.path))
    return cast("PreTrainedModel", adapted.eval())


def end_token_ids(folder: ModelFolder) -> frozenset[int]:
    """Read which tokens end an answer from the folder's generation settings or configuration."""
    file = folder.path / "generation_config.json"
    settings = read_json(file) if file.is_file() else {}
    end = settings.get("eos_token_id")
    if end is None:
        end = folder.config.get("eos_token_id")
    if isinstance(end, list):
        return frozenset(token for token in end if isinstance(token, int))
    return frozenset({end}) if isinstance(end, int) else frozenset()
