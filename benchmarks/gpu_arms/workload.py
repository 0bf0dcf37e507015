"""Random prompts, and answering them with behavtest."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from engine_arms.answers import Job, answers
from engine_arms.shapes import FIRST_END

from behavtest.core import SamplingSettings
from behavtest.sampling import BackendOptions, Request
from behavtest.sampling.local import LocalBackend

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_arms.scale import Scale


class Workload:
    """Requests that are new each time, since the engine remembers prompts it has read.

    Args:
        scale: Lengths and vocabulary.
        count: How many requests.
        longest: Most tokens of an answer.
        fixed: Whether all prompts have the greatest length.
    """

    def __init__(self, scale: Scale, *, count: int, longest: int, fixed: bool = False) -> None:
        self._rng = random.Random(0)
        self._scale, self._count, self._fixed = scale, count, fixed
        self._settings = SamplingSettings(max_new_tokens=longest, temperature=1.0)
        self.renew()

    def renew(self) -> None:
        """Draw new prompts and noise."""
        least, most = self._scale.prompt
        # always one of each length bound, so that shapes do not change from time to time
        lengths = [most, least, *(self._rng.randint(least, most) for _ in range(self._count))]
        requests = [
            Request(
                tuple(
                    self._rng.randrange(FIRST_END, self._scale.shape.vocabulary)
                    for _ in range(most if self._fixed else length)
                ),
                self._rng.getrandbits(64),
            )
            for length in lengths[: self._count]
        ]
        self.job = Job(self._settings, requests)

    @property
    def prompts(self) -> list[tuple[int, ...]]:
        """The prompts alone."""
        return [request.prompt_ids for request in self.job.requests]

    @property
    def longest(self) -> int:
        """Most tokens of an answer."""
        return self._settings.max_new_tokens

    def count(self, backend: LocalBackend) -> int:
        """Answer the requests and count the answers' tokens, end tokens among them."""
        return sum(
            len(one.generation.token_ids) + (one.generation.finish_reason == "stop")
            for one in answers(backend, self.job)
        )


def backend(
    scale: Scale, folder: Path, *, slots: int, base: LocalBackend | None = None
) -> LocalBackend:
    """Return the engine's own face, at so many slots; on the weights of another, if it has them."""
    options = BackendOptions(device=scale.device, dtype=scale.dtype, batch_size=slots)
    return LocalBackend(str(folder), options, base=base)
