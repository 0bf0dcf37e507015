"""The two models of a run, and how their noise relates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from behavtest.errors import OutOfMemoryError, PromptError
from behavtest.sampling import Request, identity, request_seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Generation, Prompt, SamplingSettings
    from behavtest.experiment.answers import Answers, Question
    from behavtest.sampling import Backend

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
    """Both models' answers, by key."""

    from_a: dict[str, Generation]
    from_b: dict[str, Generation]


class ModelPair:
    """Models A and B, asked together.

    Args:
        answers_a: The base model's answers.
        answers_b: The modified model's, None if A runs alone.
        seed: The run's seed.
        independent: Whether the models get independent noise even if they could share it.
    """

    def __init__(
        self,
        answers_a: Answers,
        answers_b: Answers | None,
        *,
        seed: int,
        independent: bool = False,
    ) -> None:
        self.a = answers_a
        self.b = answers_b
        self.pairing = choose_pairing(
            answers_a.backend,
            None if answers_b is None else answers_b.backend,
            independent=independent,
        )
        self._seed = seed
        self._one_at_a_time = False

    def asked(self, *, absolute: bool) -> list[Answers]:
        """Return the models that answer a draw; the noise is keyed by the first one's token ids.

        Args:
            absolute: Whether the expectation is about the model under test alone: B if there is
                one.
        """
        sides = [side for side in (self.a, self.b) if side is not None]
        return sides[-1:] if absolute else sides

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

    def ask(self, twins: Sequence[Twin]) -> Replies:
        """Get all the answers, model A's first so that B's may be replayed from them.

        Raises:
            ModelError: A model cannot answer.
        """
        to_a = [twin.to_a for twin in twins if twin.to_a is not None]
        from_a = self._ask(self.a, self.b, to_a, [None] * len(to_a))
        if self.b is None:
            return Replies(from_a, {})
        asked_b = [twin for twin in twins if twin.to_b is not None]
        to_b = [twin.to_b for twin in asked_b if twin.to_b is not None]
        references = [
            from_a[twin.to_a.key]
            if twin.to_a is not None and self.pairing.name == "coupled"
            else None
            for twin in asked_b
        ]
        return Replies(from_a, self._ask(self.b, self.a, to_b, references))

    def _ask(
        self,
        model: Answers,
        other: Answers | None,
        questions: list[Question],
        references: list[Generation | None],
    ) -> dict[str, Generation]:
        if self._one_at_a_time and other is not None:
            other.backend.release()
        try:
            return model.ask(questions, references)
        except OutOfMemoryError:
            if other is None or self._one_at_a_time:
                raise
        self._one_at_a_time = True
        return self._ask(model, other, questions, references)


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
