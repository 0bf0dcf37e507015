"""Loading a model only where it fits, measured before it is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.errors import OutOfMemoryError
from behavtest.models.footprint import row_bytes
from behavtest.models.loading import is_out_of_memory, load_config
from behavtest.models.memory import release_held
from behavtest.models.sizes import in_words

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from behavtest.models.resident import Share

# Two models that left each other room for a row or two would be slower than taking turns.
_SHARE_OF_ROWS = 4


def load_where_it_fits(share: Share, *, name: str, rows: int, tokens: int) -> PreTrainedModel:
    """Return a model that can answer, loading it if its memory is to be had.

    Beside another model it must have room for its weights and a quarter of the rows, or else the
    two had better take turns; alone, for its weights and one row. What others hold to work with
    makes room first.

    Args:
        share: The model.
        name: As the user knows it, for errors.
        rows: Most rows it will be asked at once, at least 1.
        tokens: Most tokens of prompt and answer together.

    Raises:
        ModelError: The folder does not hold the model it says.
        OutOfMemoryError: It does not fit; another model, if one is loaded, had better be released.
    """
    memory, weights = share.weights.memory, share.weights
    if share.missing:
        if memory.crowds(weights):
            release_held()  # the others may be gone, and not yet collected
        if memory.crowds(weights):
            raise OutOfMemoryError(
                f"{name} does not fit into the memory of {memory.device} beside the other model"
            )
        excess = _excess(share, rows=rows, tokens=tokens)
        if excess or memory.free() is None:  # what is no longer used may still be held
            release_held()
            excess = _excess(share, rows=rows, tokens=tokens)
        if excess and memory.make_room():
            excess = _excess(share, rows=rows, tokens=tokens)
        if excess:
            raise OutOfMemoryError(f"{name} {excess}; {_ways_out(share)}")
    try:
        return share.model()
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        memory.ran_out(weights)
        raise OutOfMemoryError(
            f"{name} does not fit into the memory of {memory.device}, which ran out while it was "
            f"loaded; {_ways_out(share)}"
        ) from error


def _excess(share: Share, *, rows: int, tokens: int) -> str:
    """Say in what a model does not fit; nothing if it does, or nobody knows."""
    weights = share.weights
    free = weights.memory.free()
    if free is None:
        return ""
    alone = not weights.memory.taken(apart_from=weights)
    least = 1 if alone else -(-rows // _SHARE_OF_ROWS)
    config = load_config(weights.folder, trust_remote_code=weights.trust_remote_code)
    working = least * row_bytes(config, dtype=weights.dtype, tokens=tokens)
    if share.missing + working <= free:
        return ""
    prompts = "one prompt" if least == 1 else f"{least} prompts at once"
    return (
        f"does not fit into the memory of {weights.memory.device}: its weights take "
        f"{in_words(share.missing)} and answering {prompts} of {tokens} tokens "
        f"about {in_words(working)}, and {in_words(free)} are to be had"
    )


def _ways_out(share: Share) -> str:
    limited = share.weights.memory.limit is not None
    first = "raise --behavtest-max-memory, " if limited else ""
    return (
        f"{first}use a smaller dtype (--behavtest-dtype), another device (--behavtest-device) or "
        "a smaller model"
    )
