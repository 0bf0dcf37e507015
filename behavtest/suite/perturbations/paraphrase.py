"""``paraphrase``: the same request in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import takes
from behavtest.suite.perturbations.arguments import (
    choices_from,
    choices_shape,
    options_from,
    options_shape,
)
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.paraphrase_rules import FAMILIES, KINDS
from behavtest.suite.perturbations.words import capital, sentences, small

if TYPE_CHECKING:
    import re
    from random import Random

_SMALL: Final = ("asked", "be", "order", "conjunction")
"""Groups that are one of a few known words, which are small unless they open the sentence."""


@takes(
    options_shape({"kinds": choices_shape("What is put in other words.", KINDS)}, single="kinds")
)
def paraphrase(arguments: object) -> Perturbation:
    """Make a perturbation: one sentence is said otherwise, by rules that keep its meaning.

    - ``opener``: *How do I …?*, *Tell me how to …*; *What is the …?*, *I would like to know what
      the … is.*
    - ``politeness``: *Explain …*, *Could you please explain …?*; *I have a question: …*
    - ``order``: *If …, what …?*, *What … if …?*

    The rules know few sentences, all English, and let others be: nothing is reworded freely.

    Args:
        arguments: One of these words or a list of them (all if left out); or ``{kinds: […]}``.

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, name="paraphrase", known=("kinds",), single="kinds")
    kinds = choices_from(options, "kinds", known=KINDS, default=KINDS, name="paraphrase")
    return Named(
        f"paraphrase({'+'.join(kinds)})", lambda text, random: _reworded(text, random, kinds)
    )


def _reworded(text: str, random: Random, kinds: tuple[str, ...]) -> str:
    parts = sentences(text)
    ways = {place: _ways(sentence, kinds) for place, sentence in enumerate(parts)}
    places = [place for place, others in ways.items() if others]
    if not places:
        return text
    place = random.choice(places)
    return "".join([*parts[:place], random.choice(ways[place]), *parts[place + 1 :]])


def _ways(sentence: str, kinds: tuple[str, ...]) -> list[str]:
    """Return what a sentence may become, each once."""
    every: dict[str, None] = {}
    for family in FAMILIES:
        if family.kind in kinds:
            matches = (pattern.match(sentence) for pattern in family.read)
            match = next((match for match in matches if match), None)
            if match is not None:
                every.update(
                    dict.fromkeys(_filled_in(written, match) for written in family.written)
                )
    return [way for way in every if way.casefold() != sentence.casefold()]


def _filled_in(written: str, match: re.Match[str]) -> str:
    groups = {
        name: value.lower() if name in _SMALL else small(value)
        for name, value in match.groupdict().items()
    }
    return capital(written.format_map(groups))
