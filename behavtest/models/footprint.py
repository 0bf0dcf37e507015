"""How much memory a model needs: its weights, and the rows it decodes at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

    from behavtest.models.folder import ModelFolder

_BYTES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}
_STORED_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2}
_STORED_BYTES |= {"I16": 2, "U16": 2}
_CAST = frozenset({"F64", "F32", "F16", "BF16"})
# A step holds a row's logits in float32 a few times over: with temperature and noise added, and
# sorted for top-p. This is what the stages take at once, rounded up.
_LOGIT_BYTES = 48
# What a layer holds of a prompt while it works: inputs, queries, attention and their sum, and the
# gate, its activation and the product. One layer at a time.
_HIDDEN_COPIES = 8
_INTERMEDIATE_COPIES = 3
# Allocators round up and cannot use every gap.
_USABLE = 0.9


def weight_bytes(folder: ModelFolder, *, dtype: str) -> int:
    """Find the bytes a folder's weights take once loaded, from their files' headers alone.

    Numbers stored as ordinary floats are cast to the type the model computes in; quantized ones
    stay as they are. Weights that are tied count as often as they are stored.

    Args:
        folder: A model or an adapter.
        dtype: The type it computes in.
    """
    return sum(
        math.prod(tensor.shape)
        * (_BYTES[dtype] if tensor.dtype in _CAST else _STORED_BYTES.get(tensor.dtype, 1))
        for tensor in folder.tensors.values()
    )


def row_bytes(config: PreTrainedConfig, *, dtype: str, tokens: int) -> int:
    """Estimate, rather too high than too low, the bytes one row takes while it is decoded.

    That is its keys and values in every layer, what the layer at work holds of it while the prompt
    is read, and a few copies of its logits.

    Args:
        config: The model's configuration; what it does not say counts nothing.
        dtype: The type it computes in.
        tokens: Tokens of prompt and answer together.
    """
    text = config.get_text_config()
    size = _BYTES[dtype]
    hidden = _largest(text, "hidden_size")
    layer = _HIDDEN_COPIES * hidden + _INTERMEDIATE_COPIES * _intermediate(text, hidden)
    return (
        size * _cached_numbers(text, tokens)
        + size * layer * tokens
        + _LOGIT_BYTES * _largest(text, "vocab_size")
    )


def rows_that_fit(
    model: PreTrainedModel, *, tokens_per_row: int, free_bytes: int | None, most: int
) -> int:
    """Choose how many rows to decode at once.

    Args:
        model: Loaded.
        tokens_per_row: Most tokens of prompt and answer together.
        free_bytes: What may still be used, see `DeviceMemory.free`; None if nobody knows.
        most: Most rows wanted.

    Returns:
        At least 1: whether a single row fits only trying can tell.
    """
    if free_bytes is None:
        return most
    row = working_bytes(model, rows=1, tokens=tokens_per_row)
    return max(1, min(most, int(_USABLE * free_bytes) // max(1, row)))


def working_bytes(model: PreTrainedModel, *, rows: int, tokens: int) -> int:
    """Estimate the bytes a loaded model takes to decode so many rows of so many tokens."""
    dtype = str(model.dtype).removeprefix("torch.")
    dtype = dtype if dtype in _BYTES else "float32"
    return rows * row_bytes(model.config, dtype=dtype, tokens=tokens)


def _cached_numbers(text: PreTrainedConfig, tokens: int) -> int:
    """Count one row's keys and values in all layers, sliding windows or none."""
    heads = _largest(text, "num_attention_heads")
    head = _largest(text, "head_dim") or _largest(text, "hidden_size") // max(1, heads)
    # latent attention expands its keys and values, whose heads differ
    key = _largest(text, "qk_head_dim") or head
    value = _largest(text, "v_head_dim") or head
    kept = _largest(text, "num_key_value_heads") or heads
    return _largest(text, "num_hidden_layers") * kept * (key + value) * tokens


def _intermediate(text: PreTrainedConfig, hidden: int) -> int:
    """Return the width of the feed-forward part; in a mixture, of all a token's experts."""
    experts = _largest(text, "moe_intermediate_size") * _largest(text, "num_experts_per_tok")
    return max(_largest(text, "intermediate_size", "n_inner") or 4 * hidden, experts)


def _largest(text: PreTrainedConfig, *names: str) -> int:
    """Return the first of some settings that is there; the largest of one given per layer."""
    for name in names:
        value = getattr(text, name, None)
        if isinstance(value, list | tuple):
            value = max((number for number in value if isinstance(number, int)), default=None)
        if isinstance(value, int):
            return int(value)
    return 0
