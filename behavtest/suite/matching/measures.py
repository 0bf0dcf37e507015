"""What target and baseline should have alike, measured on each text or on a pair."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import regex

from behavtest.core import Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class TextMeasure(NamedTuple):
    """A number that a text has, and how far apart those of a pair may be.

    Args:
        name: What it is called.
        of: Text to number.
        ratio: A pair is told of where the larger number exceeds the smaller this many times ...
        least: ... and by this much.
        unit: What is counted, for people; empty for what is there or is not.
    """

    name: str
    of: Callable[[str], float]
    ratio: float
    least: float
    unit: str = ""

    def differs(self, one: float, other: float) -> bool:
        """Tell whether two texts' numbers are too far apart for a match."""
        small, large = sorted((one, other))
        return large - small >= self.least and large > self.ratio * small


class PairMeasure(NamedTuple):
    """A distance between a target and its baseline, in [0, 1] or a little above.

    Args:
        name: What it is called.
        of: Targets and baselines to distances, one for each pair.
        most: A pair is told of where it is farther apart.
        meaning: What a large distance says, for people.
    """

    name: str
    of: Callable[[Sequence[str], Sequence[str]], Sequence[float]]
    most: float
    meaning: str


_WORD: Final = regex.compile(r"[\p{L}\p{N}]+(?:['\u2019\-][\p{L}\p{N}]+)*")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_POLITE: Final = re.compile(
    r"\b(?:please|kindly|thanks?|thank you|sorry|pardon|excuse me|(?:could|would|can|will) you"
    r"|would you mind|i would like|i'd like|if possible|hello|hi|dear)\b",
    re.IGNORECASE,
)
_NEGATIVE: Final = re.compile(r"\b(?:not|no|never|cannot|without|\w+n['\u2019]t)\b", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case."""
    return [word.casefold() for word in _WORD.findall(text)]


def overlap_distance(target: Sequence[object], baseline: Sequence[object]) -> float:
    """Return 1 minus the Jaccard index of two lists' sets: shared over all, 1 if both are empty."""
    one, other = set(target), set(baseline)
    return 1.0 - len(one & other) / len(one | other) if one | other else 0.0


def _overlap_distances(targets: Sequence[str], baselines: Sequence[str]) -> list[float]:
    pairs = zip(targets, baselines, strict=True)
    return [overlap_distance(words_of(one), words_of(other)) for one, other in pairs]


def _capitals(text: str) -> float:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) / len(letters) if letters else 0.0


TEXT_MEASURES: Final = (
    TextMeasure("words", lambda text: len(words_of(text)), 1.5, 3, "words"),
    TextMeasure("characters", len, 1.5, 15, "characters"),
    TextMeasure("question marks", lambda text: "?" in text, 1, 1),
    TextMeasure("capitals", _capitals, 1.5, 0.2, "of the letters"),
    TextMeasure("politeness", lambda text: _POLITE.search(text) is not None, 1, 1),
    TextMeasure("numbers", lambda text: len(_NUMBER.findall(text)), 1, 1, "numbers"),
    TextMeasure("negations", lambda text: len(_NEGATIVE.findall(text)), 1, 1, "negations"),
)

OVERLAP: Final = PairMeasure("overlap", _overlap_distances, 0.75, "hardly a word in common")


@dataclass(frozen=True, slots=True)
class Measures:
    """What pairs are compared by.

    Args:
        texts: Measures of each text.
        pairs: Measures of a pair.
    """

    texts: tuple[TextMeasure, ...] = TEXT_MEASURES
    pairs: tuple[PairMeasure, ...] = (OVERLAP,)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        return (*(one.name for one in self.texts), *(one.name for one in self.pairs))

    def without(self, name: str) -> Measures:
        """Return the others."""
        return Measures(
            tuple(measure for measure in self.texts if measure.name != name),
            tuple(measure for measure in self.pairs if measure.name != name),
        )

    def with_tokens(self, model: str) -> Measures:
        """Return them with the number of a model's tokens, and tokens in place of words in overlap.

        Args:
            model: As for ``--model-a``; only its tokenizer is loaded.

        Raises:
            ModelError: It has none that can be loaded.
        """
        tokenize = _tokenizer(model)

        def distances(targets: Sequence[str], baselines: Sequence[str]) -> list[float]:
            pairs = zip(targets, baselines, strict=True)
            return [overlap_distance(tokenize(one), tokenize(other)) for one, other in pairs]

        number = TextMeasure("tokens", lambda text: len(tokenize(text)), 1.5, 4, "tokens")
        overlap = OVERLAP._replace(of=distances, meaning="hardly a token in common")
        return Measures((*self.texts, number), (overlap, *self.pairs[1:]))

    def with_meaning(self, folder: Path) -> Measures:
        """Return them with the distance in meaning.

        Args:
            folder: An embedding model's, see `behavtest.models.embedding.Embedding`.

        Raises:
            ModelError: It cannot be used.
        """
        from behavtest.models.embedding import Embedding, cosine_distances

        embedding = Embedding(folder)
        meaning = PairMeasure(
            "meaning", partial(cosine_distances, embedding), 0.7, "they are about different things"
        )
        return Measures(self.texts, (*self.pairs, meaning))


def _tokenizer(model: str) -> Callable[[str], tuple[int, ...]]:
    from behavtest.models.chat import PLAIN, load_tokenizer
    from behavtest.models.folder import inspect_folder
    from behavtest.models.reference import locate

    chat = load_tokenizer(
        inspect_folder(locate(model)), name=model, template=PLAIN, trust_remote_code=False
    )
    return lambda text: chat.encode(Prompt((Message("user", text),)))
