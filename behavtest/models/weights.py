"""The weight files of a model folder: which are loaded, and what their headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from safetensors import SafetensorError, safe_open

from behavtest.errors import ModelError
from behavtest.models.json_file import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ADAPTER = "adapter_model.safetensors"
_WHOLE = "model.safetensors"
_SHARDS = "model.safetensors.index.json"


class StoredTensor(NamedTuple):
    """A tensor as a safetensors file describes it.

    Args:
        dtype: In safetensors' own words: ``F32``, ``BF16``, ``U8``, ...
        shape: Its shape; empty for a scalar.
    """

    dtype: str
    shape: tuple[int, ...]


def find_weights(path: Path, *, adapter: bool) -> tuple[Path, ...]:
    """Find the files a model is loaded from; some folders hold the weights in other layouts too.

    Args:
        path: A model folder.
        adapter: Whether it is one of an adapter.

    Returns:
        At least one file, sorted by name, each with a readable header.

    Raises:
        ModelError: Weights are missing, damaged, or in a format that could run code.
    """
    only = path / (_ADAPTER if adapter else _WHOLE)
    if only.is_file():
        files = [only]
    elif not adapter and (path / _SHARDS).is_file():
        weight_map = read_json(path / _SHARDS).get("weight_map")
        names = weight_map.values() if isinstance(weight_map, dict) else ()
        files = sorted({path / str(name) for name in names})
    else:
        files = [] if adapter else sorted(path.glob("*.safetensors"))
    if not files:
        raise ModelError(_no_weights(path, adapter=adapter))
    for file in files:
        _check_readable(file)
    return tuple(files)


def stored_tensors(files: Iterable[Path]) -> dict[str, StoredTensor]:
    """Read from weight files' headers what is stored, without reading any of it."""
    found = {}
    for file in files:
        with safe_open(file, framework="np") as handle:
            for name in handle.keys():  # noqa: SIM118 -- the handle is no mapping
                tensor = handle.get_slice(name)
                found[name] = StoredTensor(tensor.get_dtype(), tuple(tensor.get_shape()))
    return found


def _no_weights(path: Path, *, adapter: bool) -> str:
    others = sorted(
        file.name for file in path.iterdir() if file.suffix in {".bin", ".pt", ".pth", ".gguf"}
    )
    if others:
        loader = "PeftModel" if adapter else "AutoModelForCausalLM"
        return (
            f"{path} has weights only as {', '.join(others)}, and behavtest reads safetensors "
            "only, which cannot run code; convert them with "
            f"{loader}.from_pretrained(...).save_pretrained(...)"
        )
    what = _ADAPTER if adapter else ".safetensors file"
    return f"{path} has no weights: no {what} is in it"


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
