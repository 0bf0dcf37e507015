"""What a model's code calls the memory of what it has read."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import Cache, PreTrainedModel

# transformers renamed it in 5.24; code shipped with a model may still use the old name.
_NAMES = ("cache", "past_key_values")


def takes_cache(model: PreTrainedModel) -> bool:
    """Tell whether a model's forward pass takes a cache as transformers' decoder models do.

    Others would ignore it silently, or, keeping nothing but a state, the positions and the padding
    that come with it.

    Args:
        model: A causal language model.
    """
    parameters = inspect.signature(model.forward).parameters
    if getattr(model, "_is_stateful", False) and "position_ids" not in parameters:
        return False
    return any(name in parameters for name in _NAMES)


def cache_argument(model: PreTrainedModel, cache: Cache) -> dict[str, Cache]:
    """Return a cache as the argument under which a model's forward pass takes it.

    Args:
        model: A causal language model that takes one.
        cache: The cache.
    """
    parameters = inspect.signature(model.forward).parameters
    return {name: cache for name in _NAMES if name in parameters}
