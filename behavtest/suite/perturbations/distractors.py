"""``distractors``: a sentence that is beside the point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import TEXTS, about, takes, words
from behavtest.suite.perturbations.arguments import (
    choice_from,
    options_from,
    options_shape,
    texts_from,
)
from behavtest.suite.perturbations.base import Named, Perturbation

if TYPE_CHECKING:
    from random import Random

_WHERE: Final = ("either", "before", "after")
_ENDS: Final = (".", "!", "?", "…", '"', "”", ")")

_SENTENCES: Final = (
    "The bus was ten minutes late this morning.",
    "My neighbor painted the fence green last week.",
    "It rained for most of the afternoon.",
    "There are two chairs in the hallway.",
    "The bakery on the corner opens at seven.",
    "I had soup for lunch today.",
    "The library moved to a larger building.",
    "Somebody left an umbrella at the door.",
    "The clock in the kitchen runs a little fast.",
    "Our train stopped at every station.",
    "The leaves are turning yellow already.",
    "A gray cat sat on the wall.",
    "The elevator was being repaired.",
    "We planted tomatoes behind the house.",
    "The radio was playing an old song.",
    "The office bought a new coffee machine.",
    "Last summer was warmer than usual.",
    "The museum is closed on Mondays.",
    "My cousin collects stamps.",
    "The path along the river is muddy.",
    "They changed the color of the school buses.",
    "I found a button in my coat pocket.",
    "The market was busy on Saturday.",
    "The lamp on the desk flickers sometimes.",
)


@takes(
    options_shape(
        {
            "sentences": about("What is added: a text, or several to draw from.", TEXTS),
            "where": about("Where it stands.", words(_WHERE)),
        },
        single="sentences",
    )
)
def distractors(arguments: object) -> Perturbation:
    """Make a perturbation: a sentence that has nothing to do with the rest, before or after it.

    Args:
        arguments: A sentence or a list of sentences, one of which is taken each time; or
            ``{sentences: […], where: before}``; ``where`` is ``before``, ``after`` or ``either``
            (the default). Without sentences, one of 24 of everyday life.

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(
        arguments, name="distractors", known=("sentences", "where"), single="sentences"
    )
    given = texts_from(options, "sentences", name="distractors")
    where = choice_from(options, "where", known=_WHERE, default="either", name="distractors")
    described = ", ".join([*map(repr, given), f"where={where}"])
    return Named(
        f"distractors({described})",
        lambda text, random: _distracted(text, random, given or _SENTENCES, where=where),
    )


def _distracted(text: str, random: Random, sentences: tuple[str, ...], *, where: str) -> str:
    sentence = random.choice(sentences)
    before = where == "before" or (where == "either" and random.random() < 0.5)  # noqa: PLR2004 - a coin
    first, second = (sentence, text) if before else (text, sentence)
    # a text that just stops would run into the next sentence
    return first + (" " if first.rstrip().endswith(_ENDS) else "\n") + second
