"""One request on its way to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from behavtest.core import FinishReason, Generation
    from behavtest.sampling.backend import Replay
    from behavtest.sampling.requests import Request


class Finished(NamedTuple):
    """One finished request.

    Args:
        place: Its place among the requests.
        token_ids: The answer's tokens, the end token excluded.
        logprobs: Log-probability in nats of each, the end token's last if there is one.
        finish_reason: ``stop`` or ``length``.
        replay: How it was read off the reference, None without one.
    """

    place: int
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish_reason: FinishReason
    replay: Replay | None


@dataclass(slots=True)
class Row:
    """A request, what has been answered so far, and what may come next.

    Args:
        place: Its place among the requests.
        request: What is asked.
        limit: Most tokens of the answer.
        end_ids: Token ids that end an answer.
        reference: The other model's answer to the same noise, if known.
        draft: Tokens that are likely to come next, checked in one pass: the reference's at first.
            Whatever they are, the answer is the same.
        tokens: The answer so far.
        logprobs: The log-probability of each, and of the end token.
        finish_reason: Why the answer ended; None while it has not.
        replay: How much of the reference was accepted, once it has been checked.
        told: Whether its answer has been handed out.
    """

    place: int
    request: Request
    limit: int
    end_ids: Collection[int]
    reference: Generation | None = None
    draft: tuple[int, ...] | None = None
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finish_reason: FinishReason | None = None
    replay: Replay | None = None
    told: bool = False

    @property
    def seed(self) -> int:
        """The request's seed as a signed 64-bit integer."""
        seed = self.request.seed
        return seed - 2**64 if seed >= 2**63 else seed

    @property
    def pending(self) -> int:
        """The last token known, which the model has not seen."""
        return self.tokens[-1] if self.tokens else self.request.prompt_ids[-1]

    @property
    def length(self) -> int:
        """Number of tokens the model has seen: all but the pending one."""
        return len(self.request.prompt_ids) - 1 + len(self.tokens)

    @property
    def longest(self) -> int:
        """Most tokens of prompt and answer together."""
        return len(self.request.prompt_ids) + self.limit

    @property
    def reading(self) -> tuple[int, ...]:
        """What one pass reads to check the draft: the pending token, then the draft.

        A draft that fills the answer needs no token after its last one, so that is not read.
        """
        return (self.pending, *(self.draft or ())[: self.limit - len(self.tokens) - 1])

    def accept(self, token: int, logprob: float) -> bool:
        """Take the model's next token; return whether the answer goes on."""
        self.logprobs.append(logprob)
        if token in self.end_ids:
            self.finish_reason = "stop"
            return False
        self.tokens.append(token)
        if len(self.tokens) >= self.limit:
            self.finish_reason = "length"
            return False
        return True

    def check(self, tokens: Sequence[int], logprobs: Sequence[float]) -> int:
        """Take the model's tokens as long as they are the draft's, and the first that is not.

        The draft is used up by it.

        Args:
            tokens: What the model chooses after the pending token and after each of the draft's.
            logprobs: Their log-probabilities.

        Returns:
            How many were the draft's.
        """
        draft, self.draft = self.draft or (), None
        for place, (token, logprob) in enumerate(zip(tokens, logprobs, strict=True)):
            drafted = place < len(draft) and token == draft[place]
            if not self.accept(token, logprob):
                return place + (drafted or self._ends_alike(place))
            if not drafted:
                return place
        return len(tokens)

    def _ends_alike(self, place: int) -> bool:
        """Whether the reference, too, ended at a place."""
        reference = self.reference
        return (
            reference is not None
            and self.replay is None
            and reference.finish_reason == self.finish_reason
            and place == len(reference.token_ids)
        )

    def restart(self, *, vocabulary: int) -> None:
        """Forget everything but the request.

        Args:
            vocabulary: Number of token ids the model knows; a reference is no draft from the first
                one on that it does not.
        """
        self.tokens, self.logprobs, self.finish_reason = [], [], None
        self.replay = self.draft = None
        if self.reference is not None:
            tokens = self.reference.token_ids
            strange = (place for place, token in enumerate(tokens) if token >= vocabulary)
            self.draft = tokens[: next(strange, len(tokens))]

    def redo(self) -> None:
        """Go back to the beginning, with the answer so far as a draft."""
        self.draft = tuple(self.tokens)
        self.tokens, self.logprobs, self.finish_reason = [], [], None

    @property
    def finished(self) -> Finished:
        """The answer, once it has ended."""
        assert self.finish_reason is not None
        return Finished(
            self.place, tuple(self.tokens), tuple(self.logprobs), self.finish_reason, self.replay
        )
