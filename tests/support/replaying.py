"""A backend that replays, in the plainest way: it decodes in full and then looks what is shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from behavtest.core import Generation, SamplingSettings
from behavtest.sampling import Answered, Continuation, Replay, Request
from behavtest.sampling.local import LocalBackend


class Replaying(LocalBackend):
    """Says of each answer how much of it is the reference's, and scores the reference's tokens."""

    def generate(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        *,
        references: Sequence[Generation | None] | None = None,
    ) -> Iterator[list[Answered]]:
        references = references or [None] * len(requests)
        for batch in super().generate(requests, settings, references=[None] * len(requests)):
            yield [
                answered._replace(
                    replay=self._replay(
                        requests[answered.place], answered.generation, references[answered.place]
                    )
                )
                for answered in batch
            ]

    def _replay(
        self, request: Request, answer: Generation, reference: Generation | None
    ) -> Replay | None:
        if reference is None:
            return None
        return Replay(shared(answer, reference), self.log_probabilities(request, reference))

    def log_probabilities(self, request: Request, reference: Generation) -> tuple[float, ...]:
        if not reference.token_ids:
            return ()
        given = Continuation(request.prompt_ids, reference.token_ids)
        (((_, logprobs),),) = self.measure([given])
        return logprobs


def shared(answer: Generation, reference: Generation) -> int:
    """How many tokens two answers have in common, the end token counted."""
    ends = [
        (*one.token_ids, *(["end"] if one.finish_reason == "stop" else []))
        for one in (answer, reference)
    ]
    same = [mine == its for mine, its in zip(*ends, strict=False)]
    return same.index(False) if False in same else len(same)
