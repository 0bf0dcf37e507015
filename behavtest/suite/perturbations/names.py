"""``names``: other people of the same kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import nothing
from behavtest.scoring.shapes import NOTHING, takes
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.name_lists import NAMES, Group
from behavtest.suite.perturbations.words import any_of, replaced

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

GROUP_OF: Final = {name: group for group, names in NAMES.items() for name in names}
"""Each known name's group."""

NAME: Final = re.compile(rf"(?<![\w'\u2019-]){any_of(GROUP_OF)}(?![\w-])(?!['\u2019](?!s(?!\w)))")


@takes(NOTHING)
def names(arguments: object) -> Perturbation:
    """Make a perturbation: each first name becomes another of the same gender and origin.

    A name that is there several times is replaced by the same one each time, two names by two.
    Names are known from a list, in their usual spelling; a surname stays.

    Args:
        arguments: None: there are none.

    Raises:
        ValueError: There are some.
    """
    nothing(arguments, scorer="names")
    return Named("names", lambda text, random: renamed(text, random, lambda group: group))


def renamed(text: str, random: Random, wanted: Callable[[Group], Group | None]) -> str:
    """Replace known names.

    Args:
        text: The text.
        random: Chooses among names.
        wanted: The group that a group's names get their replacements from; None leaves them.
    """
    found = dict.fromkeys(NAME.findall(text))
    taken = set(found)
    new: dict[str, str] = {}
    for name in found:
        group = wanted(GROUP_OF[name])
        among = [other for other in NAMES[group] if other not in taken] if group else []
        if among:
            new[name] = random.choice(among)
            taken.add(new[name])
    return replaced(NAME, text, lambda match: new.get(match[0], match[0]))
