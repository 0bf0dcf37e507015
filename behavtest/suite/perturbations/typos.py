"""``typos``: slips of the fingers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.scoring.shapes import takes
from behavtest.suite.perturbations.arguments import (
    choices_from,
    choices_shape,
    options_from,
    options_shape,
    share_from,
    share_shape,
)
from behavtest.suite.perturbations.base import Named, Perturbation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

_RATE: Final = 0.05
_MOST: Final = 0.5
_KINDS: Final = ("swap", "neighbor", "omit", "double")
_USUAL: Final = ("swap", "neighbor")
_WORD: Final = re.compile(r"(?<![\w@])[^\W\d_]{3,}(?![\w@])")

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class _Slip(NamedTuple):
    """What is written, in place of how many letters."""

    made: str
    letters: int


@takes(
    options_shape(
        {
            "rate": share_shape("Share of the letters that are hit.", most=_MOST),
            "kinds": choices_shape("Kinds of slips.", _KINDS),
        },
        single="rate",
    )
)
def typos(arguments: object) -> Perturbation:
    """Make a perturbation: letters swapped with the next, or hit beside their key.

    Of n letters in words, ``rate`` n are hit (rounded, but at least one), chosen at random, no two
    next to each other and none a word's first, which people seldom miss. Words with a digit in
    them, numbers, and words of one or two letters are left alone. The four kinds are those that
    Damerau found to be four in five misspellings (Communications of the ACM 7(3), 1964):
    ``swap`` two neighbors, ``neighbor`` (another key, by the US layout), ``omit``, ``double``.

    Args:
        arguments: ``{rate: 0.05, kinds: [swap, neighbor]}``, or the rate alone, in (0, 0.5].

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, name="typos", known=("rate", "kinds"), single="rate")
    rate = share_from(options, "rate", default=_RATE, most=_MOST, name="typos")
    kinds = choices_from(options, "kinds", known=_KINDS, default=_USUAL, name="typos")
    return Named(
        f"typos(rate={rate:g}, kinds={'+'.join(kinds)})",
        lambda text, random: _with_slips(text, random, rate=rate, kinds=kinds),
    )


def _with_slips(text: str, random: Random, *, rate: float, kinds: tuple[str, ...]) -> str:
    words = [match.span() for match in _WORD.finditer(text)]
    slips = {place: made for start, end in words for place, made in _slips(text, start, end, kinds)}
    wanted = max(1, round(rate * sum(end - start for start, end in words)))
    chosen: set[int] = set()
    for place in random.sample(sorted(slips), len(slips)):
        # a swap reaches one letter further than the others
        if len(chosen) < wanted and chosen.isdisjoint(range(place - 2, place + 3)):
            chosen.add(place)
    parts: list[str] = []
    end = 0
    for place in sorted(chosen):
        slip = random.choice(random.choice(slips[place]))
        parts += [text[end:place], slip.made]
        end = place + slip.letters
    return "".join([*parts, text[end:]])


def _slips(
    text: str, start: int, end: int, kinds: tuple[str, ...]
) -> Iterator[tuple[int, list[list[_Slip]]]]:
    """Yield each place of a word, but its first, with what can go wrong there, kind by kind."""
    for place in range(start + 1, end):
        letter, after = text[place], text[place + 1 : end][:1]
        made = {
            "swap": [_Slip(after + letter, 2)] if after and after != letter else [],
            "neighbor": [_Slip(key, 1) for key in _NEIGHBORS.get(letter, "")],
            "omit": [_Slip("", 1)],
            "double": [_Slip(letter * 2, 1)],
        }
        possible = [made[kind] for kind in kinds if made[kind]]
        if possible:
            yield place, possible


def _neighbors() -> dict[str, str]:
    """Return the keys beside each key: left, right, and the two or so above and below."""
    places = {
        key: (row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)
    }
    beside = {
        key: "".join(
            other
            for other, (row, column) in places.items()
            # a row is shifted to the right of the one above it by about half a key
            if (row - places[key][0], column - places[key][1])
            in {(0, -1), (0, 1), (-1, 0), (-1, 1), (1, 0), (1, -1)}
        )
        for key in places
    }
    return beside | {key.upper(): keys.upper() for key, keys in beside.items()}


_NEIGHBORS: Final = _neighbors()
