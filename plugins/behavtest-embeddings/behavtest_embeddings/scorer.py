"""``similarity``: how close in meaning a completion is to a reference text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, Texts, options_from, texts_from
from behavtest.scoring.shapes import TEXT, about, either, fields, some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Completion, Prompt
    from behavtest.scoring import Outcome
    from behavtest_embeddings.embedder import Embedder
    from behavtest_embeddings.models import Models

SHAPE = either(
    TEXT,
    some(TEXT),
    fields(
        {
            "reference": about(
                "A text, or several of which the closest counts.", either(TEXT, some(TEXT))
            ),
            "model": about(
                "Folder of the embedding model, relative to pytest's root folder.", TEXT
            ),
            "at_least": about(
                "A cosine; the score is then 1 where it is reached, else 0.",
                {"type": "number", "minimum": -1, "maximum": 1},
            ),
        },
        required=["reference"],
    ),
)
"""What can be written, for editors."""

_NAME = "similarity"
_DIGITS = 5


def similarity(arguments: object, *, models: Models) -> Similarity:
    """Make the scorer from what a suite writes.

    Args:
        arguments: A reference, a list of them, or ``{reference: ..., model: ..., at_least: ...}``.
        models: Where the model is opened.

    Raises:
        ValueError: The arguments are wrong, or the model cannot be used.
    """
    given = {"reference": arguments}
    if isinstance(arguments, Mapping) or arguments is None:
        given = dict(
            options_from(arguments, scorer=_NAME, known=("reference", "model", "at_least"))
        )
    if given.get("reference") is None:
        raise ArgumentsError(
            "similarity needs a reference; write {similarity: {reference: '{{ answer }}'}}"
        )
    model = given.get("model")
    if model is not None and not isinstance(model, str):
        raise ArgumentsError(f"model: found {model!r}, expected the folder of an embedding model")
    references = texts_from(given["reference"], scorer=_NAME)
    return Similarity(references, models.open(model), at_least=_cosine(given.get("at_least")))


class Similarity:
    """Scores the cosine of the vectors of a completion and of a reference.

    The score is (1 + cosine) / 2: 1 for the same direction, 0.5 for unrelated ones, 0 for the
    opposite. With a threshold it is 1 where the cosine reaches it, else 0. Of several references
    the closest counts. The cosine is rounded to 5 decimals, far above the noise of float32.

    Args:
        references: Templates over the prompt's fields.
        embedder: Makes the vectors.
        at_least: A threshold for the cosine, in [-1, 1].
    """

    def __init__(
        self, references: Texts, embedder: Embedder, *, at_least: float | None = None
    ) -> None:
        self._references = references
        self._embedder = embedder
        self._at_least = at_least
        threshold = "" if at_least is None else f", at_least={at_least:g}"
        self.name = f"{references.described(_NAME)[:-1]}, model={embedder.name}{threshold})"

    def score_many(self, completions: Sequence[Completion], /) -> list[Outcome]:
        """Score completions; the network is run on all their texts together."""
        wanted = [
            (completion.text, *self._references.rendered(completion.prompt, scorer=_NAME))
            for completion in completions
        ]
        vectors = self._embedder.embed([text for texts in wanted for text in texts])
        outcomes: list[Outcome] = []
        start = 0
        for texts in wanted:
            answer, *references = vectors[start : start + len(texts)].double()
            start += len(texts)
            outcomes.append(self._score(max(float(answer @ reference) for reference in references)))
        return outcomes

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields do not fill in the references."""
        self._references.rendered(prompt, scorer=_NAME)

    def _score(self, cosine: float) -> Outcome:
        if cosine != cosine:  # noqa: PLR0124 -- only NaN is not itself
            return ScoreError("similarity: a text has no tokens, so it has no direction")
        # rounding can take the cosine of a text with itself above 1
        cosine = min(max(round(cosine, _DIGITS), -1.0), 1.0)
        if self._at_least is None:
            return (1 + cosine) / 2
        return float(cosine >= self._at_least)


def _cosine(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1 <= value <= 1:
        raise ArgumentsError(f"at_least: found {value!r}, expected a cosine between -1 and 1")
    return float(value)
