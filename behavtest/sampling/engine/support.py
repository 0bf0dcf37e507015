"""Whether a model can be run over slots: found out by running it, not by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from behavtest.models.loading import is_out_of_memory
from behavtest.sampling.engine.network import Network, reach, vocabulary_of
from behavtest.sampling.engine.reading import padded
from behavtest.sampling.engine.upload import on_device

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.reading import Text

# Two texts whose beginning is read first and whose rest, after a token that is rejected, second.
_TEXTS = ((5, 9, 2, 7, 3, 11, 4, 8), (6, 1, 10, 3, 12))
_READ_FIRST = (4, 2)
_TOKENS = 15
# The most that rounding may move a logit, as a share of the logits' spread; half precision else.
_ROUNDING = {torch.float32: 1e-3, torch.float64: 1e-6}
_COARSE_ROUNDING = 0.25


def slots_for(model: PreTrainedModel) -> Network | None:
    """Return the model as the engine runs it, if rows of differing lengths give the right logits.

    Attention over slots takes positions, masks and a cache of our own. Most models honour them,
    some do not (absolute positions counted inside, biases by distance, states beside the cache),
    and those of tomorrow are unknown; so a few tokens are run both ways and compared.

    Args:
        model: A causal language model in evaluation mode.

    Returns:
        None if the model has to be run with padding.
    """
    far = reach(model)
    implementation = getattr(model.config, "_attn_implementation", "")
    if far is None or implementation not in {"sdpa", "eager"} or vocabulary_of(model) < _TOKENS:
        return None
    network = Network(model, far)
    try:
        over_slots = _over_slots(network)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, NotImplementedError):
        return None  # the model's code takes something the engine does not give
    except RuntimeError as error:  # shapes that do not fit
        if is_out_of_memory(error):
            raise
        return None
    for text, found in zip(_TEXTS, over_slots, strict=True):
        expected = model(torch.tensor([text], device=model.device), use_cache=False).logits[0, -1]
        spread = float(expected.float().std())
        allowed = _ROUNDING.get(expected.dtype, _COARSE_ROUNDING) * spread
        if not float((found - expected).abs().max()) <= allowed:
            return None
    return network


def _over_slots(network: Network) -> list[torch.Tensor]:
    """Run the texts in two passes over slots; return the logits after each one's last token."""
    cache = network.cache(rows=len(_TEXTS) + 1, columns=max(map(len, _TEXTS)) + 1)
    first = [text[:count] for text, count in zip(_TEXTS, _READ_FIRST, strict=True)]
    rest = [text[count:] for text, count in zip(_TEXTS, _READ_FIRST, strict=True)]
    _run(network, cache, first, starts=(0, 0))
    _run(network, cache, [(13, 14), (14, 13)], starts=_READ_FIRST)  # rejected and overwritten
    logits = _run(network, cache, rest, starts=_READ_FIRST)
    return [logits[row, len(text) - 1] for row, text in enumerate(rest)]


def _run(
    network: Network, cache: SlotCache, texts: Sequence[Text], *, starts: tuple[int, ...]
) -> torch.Tensor:
    tokens, counts = padded(texts, width=max(map(len, texts)), device=network.device)
    begun = on_device(starts, network.device)
    visible = max(start + len(text) for start, text in zip(starts, texts, strict=True))
    # not in the cache's first row, since rows are used from anywhere
    return network.run(cache, tokens=tokens, starts=begun, counts=counts, visible=visible, row=1)
