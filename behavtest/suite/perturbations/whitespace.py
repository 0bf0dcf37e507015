"""``whitespace``: more of it, inside the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.perturbations.arguments import (
    choice_from,
    options_from,
    options_shape,
    share_from,
    share_shape,
)
from behavtest.suite.perturbations.base import Named, Perturbation

if TYPE_CHECKING:
    from random import Random

_KINDS: Final = ("spaces", "lines", "none")
_SHARE: Final = 0.2
_SPACE: Final = re.compile(r"(?<=\S) (?=\S)")


@takes(
    options_shape(
        {
            "to": about("What becomes of it.", words(_KINDS)),
            "share": share_shape("Share of the places that change.", most=1.0),
        },
        single="to",
    )
)
def whitespace(arguments: object) -> Perturbation:
    """Make a perturbation: some of the spaces between words become two, a new line, or nothing.

    Of n single spaces, ``share`` n are changed (rounded, but at least one). White space at the
    edges of the text stays as it is: many chat templates strip it, and the prompt would not change.

    Args:
        arguments: ``spaces`` (two instead of one, the default), ``lines`` (a new line) or ``none``
            (words run together); or ``{to: lines, share: 0.2}``, the share in (0, 1].

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, name="whitespace", known=("to", "share"), single="to")
    to = choice_from(options, "to", known=_KINDS, default="spaces", name="whitespace")
    share = share_from(options, "share", default=_SHARE, most=1.0, name="whitespace")
    new = {"spaces": "  ", "lines": "\n", "none": ""}[to]
    return Named(
        f"whitespace({to}, share={share:g})",
        lambda text, random: _spaced(text, random, new=new, share=share),
    )


def _spaced(text: str, random: Random, *, new: str, share: float) -> str:
    places = [match.start() for match in _SPACE.finditer(text)]
    wanted = max(1, round(share * len(places)))
    parts: list[str] = []
    end = 0
    for place in sorted(random.sample(places, min(wanted, len(places)))):
        parts += [text[end:place], new]
        end = place + 1
    return "".join([*parts, text[end:]])
