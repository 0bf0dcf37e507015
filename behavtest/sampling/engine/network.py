"""A model as the engine sees it: tokens in at given positions of given rows, logits out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from behavtest.models.cached import cache_argument
from behavtest.sampling.engine.cache import SlotCache, Window

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_KNOWN_LAYERS = {"full_attention", "sliding_attention"}
_Masks = torch.Tensor | dict[str, torch.Tensor]


class Reach(NamedTuple):
    """How far back a model's layers look.

    Args:
        layers: Number of layers.
        kind: ``full``, ``sliding``, or ``mixed`` if layers differ.
        window: Tokens a sliding layer sees, itself included; 0 if none slides.
    """

    layers: int
    kind: Literal["full", "sliding", "mixed"]
    window: int


def reach(model: PreTrainedModel) -> Reach | None:
    """Tell how far back a model's layers look; None if it keeps more than keys and values.

    Args:
        model: A causal language model.
    """
    if getattr(model, "_is_stateful", False):
        return None
    config = model.config.get_text_config(decoder=True)
    if set(getattr(config, "layer_types", None) or ()) - _KNOWN_LAYERS:
        return None
    layers = DynamicCache(config=model.config).layers
    if not layers or any(type(x) not in {DynamicLayer, DynamicSlidingWindowLayer} for x in layers):
        return None
    windows = {x.sliding_window for x in layers if isinstance(x, DynamicSlidingWindowLayer)}
    if len(windows) > 1:
        return None
    if not windows:
        return Reach(len(layers), "full", 0)
    sliding = all(isinstance(layer, DynamicSlidingWindowLayer) for layer in layers)
    return Reach(len(layers), "sliding" if sliding else "mixed", windows.pop())


def vocabulary_of(model: PreTrainedModel) -> int:
    """Return the number of token ids a model knows."""
    size: int = model.config.get_text_config(decoder=True).vocab_size
    return size


class Network:
    """A causal language model run over `SlotCache` rows.

    Args:
        model: In evaluation mode.
        reach: How far back its layers look, from `reach`.
    """

    def __init__(self, model: PreTrainedModel, reach: Reach) -> None:
        self.model = model
        self.device = model.device
        self.vocabulary = vocabulary_of(model)
        self._reach = reach

    def cache(self, *, rows: int, columns: int) -> SlotCache:
        """Make empty memory for so many rows of so many tokens."""
        return SlotCache(layers=self._reach.layers, rows=rows, columns=columns)

    def run(  # noqa: PLR0913 -- what a pass consists of
        self,
        cache: SlotCache,
        *,
        tokens: torch.Tensor,
        starts: torch.Tensor,
        counts: torch.Tensor,
        visible: int,
        first: int | None = None,
        row: int = 0,
        logits: bool = True,
    ) -> torch.Tensor:
        """Run the model on the next tokens of some rows, which lie one after another.

        Args:
            cache: Their memory, with room for the tokens.
            tokens: int64, shape (active rows, tokens), padded on the right.
            starts: Number of tokens each row has in the cache, int64, shape (active rows,).
            counts: How many of a row's tokens count, int64, shape (active rows,).
            visible: Number of columns to attend to, at least the longest row's.
            first: The start of every row, if they are equal and padding may be written behind a
                row's end; the pass is faster for it.
            row: The first of the rows.
            logits: Whether logits are wanted.

        Returns:
            Logits, shape (active rows, tokens, vocabulary), those of padding without meaning; of
            one token only if none are wanted.
        """
        steps = torch.arange(tokens.shape[1], device=tokens.device)
        positions = starts[:, None] + steps
        # What is padding, or past the memory's end, goes where nobody looks.
        counted = (steps < counts[:, None]) & (positions < cache.columns)
        columns = torch.where(counted, positions, cache.columns)
        cache.look(Window(columns, first, visible, row))
        positions = torch.where(counted, positions, 0)  # one that every model has
        output = self.model(
            input_ids=tokens,
            attention_mask=self._masks(positions, visible),
            position_ids=positions,
            use_cache=True,
            logits_to_keep=0 if logits else 1,
            **cache_argument(self.model, cache),
        )
        return cast("torch.Tensor", output.logits)

    def _masks(self, positions: torch.Tensor, visible: int) -> _Masks:
        """Say which columns each token sees: those up to its own, within the layer's window."""
        columns = torch.arange(visible, device=positions.device)
        causal = (columns <= positions[..., None])[:, None]
        if self._reach.kind == "full":
            return self._typed(causal)
        near = causal & (columns > positions[..., None] - self._reach.window)[:, None]
        if self._reach.kind == "sliding":
            return self._typed(near)
        return {
            "full_attention": self._typed(causal),
            "sliding_attention": self._typed(near),
        }

    def _typed(self, mask: torch.Tensor) -> torch.Tensor:
        """Write a mask in numbers; of a boolean one torch would make them again in every layer."""
        dtype = self.model.dtype
        return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill(
            ~mask, torch.finfo(dtype).min
        )
