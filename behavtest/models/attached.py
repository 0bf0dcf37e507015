"""Adapters on a loaded model: put on, switched, taken off."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from behavtest.errors import ModelError
from behavtest.models.adapter import import_peft, peft_config
from behavtest.models.loading import explained

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from behavtest.models.folder import ModelFolder


class Adapters:
    """The adapters on one loaded model, at most one of them switched on.

    peft changes the model in place, so the model itself answers as whoever is switched on.

    Args:
        model: The loaded base.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._tuner: Any = None
        self._count = 0
        self._on: str | None = None

    def attach(self, adapter: ModelFolder) -> str:
        """Put an adapter on and return its name here; `switch` before anyone answers.

        Raises:
            ModelError: It does not fit the model, which may be left broken.
        """
        name = f"adapter{self._count}"
        self._count += 1
        misfit = f"the adapter in {adapter.path} does not fit the base model"
        with explained(misfit), warnings.catch_warnings():
            # peft uses names that transformers deprecates, and tells of keys that are checked here
            warnings.simplefilter("ignore")
            if self._tuner is None:
                config = peft_config(adapter)
                config.inference_mode = True
                self._tuner = import_peft(adapter).PeftModel(self._model, config, name)
                self._on = name
            found = self._tuner.load_adapter(
                str(adapter.path),
                name,
                torch_device=str(self._model.device),
                key_mapping=getattr(self._model, "_checkpoint_conversion_mapping", {}),
            )
        for what, keys in (("lack", found.missing_keys), ("hold", found.unexpected_keys)):
            if keys:
                raise ModelError(
                    f"{misfit}: its weights {what} {len(keys)} tensors that the base has "
                    f"{'a' if what == 'lack' else 'no'} place for ({', '.join(keys[:3])}, ...)"
                )
        return name

    def switch(self, name: str | None) -> None:
        """Let the model answer with one adapter, or as the base.

        Args:
            name: As `attach` returned it; None is the base.
        """
        if self._tuner is None or name == self._on:
            return
        if name is None:
            self._tuner.base_model.disable_adapter_layers()
        else:
            self._tuner.base_model.enable_adapter_layers()
            self._tuner.set_adapter(name, inference_mode=True)
        self._on = name

    def detach(self, name: str) -> None:
        """Take an adapter off; the model then answers as the base."""
        self.switch(None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells which adapter it would switch on instead
            self._tuner.delete_adapter(name)
        if self._tuner.peft_config:
            self._tuner.base_model.disable_adapter_layers()
        else:
            self._tuner.unload()
            self._tuner = None
