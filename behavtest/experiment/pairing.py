"""The two models of a run, and how their noise relates."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from behavtest.errors import OutOfMemoryError, PromptError
from behavtest.experiment.answers import Reference
from behavtest.experiment.likelihoods import TextTwin
from behavtest.sampling import EncodesAhead, Request, identity, request_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from behavtest.core import Generation, Prompt, SamplingSettings
    from behavtest.experiment.answers import Answers, Question
    from behavtest.experiment.likelihoods import Readers
    from behavtest.sampling import Backend
    from behavtest.store import ReplayRecord

_T = TypeVar("_T")

PairingName = Literal["coupled", "independent", "single"]


class Pairing(NamedTuple):
    """How the two models' samples relate.

    Args:
        name: ``coupled`` if both see the same noise.
        reason: Why they do not, if they do not; or that A and B are one model.
    """

    name: PairingName
    reason: str


def choose_pairing(
    model_a: Backend, model_b: Backend | None, *, independent: bool = False
) -> Pairing:
    """Couple the models if they share a vocabulary; a verdict is valid either way.

    Args:
        model_a: The base model.
        model_b: The modified model, None if A runs alone.
        independent: Whether coupling is ruled out.
    """
    if model_b is None:
        return Pairing("single", "")
    if independent:
        return Pairing("independent", "independent noise was asked for")
    if identity(model_a) == identity(model_b):
        return Pairing("coupled", "A and B are the same model: this run cannot find a change")
    if not model_a.vocabulary or not model_b.vocabulary:
        return Pairing("independent", "a backend does not tell its vocabulary")
    if model_a.vocabulary != model_b.vocabulary:
        return Pairing(
            "independent",
            "the models do not share a vocabulary, so their noise cannot be matched; "
            "verdicts are as valid, but take more pairs",
        )
    return Pairing("coupled", "")


class Noise(NamedTuple):
    """What the seeds of a draw are made of.

    Args:
        prompt_ids: Token ids of the prompt, as the first model asked sees it.
        place: The draw's place in its behavior's schedule. No other draw of the behavior has it,
            so no completion enters the evidence twice, even where two rows render alike; and
            behaviors that advance in lockstep see a completion they share at the same time, so
            that none is stopped because of what another has seen of its future.
    """

    prompt_ids: tuple[int, ...]
    place: int


class Twin(NamedTuple):
    """The same question to both models.

    Args:
        to_a: Model A's form of it, None if A need not be asked.
        to_b: Model B's.
        noise: What both answers are drawn with.
    """

    to_a: Question | None
    to_b: Question | None
    noise: Noise


class Replies(NamedTuple):
    """What both models said, by key.

    Args:
        from_a: Model A's answers.
        from_b: Model B's.
        read_a: The likelihoods model A gives to texts.
        read_b: Model B's.
        replays: How model B's answers were read off model A's, where they were.
    """

    from_a: Mapping[str, Generation]
    from_b: Mapping[str, Generation]
    read_a: Mapping[str, tuple[float, ...]]
    read_b: Mapping[str, tuple[float, ...]]
    replays: Mapping[str, ReplayRecord] = MappingProxyType({})


class ModelPair:
    """Models A and B, asked together.

    Attributes:
        took_turns: Whether one had to make room in memory for the other.

    Args:
        answers_a: The base model's answers.
        answers_b: The modified model's, None if A runs alone.
        readers: What tells how likely the same models find given texts.
        seed: The run's seed.
        independent: Whether the models get independent noise even if they could share it.
    """

    def __init__(
        self,
        answers_a: Answers,
        answers_b: Answers | None,
        *,
        readers: Readers,
        seed: int,
        independent: bool = False,
    ) -> None:
        self.a = answers_a
        self.b = answers_b
        self.readers = readers
        self.pairing = choose_pairing(
            answers_a.backend,
            None if answers_b is None else answers_b.backend,
            independent=independent,
        )
        self._seed = seed
        self.took_turns = False

    @property
    def loading(self) -> float:
        """Seconds it took until both models were there for the first time."""
        sides = (self.a, self.b, *self.readers)
        return sum(side.loading for side in sides if side is not None)

    def asked(self, *, absolute: bool) -> list[Answers]:
        """Return the models that answer a draw; the noise is keyed by the first one's token ids.

        Args:
            absolute: Whether the expectation is about the model under test alone: B if there is
                one.
        """
        sides = [side for side in (self.a, self.b) if side is not None]
        return sides[-1:] if absolute else sides

    def encode_ahead(self, prompts: Sequence[Prompt], *, absolute: bool) -> None:
        """Have prompts encoded together that are about to be put one by one.

        Args:
            prompts: Of the draws to come.
            absolute: Whether one model is enough.
        """
        for side in self.asked(absolute=absolute):
            if isinstance(side.backend, EncodesAhead):
                side.backend.encode_ahead(prompts)

    def twin(
        self,
        prompt: Prompt,
        place: int,
        settings: SamplingSettings,
        *,
        absolute: bool,
        noise: Noise | None = None,
    ) -> Twin:
        """Put one draw as a question to each model that must answer it.

        Args:
            prompt: What to ask.
            place: The draw's place in the behavior's schedule.
            settings: How tokens are chosen.
            absolute: Whether one model is enough.
            noise: That of another prompt of the draw, to answer with the same; None draws anew.

        Raises:
            PromptError: A model cannot be asked the prompt.
        """
        asked = self.asked(absolute=absolute)
        encoded = [_encode(side.backend, prompt, settings) for side in asked]
        # Both sides' noise comes from the first one's ids: a model that renders the prompt
        # differently is still coupled.
        if noise is None:
            noise = Noise(encoded[0], place)
        questions = {}
        for side, ids in zip(asked, encoded, strict=True):
            independent = side is self.b and self.pairing.name == "independent"
            seed = 0
            if not settings.greedy:
                seed = request_seed(
                    run_seed=self._seed,
                    prompt_ids=noise.prompt_ids,
                    sample_index=noise.place,
                    salt="model-b" if independent else "",
                )
            questions[side] = side.question(Request(ids, seed), settings)
        to_b = None if self.b is None else questions.get(self.b)
        return Twin(questions.get(self.a), to_b, noise)

    def text_twin(self, prompt: Prompt, texts: Sequence[str], *, absolute: bool) -> TextTwin:
        """Put given texts to each model that must tell how likely it finds them.

        Args:
            prompt: What comes before each of them.
            texts: The texts.
            absolute: Whether one model is enough.

        Raises:
            PromptError: A model cannot be asked the prompt, or given a text behind it.
            UnmeasurableError: A model's backend only generates.
        """
        readers = [reader for reader in self.readers if reader is not None]
        asked = readers[-1:] if absolute else readers
        forms = {reader: tuple(reader.reading(prompt, text) for text in texts) for reader in asked}
        to_b = () if self.readers.b is None else forms.get(self.readers.b, ())
        return TextTwin(forms.get(self.readers.a, ()), to_b)

    def ask(self, twins: Sequence[Twin | TextTwin]) -> Replies:
        """Get all the answers, model A's first so that B's may be replayed from them.

        Raises:
            ModelError: A model cannot answer.
        """
        asked = [twin for twin in twins if isinstance(twin, Twin)]
        texts = [twin for twin in twins if isinstance(twin, TextTwin)]
        to_a = [twin.to_a for twin in asked if twin.to_a is not None]
        from_a = self._in_turn(self.b, partial(self.a.ask, to_a, [None] * len(to_a)))
        readings = [reading for twin in texts for reading in twin.to_a]
        read_a = self._in_turn(self.b, partial(self.readers.a.ask, readings))
        if self.b is None or self.readers.b is None:
            return Replies(from_a, {}, read_a, {})
        asked_b = [twin for twin in asked if twin.to_b is not None]
        to_b = [twin.to_b for twin in asked_b if twin.to_b is not None]
        references = [
            Reference(twin.to_a.key, from_a[twin.to_a.key])
            if twin.to_a is not None and self.pairing.name == "coupled"
            else None
            for twin in asked_b
        ]
        from_b = self._in_turn(self.a, partial(self.b.ask, to_b, references))
        readings = [reading for twin in texts for reading in twin.to_b]
        read_b = self._in_turn(self.a, partial(self.readers.b.ask, readings))
        replayed = any(reference is not None for reference in references)
        replays = self.b.replays(from_b) if replayed else {}
        return Replies(from_a, from_b, read_a, read_b, replays)

    def _in_turn(self, other: Answers | None, work: Callable[[], _T]) -> _T:
        """Do one model's work; if it does not fit beside the other, release that and do it again.

        Only a model that must be loaded asks for room, so one whose answers are all known costs
        the other nothing.
        """
        try:
            return work()
        except OutOfMemoryError:
            if other is None:
                raise
        self.took_turns = True
        other.backend.release()
        return work()


def _encode(backend: Backend, prompt: Prompt, settings: SamplingSettings) -> tuple[int, ...]:
    ids = backend.encode(prompt)
    wanted = len(ids) + settings.max_new_tokens
    if backend.context is not None and wanted > backend.context:
        raise PromptError(
            f"a prompt of {len(ids)} tokens and max_new_tokens of {settings.max_new_tokens} make "
            f"{wanted} tokens, and {backend.name} takes {backend.context}: shorten the prompt "
            f"({prompt.messages[-1].content[:40]!r}...) or lower max_new_tokens"
        )
    return ids
