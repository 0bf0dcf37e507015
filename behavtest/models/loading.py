"""From a model folder to a model that can answer."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from safetensors import SafetensorError

from behavtest.errors import ModelError, SettingsError
from behavtest.models.cached import takes_cache
from behavtest.models.json_file import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from transformers import PreTrainedConfig, PreTrainedModel

    from behavtest.models.folder import ModelFolder

DTYPES = ("float32", "bfloat16", "float16")
_LAYER = re.compile(r"\.(layers|h|blocks?)\.\d+\.")


def pick_device(requested: str | None) -> str:
    """Choose where models run.

    Args:
        requested: One device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; None for the best there is.

    Raises:
        SettingsError: The device is not to be had on this machine.
    """
    import torch

    if requested is None:
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    lacking = _lacking(requested)
    if lacking:
        raise SettingsError(
            f"device {requested!r} cannot be used here: {lacking}; --behavtest-device takes cpu, "
            "cuda, cuda:1 or mps, and without it the best there is is used"
        )
    return "cpu" if torch.device(requested).type == "cpu" else requested  # cpu:0 is no other


def _lacking(requested: str) -> str | None:
    """Say why a device cannot be used, in one line, which torch does not always do."""
    import torch

    try:
        device = torch.device(requested)
    except RuntimeError:
        return "torch knows no such device"
    if device.type == "cuda" and not torch.cuda.is_available():
        return "torch sees no GPU" if torch.version.cuda else "torch was installed without CUDA"
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        return f"the GPUs go from cuda:0 to cuda:{torch.cuda.device_count() - 1}"
    if device.type == "mps" and not torch.backends.mps.is_available():
        return "torch finds no Apple GPU"
    try:
        torch.empty(1, device=device).tolist()
    except (RuntimeError, AssertionError, ImportError) as error:
        return str(error).splitlines()[0].rstrip(".")
    return None


def pick_dtype(requested: str | None, *, device: str) -> str:
    """Choose the type models compute in.

    Args:
        requested: One of `DTYPES`, or None: float32 on the CPU, bfloat16 on an accelerator.
        device: Where the model runs.

    Raises:
        SettingsError: The type is unknown.
    """
    if requested is None:
        return "float32" if device.startswith("cpu") else "bfloat16"
    if requested not in DTYPES:
        raise SettingsError(
            f"dtype {requested!r} is unknown; use one of {', '.join(DTYPES)} for --behavtest-dtype"
        )
    return requested


def load_config(folder: ModelFolder, *, trust_remote_code: bool) -> PreTrainedConfig:
    """Read a whole model's configuration as transformers understands it.

    Raises:
        ModelError: It cannot.
    """
    from transformers import AutoConfig

    with explained(f"the configuration in {folder.path} cannot be used"):
        config = AutoConfig.from_pretrained(folder.path, trust_remote_code=trust_remote_code)
    return cast("PreTrainedConfig", config)


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
    with explained(f"the model in {folder.path} cannot be loaded"):
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
    # torch multiplies by another route where gradients may be wanted, and peft says they are not:
    # said from the start, a base computes the same bits before and after an adapter joins it.
    model.requires_grad_(requires_grad=False)
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
    if not takes_cache(model):
        raise ModelError(
            f"{folder.path} is a {model.config.model_type} model, whose state behavtest cannot "
            "batch yet; other backends (the hook pytest_behavtest_backend) may run it"
        )


@contextmanager
def explained(message: str) -> Iterator[None]:
    """Turn what a library raises of a bad folder into a ModelError; running out of memory is none.

    Args:
        message: What cannot be done; the library's own words follow.

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
