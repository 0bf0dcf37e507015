"""The default backend: a transformers model on this machine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from behavtest.core import Generation
from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.models.adapter import check_adapter, shareable
from behavtest.models.chat import load_tokenizer
from behavtest.models.fingerprint import fingerprint
from behavtest.models.fitting import load_where_it_fits
from behavtest.models.folder import inspect_folder
from behavtest.models.footprint import rows_that_fit, weight_bytes, working_bytes
from behavtest.models.loading import end_token_ids, is_out_of_memory, pick_device, pick_dtype
from behavtest.models.memory import DeviceMemory, release_held
from behavtest.models.reference import locate
from behavtest.models.resident import Share, Weights
from behavtest.sampling.backend import Answered
from behavtest.sampling.threads import in_threads, threads_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from transformers import PreTrainedModel

    from behavtest.core import Prompt, SamplingSettings
    from behavtest.models.folder import ModelFolder
    from behavtest.sampling.backend import (
        Alternatives,
        Backend,
        BackendOptions,
        Beginning,
        Continuation,
        Measured,
    )
    from behavtest.sampling.engine.engine import Engine
    from behavtest.sampling.engine.rows import Finished
    from behavtest.sampling.requests import Request

_T = TypeVar("_T")


# Of the memory that is free, an eighth each for the logits of a pass and for prompts kept.
_LEAST_SHARE = 2**26
_MOST_SHARE = 2**30
_STRIDE = 8
"""Steps on a CUDA device between two looks at what they chose; each look waits for the device."""


class LocalBackend:
    """A model folder or hub model, run with transformers; the weights load when first needed.

    Args:
        reference: A local folder, or ``org/name[@revision]`` on the hub.
        options: How to run it.
        base: The backend of model A, if there is one. A LoRA adapter goes on its weights, and a
            model that is the same shares them; the two divide the memory that may be used.

    Raises:
        ModelError: The model cannot be found or read, or an adapter has no base.
        SettingsError: The device or dtype cannot be used.
    """

    def __init__(
        self, reference: str, options: BackendOptions, *, base: Backend | None = None
    ) -> None:
        self.name = reference
        self._options = options
        self._adapter: ModelFolder | None = None
        local = base if isinstance(base, LocalBackend) else None
        folder = inspect_folder(locate(reference))
        if folder.adapter:
            if local is None:
                raise ModelError(
                    f"{reference} is a LoRA adapter, not a whole model; give it as --model-b, "
                    "with the model it was trained on, run on this machine, as --model-a"
                )
            self._adapter, folder = folder, local.folder
            check_adapter(self._adapter, base=folder)
        self.folder: ModelFolder = folder
        self.context = folder.context
        self._vocabulary_size = folder.vocabulary_size
        self.device = pick_device(options.device)
        self.dtype = pick_dtype(options.dtype, device=self.device)
        self.fingerprint = fingerprint(folder, dtype=self.dtype)
        if self._adapter is not None:
            self.fingerprint = fingerprint(self._adapter, dtype=self.dtype, base=self.fingerprint)
        self._read_tokenizer()
        self._engine: Engine | None = None
        self._share = Share(self._weights(local), self._adapter)
        self.memory.join(self)

    def _read_tokenizer(self) -> None:
        """Load the tokenizer; what was saved with an adapter comes before its base's."""
        folder, template = self.folder, self._options.chat_template
        if self._adapter is not None:
            folder = self._adapter if self._adapter.has_tokenizer else folder
            template = template or self._adapter.chat_template or self.folder.chat_template
        self._chat = load_tokenizer(
            folder,
            name=self.name,
            template=template,
            trust_remote_code=self._options.trust_remote_code,
        )
        self.vocabulary = self._chat.vocabulary_digest()
        self._end_ids = end_token_ids(self.folder) | self._chat.end_ids

    def _weights(self, base: LocalBackend | None) -> Weights:
        """Find the weights to use: the base's, if this model's are those and no others."""
        memory = DeviceMemory(self.device, self._options.max_memory)
        if base is not None and base.device == self.device:
            memory = base.memory
            same = self._adapter is None and self.fingerprint == base.fingerprint
            beside = self._adapter is not None and shareable(self._adapter)
            if base.dtype == self.dtype and (same or beside):
                return base.weights
        return Weights(
            self.folder,
            dtype=self.dtype,
            memory=memory,
            trust_remote_code=self._options.trust_remote_code,
        )

    @property
    def weights(self) -> Weights:
        """The weights it answers with, alone or beside another model."""
        return self._share.weights

    @property
    def memory(self) -> DeviceMemory:
        """The memory they are loaded into."""
        return self.weights.memory

    @property
    def loaded(self) -> bool:
        """Whether it could answer without loading anything."""
        return not self._share.missing

    @property
    def end_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return self._end_ids

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return the text of an answer's tokens."""
        return self._chat.decode(token_ids)

    def spell(self, before: Sequence[int], token_id: int) -> str:
        """Return what a token adds to the text of those before it, or its name."""
        return self._chat.spell(before, token_id)

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Render a prompt through the model's chat template.

        Raises:
            PromptError: The template refuses it.
            ModelError: The tokenizer knows tokens that the weights do not.
        """
        return self._known(self._chat.encode(prompt))

    def encode_ahead(self, prompts: Iterable[Prompt]) -> None:
        """Encode prompts that are about to be asked, together."""
        self._chat.encode_ahead(prompts)

    def render(self, prompt: Prompt) -> str:
        """Return the text whose tokens `encode` gives, for people.

        Raises:
            PromptError: The chat template refuses the prompt.
        """
        self._chat.encode(prompt)
        return self._chat.render(prompt)

    def encode_text(self, prompt: Prompt, text: str) -> tuple[int, ...]:
        """Tokenize a text as the model would write it after a prompt.

        Raises:
            PromptError: The template refuses the prompt, or the text has no tokens.
            ModelError: As `encode`.
        """
        return self._known(self._chat.encode_text(prompt, text))

    def _known(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        known = self._vocabulary_size
        if known is not None and max(ids) >= known:
            raise ModelError(
                f"the tokenizer of {self.name} makes token {max(ids)}, and its weights know "
                f"{known} tokens: the two do not belong together; if tokens were added in "
                "training, save the model with its resized embeddings"
            )
        return ids

    def describe(self) -> str:
        """Name the architecture, the size of the weights on disk and the dtype in use."""
        architecture = self.folder.config.get("model_type", "model")
        size = self.folder.weight_bytes / 1e6
        adapter = ""
        if self._adapter is not None:
            kind = str(self._adapter.config.get("peft_type"))
            adapter = f" with a {'LoRA' if kind == 'LORA' else kind} adapter"
        return f"{architecture}, {size:.3g} MB of weights{adapter}, {self.dtype} on {self.device}"

    def generate(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        *,
        references: Sequence[Generation | None] | None = None,
    ) -> Iterator[list[Answered]]:
        """Replay or decode requests, longest first so that memory runs out early or not at all."""
        if not requests:
            return
        longest = max(len(request.prompt_ids) for request in requests) + settings.max_new_tokens
        wanted = min(self._options.batch_size, len(requests))
        if not self.loaded:
            self._loaded(rows=wanted, tokens=longest)
            yield []
        model = self._loaded(rows=wanted, tokens=longest)
        try:
            engine = self._engine_for(model, tokens=longest)
            for batch in self._as_itself(engine.run(requests, settings, references)):
                yield [self._answered(finished) for finished in batch]
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise self._ran_out(tokens=longest) from error

    def _engine_for(self, model: PreTrainedModel, *, tokens: int) -> Engine:
        """Return the engine that runs a model, with room for rows of so many tokens."""
        from behavtest.sampling.engine.desk import EngineOptions
        from behavtest.sampling.engine.engine import Engine
        from behavtest.sampling.engine.shapes import widened

        if self._engine is None or self._engine.model is not model:
            self._engine = None  # frees its memory before the next one measures what is free
            free = self.memory.free()
            share = _LEAST_SHARE if free is None else max(free // 8, _LEAST_SHARE)
            exact = self.dtype == "float32" and self.device == "cpu"
            self._engine = Engine(
                model,
                EngineOptions(
                    end_ids=self._end_ids,
                    canonical=not exact,
                    logit_bytes=min(share, _MOST_SHARE),
                    prompt_bytes=min(share, _MOST_SHARE),
                    stride=_STRIDE if self.device.startswith("cuda") else 1,
                ),
            )
        if not self._engine.has_room(tokens=tokens):
            self.memory.take(self._engine, 0)
            if self._engine.give_back() and self.device != "cpu":
                release_held()
            tokens = widened(tokens)
            rows = self._rows(model, tokens=tokens)
            self._engine.plan(rows=rows, tokens=tokens)
            self.memory.take(self._engine, working_bytes(model, rows=rows, tokens=tokens))
        return self._engine

    def _answered(self, finished: Finished) -> Answered:
        if any(map(math.isnan, finished.logprobs)):
            way_out = "" if self.dtype == "float32" else "; try --behavtest-dtype=float32"
            raise ModelError(
                f"{self.name} computes NaN: its weights are damaged, or {self.dtype} cannot hold "
                f"its activations{way_out}"
            )
        generation = Generation(
            token_ids=finished.token_ids,
            logprobs=finished.logprobs,
            text=self._chat.decode(finished.token_ids),
            finish_reason=finished.finish_reason,
        )
        return Answered(finished.place, generation, finished.replay)

    def measure(self, continuations: Sequence[Continuation]) -> Iterator[list[Measured]]:
        """Find the log-probabilities of given texts: one forward pass, nothing is sampled."""
        from behavtest.sampling.engine.measure import measure

        if not continuations:
            return
        longest = max(len(given.prompt_ids) + len(given.token_ids) for given in continuations)
        wanted = min(self._options.batch_size, len(continuations))
        if not self.loaded:
            self._loaded(rows=wanted, tokens=longest)
            yield []
        model = self._loaded(rows=wanted, tokens=longest)
        rows = self._rows(model, tokens=longest)
        yield from self._as_itself(measure(model, continuations, rows=rows, name=self.name))

    def alternatives(
        self, beginnings: Sequence[Beginning], *, most: int
    ) -> Iterator[list[Alternatives]]:
        """Find the tokens most likely to come next: one forward pass, nothing is sampled."""
        from behavtest.sampling.engine.alternatives import alternatives

        if not beginnings:
            return
        longest = max(len(one.ids) for one in beginnings)
        model = self._loaded(rows=min(self._options.batch_size, len(beginnings)), tokens=longest)
        rows = self._rows(model, tokens=longest)
        yield from self._as_itself(
            alternatives(model, beginnings, most=most, rows=rows, name=self.name)
        )

    def _loaded(self, *, rows: int = 1, tokens: int = 1) -> PreTrainedModel:
        """Return the model, loaded and answering as this one until another backend's turn.

        Args:
            rows: Most rows it is to be given at once.
            tokens: Most tokens of one row.

        Raises:
            ModelError: It cannot be loaded, or does not fit.
        """
        return load_where_it_fits(self._share, name=self.name, rows=rows, tokens=tokens)

    def _rows(self, model: PreTrainedModel, *, tokens: int) -> int:
        """Choose how many rows of so many tokens to compute at once, by the memory left.

        Where that is not enough for all, another model that is not at work has to give room.
        """

        def fitting() -> int:
            return rows_that_fit(
                model,
                tokens_per_row=tokens,
                free_bytes=self.memory.free(),
                most=self._options.batch_size,
            )

        rows = fitting()
        return (
            fitting() if rows < self._options.batch_size and self.memory.make_room(self) else rows
        )

    def _as_itself(self, batches: Iterator[_T]) -> Iterator[_T]:
        """Take what the model computes step by step, its own adapter on whatever ran meanwhile."""
        for batch in in_threads(batches, self._threads()):
            yield batch
            self._share.switch_on()

    def _threads(self) -> int | None:
        """Choose the CPU threads by the whole model's size, with an adapter or without."""
        if self.device != "cpu":
            return None
        return threads_for(weight_bytes(self.folder, dtype="float32"))

    def _ran_out(self, *, tokens: int) -> OutOfMemoryError:
        """Note that not even one row can be computed, and say so; the next try plans anew."""
        self._engine = None
        self.memory.ran_out(self.weights)
        return OutOfMemoryError(
            f"{self.name} runs out of memory on {self.device} with a single prompt of {tokens} "
            "tokens; lower max_new_tokens or use a smaller dtype (--behavtest-dtype)"
        )

    def give_back(self) -> bool:
        """Free the memory of rows and prompts, and plan anew when next asked."""
        had, self._engine = self._engine is not None, None
        return had

    def release(self) -> None:
        """Give the weights up; their memory is free once no other model answers with them."""
        self._engine = None
        self._share.release()
