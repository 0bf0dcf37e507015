"""Loaded weights, shared by the models that differ in an adapter alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.models.attached import Adapters
from behavtest.models.footprint import weight_bytes
from behavtest.models.loading import load_model
from behavtest.models.memory import model_bytes, release_held

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from behavtest.models.folder import ModelFolder
    from behavtest.models.memory import DeviceMemory

_ADAPTER_DTYPE = "float32"  # peft computes adapters in it whatever the base's is


class Weights:
    """A whole model's weights: loaded when first needed, once for all who share them.

    Args:
        folder: A whole model.
        dtype: The type it computes in.
        memory: The memory it is loaded into.
        trust_remote_code: Whether code in the folder may run.
    """

    def __init__(
        self, folder: ModelFolder, *, dtype: str, memory: DeviceMemory, trust_remote_code: bool
    ) -> None:
        self.folder = folder
        self.dtype = dtype
        self.memory = memory
        self.trust_remote_code = trust_remote_code
        self._model: PreTrainedModel | None = None
        self._adapters: Adapters | None = None
        self._holders: dict[Share, str | None] = {}

    def missing(self, share: Share) -> int:
        """Return the bytes that `hold` would load; 0 if nothing."""
        size = 0 if self._model is not None else weight_bytes(self.folder, dtype=self.dtype)
        if share.adapter is not None and share not in self._holders:
            size += weight_bytes(share.adapter, dtype=_ADAPTER_DTYPE)
        return size

    def hold(self, share: Share) -> PreTrainedModel:
        """Return the model, loaded, answering as one of those who share it.

        Raises:
            ModelError: The folder holds no such model, or the adapter does not fit it.
            RuntimeError: It does not fit into memory.
        """
        if self._model is None or self._adapters is None:
            self._model = load_model(
                self.folder,
                dtype=self.dtype,
                device=self.memory.device,
                trust_remote_code=self.trust_remote_code,
            )
            self._adapters = Adapters(self._model)
        if share not in self._holders:
            self._add(share, self._adapters)
        self._adapters.switch(self._holders[share])
        return self._model

    def _add(self, share: Share, adapters: Adapters) -> None:
        attached = False
        try:
            self._holders[share] = None if share.adapter is None else adapters.attach(share.adapter)
            attached = True
        finally:
            if not attached:  # half an adapter is on it, and nobody may use it
                self._forget()
        self._count()

    def switch_to(self, share: Share) -> None:
        """Let the model answer as one of those who hold it; nothing for one who does not."""
        if share in self._holders and self._adapters is not None:
            self._adapters.switch(self._holders[share])

    def drop(self, share: Share) -> None:
        """Stop holding; the weights go with the last who held them."""
        if share not in self._holders:
            return
        name = self._holders.pop(share)
        if not self._holders:
            self._forget()
        elif name is not None and self._adapters is not None:
            self._adapters.detach(name)
        self._count()
        release_held()

    def _forget(self) -> None:
        self._model = self._adapters = None
        self._holders = {}
        self.memory.take(self, 0)

    def _count(self) -> None:
        self.memory.take(self, 0 if self._model is None else model_bytes(self._model))


class Share:
    """One model's hold on weights.

    Args:
        weights: The whole model's.
        adapter: What sets this model apart from it; None if nothing does.
    """

    def __init__(self, weights: Weights, adapter: ModelFolder | None = None) -> None:
        self.weights = weights
        self.adapter = adapter

    @property
    def missing(self) -> int:
        """Bytes that are loaded before this model can answer; 0 if it is loaded."""
        return self.weights.missing(self)

    def model(self) -> PreTrainedModel:
        """Return the model, loaded and answering as this one until another of the sharers is asked.

        Raises:
            ModelError: It cannot be loaded.
            RuntimeError: It does not fit into memory.
        """
        return self.weights.hold(self)

    def switch_on(self) -> None:
        """Let the model answer as this one again, if it is loaded."""
        self.weights.switch_to(self)

    def release(self) -> None:
        """Give up the hold; memory is freed once nobody else's is left."""
        self.weights.drop(self)
