"""A model's memory, and the loop that works with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from behavtest.sampling.engine.compact import CompactLoop
from behavtest.sampling.engine.fixed import FixedLoop
from behavtest.sampling.engine.graph import Graphs
from behavtest.sampling.engine.phrases import Phrases
from behavtest.sampling.engine.prompts import PromptMemory
from behavtest.sampling.engine.reading import CANONICAL_ROWS

if TYPE_CHECKING:
    from behavtest.sampling.engine.fixed import Recorded
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.sampler import Sampler
    from behavtest.sampling.engine.steps import Steps

_FIRST_COLUMNS = 64
_MOST_READ = 128
"""Prompts read in one pass: more would not make it cheaper."""

# The logits themselves in the model's type, as float32, warped, and with noise.
_BYTES_PER_LOGIT = 16


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a model is run.

    Args:
        end_ids: Token ids that end an answer.
        canonical: Whether every pass has a shape that depends on the request alone, so that an
            answer does not depend on the batch even in a type whose rounding decides tokens.
        logit_bytes: Most memory for the logits of one pass over drafts.
        prompt_bytes: Most memory for prompts that have been read.
        stride: Steps between two looks at what has been decoded, where shapes are canonical.
    """

    end_ids: frozenset[int]
    canonical: bool = False
    logit_bytes: int = 2**30
    prompt_bytes: int = 2**28
    stride: int = 1


class Desk:
    """Room for rows and prompts, and what has been learned; it serves one run at a time.

    Args:
        network: The model.
        options: How to run it.
        rows: Most rows at work, at least 1.
    """

    def __init__(self, network: Network, options: EngineOptions, *, rows: int) -> None:
        self._network = network
        self._options = options
        self._phrases = Phrases()
        self._prompts = PromptMemory(
            network,
            capacity=options.prompt_bytes,
            rows=min(rows, _MOST_READ),
            canonical=options.canonical,
        )
        self._cache = network.cache(
            rows=rows + (CANONICAL_ROWS if options.canonical else 0), columns=_FIRST_COLUMNS
        )
        self._graphs = Graphs(network.device)
        self._steps: dict[Recorded, Steps] = {}

    def loop(self, sampler: Sampler) -> CompactLoop | FixedLoop:
        """Set out to decode."""
        if self._options.canonical:
            return FixedLoop(
                self._network,
                self._prompts,
                self._cache,
                self._graphs,
                self._steps,
                stride=self._options.stride,
                sampler=sampler,
            )
        return CompactLoop(
            self._network,
            self._prompts,
            self._phrases,
            self._cache,
            positions=self._options.logit_bytes // (_BYTES_PER_LOGIT * self._network.vocabulary),
            sampler=sampler,
        )
