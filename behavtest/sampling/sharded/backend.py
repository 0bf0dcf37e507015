"""A transformers model on several devices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from behavtest.models.loading import pick_dtype
from behavtest.sampling.local import LocalBackend
from behavtest.sampling.sharded.devices import pick_devices
from behavtest.sampling.sharded.messages import Generate, Measure, ModelSpec, Release, Tell
from behavtest.sampling.sharded.shards import Shards
from behavtest.sampling.sharded.split import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from behavtest.core import Generation, Prompt, SamplingSettings
    from behavtest.sampling.backend import (
        Alternatives,
        Answered,
        Backend,
        BackendOptions,
        Beginning,
        Continuation,
        Measured,
    )
    from behavtest.sampling.requests import Request


class ShardedBackend:
    """A model that each of several devices holds in full and answers a share of the requests with.

    A request's answer is what `LocalBackend` gives on one such device, and a request goes to the
    same device whatever else is asked, so results do not depend on the number of devices (beyond
    the floating-point noise of batches, as everywhere).

    Args:
        reference: A local folder, or ``org/name[@revision]`` on the hub.
        options: How to run it; ``device`` names the devices, see `pick_devices`.
        base: The backend of the model it is compared with. If that is sharded too, both models
            live in its processes, where an adapter shares its weights.

    Attributes:
        shards: The processes.
        spec: What they are told to open.
        local: The model in this process, for all that takes no weights: it never loads them.

    Raises:
        ModelError: The model cannot be found or read, or an adapter has no base.
        SettingsError: A device or the dtype cannot be used.
    """

    def __init__(
        self, reference: str, options: BackendOptions, *, base: Backend | None = None
    ) -> None:
        beside = base if isinstance(base, ShardedBackend) else None
        devices = pick_devices(options.device or "cpu")
        options = replace(
            options,
            dtype=pick_dtype(options.dtype, device=devices[0]),
            max_memory=_share(options.max_memory, devices),
        )
        self.spec: ModelSpec = ModelSpec(
            reference, options, None if beside is None else beside.spec
        )
        self.shards: Shards = Shards(devices) if beside is None else beside.shards
        self.local: LocalBackend = LocalBackend(
            reference,
            replace(options, device="cpu"),
            base=None if beside is None else beside.local,
        )
        self.name = reference
        self.fingerprint = self.local.fingerprint
        self.vocabulary = self.local.vocabulary
        self.context = self.local.context
        self.end_ids = self.local.end_ids

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Render a prompt through the model's chat template."""
        return self.local.encode(prompt)

    def encode_ahead(self, prompts: Iterable[Prompt]) -> None:
        """Encode prompts that are about to be asked, together."""
        self.local.encode_ahead(prompts)

    def encode_text(self, prompt: Prompt, text: str) -> tuple[int, ...]:
        """Tokenize a text as the model would write it after a prompt."""
        return self.local.encode_text(prompt, text)

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return the text of an answer's tokens."""
        return self.local.decode(token_ids)

    def spell(self, before: Sequence[int], token_id: int) -> str:
        """Return what a token adds to the text of those before it, or its name."""
        return self.local.spell(before, token_id)

    def describe(self) -> str:
        """Say what one device's model is, and name the devices."""
        alone = self.local.describe().removesuffix(" on cpu")
        return f"{alone} on {', '.join(self.shards.devices)}"

    def generate(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        *,
        references: Sequence[Generation | None] | None = None,
    ) -> Iterator[list[Answered]]:
        """Answer requests, each on its device; batches come as the devices finish them."""
        keys = ((*request.prompt_ids, request.seed) for request in requests)
        tasks = {
            shard: Generate(
                self.spec,
                places,
                tuple(requests[place] for place in places),
                settings,
                None if references is None else tuple(references[place] for place in places),
            )
            for shard, places in split(keys, shards=len(self.shards.devices)).items()
        }
        if tasks:
            yield from cast("Iterator[list[Answered]]", self.shards.run(tasks))

    def measure(self, continuations: Sequence[Continuation]) -> Iterator[list[Measured]]:
        """Find log-probabilities of given texts, all those behind one prompt on one device."""
        keys = (given.prompt_ids for given in continuations)  # it is read once for all of them
        tasks = {
            shard: Measure(self.spec, places, tuple(continuations[place] for place in places))
            for shard, places in split(keys, shards=len(self.shards.devices)).items()
        }
        if tasks:
            yield from cast("Iterator[list[Measured]]", self.shards.run(tasks))

    def alternatives(
        self, beginnings: Sequence[Beginning], *, most: int
    ) -> Iterator[list[Alternatives]]:
        """Find the tokens most likely to come next, of each beginning on its device."""
        keys = (one.ids for one in beginnings)
        tasks = {
            shard: Tell(self.spec, places, tuple(beginnings[place] for place in places), most)
            for shard, places in split(keys, shards=len(self.shards.devices)).items()
        }
        if tasks:
            yield from cast("Iterator[list[Alternatives]]", self.shards.run(tasks))

    def release(self) -> None:
        """Free the memory of the weights on every device, and wait until that is done."""
        if self.shards.started:
            everywhere = dict.fromkeys(range(len(self.shards.devices)), Release(self.spec))
            list(self.shards.run(everywhere))

    def close(self) -> None:
        """End the engine processes, both models' if they share them.

        A session does this at its end. Without it they end with the last backend that uses them, or
        with the interpreter.
        """
        self.shards.close()


def _share(max_memory: int | None, devices: Sequence[str]) -> int | None:
    """Divide the memory of a device that is named several times: only the CPU can be."""
    return None if max_memory is None else max_memory // devices.count(devices[0])
