"""What can answer requests: the interface every backend implements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from behavtest.core import Generation, Prompt, SamplingSettings
    from behavtest.sampling.requests import Request


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """How models are run.

    Args:
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``, or several of a kind, comma-separated; None
            is the best there is.
        dtype: ``float32``, ``bfloat16``, ``float16``; None is float32 on the CPU, else bfloat16.
        batch_size: Most rows decoded at once, at least 1.
        chat_template: A Jinja chat template used for both models instead of their own; ``none``
            sends plain text; None uses each model's own.
        trust_remote_code: Whether code shipped with a model may run.
        max_memory: Most bytes of the device's memory to use; None is what is free.
    """

    device: str | None = None
    dtype: str | None = None
    batch_size: int = 128
    chat_template: str | None = None
    trust_remote_code: bool = False
    max_memory: int | None = None


class Replay(NamedTuple):
    """How an answer was read off the other model's.

    Args:
        shared: How many of its tokens (an end token counted) are the other answer's and were
            accepted rather than decoded.
        logprobs: Log-probability (nats, at temperature 1) this model gives each of the other
            answer's tokens after those before it, the end token excluded.
        guessed: How many of the tokens after those were accepted from guesses, several in one
            pass, rather than decoded.
    """

    shared: int
    logprobs: tuple[float, ...]
    guessed: int = 0


class Answered(NamedTuple):
    """One finished request.

    Args:
        place: Its place among the requests.
        generation: The answer.
        replay: How it was replayed; None if it was decoded without a reference.
    """

    place: int
    generation: Generation
    replay: Replay | None = None


class Continuation(NamedTuple):
    """A text whose log-probability is wanted.

    Args:
        prompt_ids: The rendered prompt's token ids, at least one.
        token_ids: The text's token ids, as `Backend.encode_text` gives them, at least one.
    """

    prompt_ids: tuple[int, ...]
    token_ids: tuple[int, ...]


class Measured(NamedTuple):
    """One continuation's log-probabilities.

    Args:
        place: Its place among the continuations.
        logprobs: Log-probability (nats, at temperature 1) of each token after those before it.
    """

    place: int
    logprobs: tuple[float, ...]


class Beginning(NamedTuple):
    """A text that can go on in several ways.

    Args:
        ids: Token ids of the rendered prompt and of what has been said, at least one.
        wanted: Tokens to be told of even if they are unlikely.
    """

    ids: tuple[int, ...]
    wanted: tuple[int, ...]


class Alternatives(NamedTuple):
    """The tokens with which a text may go on.

    Args:
        place: Its place among the beginnings.
        token_ids: The most likely ones and those that were wanted, the most likely first.
        logprobs: Log-probability (nats, at temperature 1) of each.
    """

    place: int
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]


class Backend(Protocol):
    """One model that answers requests.

    Attributes:
        name: The model as the user gave it.
        fingerprint: Digest of everything that decides its answers.
        vocabulary: Digest of its token -> id map; "" if it cannot say, which rules out coupling.
        context: Most tokens of prompt and answer together; None if it cannot say.
    """

    name: str
    fingerprint: str
    vocabulary: str
    context: int | None

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Render a prompt through the chat template, without loading any weights.

        Raises:
            PromptError: The template refuses the prompt.
        """
        ...

    def generate(
        self,
        requests: Sequence[Request],
        settings: SamplingSettings,
        *,
        references: Sequence[Generation | None] | None = None,
    ) -> Iterator[list[Answered]]:
        """Answer requests, batch by batch, in whatever order is fastest.

        Args:
            requests: What is asked.
            settings: How tokens are chosen.
            references: For each request the other model's answer to the same noise, if known. A
                backend may use it to replay rather than decode; the answers are the same.

        Yields:
            The requests finished by each batch; every request once. A backend that had to load
            its weights first may say with an empty batch that they are there.

        Raises:
            ModelError: The model cannot be loaded or run.
        """
        ...

    def encode_text(self, prompt: Prompt, text: str) -> tuple[int, ...]:
        """Tokenize a text as the model would write it after a prompt.

        Raises:
            PromptError: The template refuses the prompt, or the text has no tokens.
        """
        ...

    def measure(self, continuations: Sequence[Continuation]) -> Iterator[list[Measured]]:
        """Find the log-probabilities of given texts: one forward pass, nothing is sampled.

        Yields:
            The continuations finished by each batch; every continuation once. Empty ones as in
            `generate`.

        Raises:
            ModelError: The model cannot be loaded or run.
        """
        ...

    def describe(self) -> str:
        """Say in a few words what the model is, for the report."""
        ...

    def release(self) -> None:
        """Free the memory of the weights; a later `generate` loads them again."""
        ...


@runtime_checkable
class EncodesAhead(Protocol):
    """What a backend may do besides: encode many prompts in less time than one by one."""

    def encode_ahead(self, prompts: Iterable[Prompt]) -> None:
        """Encode prompts and remember them for `Backend.encode`, which is asked for them next.

        Whatever is wrong with one of them is told then.
        """
        ...


@runtime_checkable
class SpellsTokens(Protocol):
    """What a backend may do besides: say what its tokens read."""

    @property
    def end_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        ...

    def decode(self, token_ids: Sequence[int]) -> str:
        """Return the text of an answer's tokens, as `Generation.text` has it."""
        ...

    def spell(self, before: Sequence[int], token_id: int) -> str:
        """Return what a token adds to the text of those before it, or its name if that is no text.

        Any number may be asked for.
        """
        ...


@runtime_checkable
class TellsAlternatives(Protocol):
    """What a backend may do besides: say how a text might have gone on."""

    def alternatives(
        self, beginnings: Sequence[Beginning], *, most: int
    ) -> Iterator[list[Alternatives]]:
        """Find the tokens most likely to come next: one forward pass, nothing is sampled.

        Args:
            beginnings: The texts.
            most: How many tokens to tell of besides those wanted, at least 1.

        Yields:
            The beginnings finished by each batch; every one once.

        Raises:
            ModelError: The model cannot be loaded or run.
        """
        ...
