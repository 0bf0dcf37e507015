"""``casing``: other capitals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.perturbations.arguments import only_word_from, options_shape
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.words import capital

if TYPE_CHECKING:
    from random import Random

_KINDS: Final = ("upper", "lower", "title", "random")
_WORD: Final = re.compile(r"[^\W\d_](?:['\u2019]?[^\W\d_])*")


@takes(options_shape({"to": about("What letters become.", words(_KINDS))}, single="to"))
def casing(arguments: object) -> Perturbation:
    """Make a perturbation: all capitals, none, one a word, or each letter by the toss of a coin.

    Args:
        arguments: ``upper`` (the default), ``lower``, ``title`` or ``random``; or ``{to: upper}``.

    Raises:
        ValueError: The arguments are wrong.
    """
    to = only_word_from(arguments, "to", known=_KINDS, default="upper", name="casing")
    return Named(f"casing({to})", lambda text, random: _cased(text, random, to=to))


def _cased(text: str, random: Random, *, to: str) -> str:
    if to == "upper":
        return text.upper()
    if to == "lower":
        return text.lower()
    if to == "title":
        return _WORD.sub(lambda word: capital(word[0]), text)
    return _tossed(text, random)


def _tossed(text: str, random: Random) -> str:
    letters = [random.choice((letter.upper(), letter.lower())) for letter in text]
    places = [place for place, letter in enumerate(text) if letter.swapcase() != letter]
    if "".join(letters) == text and places:
        place = random.choice(places)
        letters[place] = text[place].swapcase()
    return "".join(letters)
