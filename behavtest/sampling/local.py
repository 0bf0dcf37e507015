"""The default backend: a transformers model on this machine."""

from __future__ import annotations

import gc
import math
from typing import TYPE_CHECKING

from behavtest.core import Generation
from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.models.chat import load_tokenizer
from behavtest.models.fingerprint import fingerprint
from behavtest.models.folder import inspect_folder
from behavtest.models.loading import (
    attach_adapter,
    end_token_ids,
    is_out_of_memory,
    load_model,
    pick_device,
    pick_dtype,
)
from behavtest.models.reference import locate
from behavtest.sampling.backend import Answered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.core import Prompt, SamplingSettings
    from behavtest.models.folder import ModelFolder
    from behavtest.sampling.backend import BackendOptions
    from behavtest.sampling.requests import Request


class LocalBackend:
    """A model folder or hub model, run with transformers; the weights load when first needed.

    Args:
        reference: A local folder, or ``org/name[@revision]`` on the hub.
        options: How to run it.
        base: For a LoRA adapter, the backend of the model it changes.

    Raises:
        ModelError: The model cannot be found or read, or an adapter has no base.
        SettingsError: The device or dtype cannot be used.
    """

    def __init__(
        self, reference: str, options: BackendOptions, *, base: LocalBackend | None = None
    ) -> None:
        self.name = reference
        self._options = options
        self._adapter: ModelFolder | None = None
        folder = inspect_folder(locate(reference))
        if folder.adapter:
            if base is None:
                raise ModelError(
                    f"{reference} is a LoRA adapter, not a whole model; "
                    "give it as --model-b, with the model it was trained on as --model-a"
                )
            self._adapter, folder = folder, base.folder
        self.folder: ModelFolder = folder
        self.context = folder.context
        self.device = pick_device(options.device)
        self.dtype = pick_dtype(options.dtype, device=self.device)
        self.fingerprint = fingerprint(folder, dtype=self.dtype)
        if self._adapter is not None:
            self.fingerprint = fingerprint(self._adapter, dtype=self.dtype, base=self.fingerprint)
        self._chat = load_tokenizer(
            folder,
            name=reference,
            template=options.chat_template,
            trust_remote_code=options.trust_remote_code,
        )
        self.vocabulary = self._chat.vocabulary_digest()
        self._end_ids = end_token_ids(folder) | self._chat.end_ids
        self._batch_size = options.batch_size
        self._model: PreTrainedModel | None = None

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Render a prompt through the model's chat template."""
        return self._chat.encode(prompt)

    def describe(self) -> str:
        """Name the architecture, the size of the weights on disk and the dtype in use."""
        architecture = self.folder.config.get("model_type", "model")
        size = self.folder.weight_bytes / 1e6
        adapter = " with a LoRA adapter" if self._adapter is not None else ""
        return f"{architecture}, {size:.3g} MB of weights{adapter}, {self.dtype} on {self.device}"

    def generate(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        *,
        references: Sequence[Generation | None] | None = None,  # noqa: ARG002 - for replay
    ) -> Iterator[list[Answered]]:
        """Decode requests, longest prompts first so that memory runs out early or not at all."""
        model = self._loaded()
        order = sorted(range(len(requests)), key=lambda place: -len(requests[place].prompt_ids))
        while order:
            places = self._batch(model, requests, order)
            batch = self._decode(model, [requests[place] for place in places], settings)
            if batch is None:
                self._release_cached()
                self._batch_size = max(1, len(places) // 2)
                continue
            order = order[len(places) :]
            yield [Answered(place, answer) for place, answer in zip(places, batch, strict=True)]

    def _batch(
        self, model: PreTrainedModel, requests: Sequence[Request], order: Sequence[int]
    ) -> Sequence[int]:
        """Take the next batch; of one length where a recurrent state would see the padding."""
        places = order[: self._batch_size]
        if not getattr(model, "_is_stateful", False):
            return places
        length = len(requests[places[0]].prompt_ids)
        return [place for place in places if len(requests[place].prompt_ids) == length]

    def _decode(
        self, model: PreTrainedModel, requests: Sequence[Request], settings: SamplingSettings
    ) -> list[Generation] | None:
        """Decode one batch; None if it does not fit into memory but a smaller one might."""
        from behavtest.sampling.decode import decode

        try:
            rows = decode(model, requests, settings=settings, end_ids=self._end_ids)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            if len(requests) == 1:
                raise OutOfMemoryError(
                    f"{self.name} runs out of memory on {self.device} with a single prompt of "
                    f"{len(requests[0].prompt_ids)} tokens; lower max_new_tokens or use a "
                    "smaller dtype (--behavtest-dtype)"
                ) from error
            return None
        if any(math.isnan(logprob) for row in rows for logprob in row.logprobs):
            way_out = "" if self.dtype == "float32" else "; try --behavtest-dtype=float32"
            raise ModelError(
                f"{self.name} computes NaN: its weights are damaged, or {self.dtype} cannot hold "
                f"its activations{way_out}"
            )
        return [
            Generation(
                token_ids=row.token_ids,
                logprobs=row.logprobs,
                text=self._chat.decode(row.token_ids),
                finish_reason=row.finish_reason,
            )
            for row in rows
        ]

    def _loaded(self) -> PreTrainedModel:
        if self._model is None:
            try:
                self._model = self._load()
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                raise OutOfMemoryError(
                    f"{self.name} does not fit into the memory of {self.device}; "
                    "use a smaller dtype (--behavtest-dtype) or another device"
                ) from error
        return self._model

    def _load(self) -> PreTrainedModel:
        model = load_model(
            self.folder,
            dtype=self.dtype,
            device=self.device,
            trust_remote_code=self._options.trust_remote_code,
        )
        return model if self._adapter is None else attach_adapter(model, self._adapter)

    def release(self) -> None:
        """Drop the weights and give their memory back."""
        if self._model is not None:
            self._model = None
            self._release_cached()

    def _release_cached(self) -> None:
        import torch

        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
