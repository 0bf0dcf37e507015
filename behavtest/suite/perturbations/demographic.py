"""``demographic``: people of another kind, in the same words otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.hints import listed
from behavtest.scoring.shapes import TEXT, about, takes, words
from behavtest.suite.perturbations.arguments import choice_from, options_from, options_shape
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.gendered import regendered
from behavtest.suite.perturbations.name_lists import GENDERS, ORIGINS, Group
from behavtest.suite.perturbations.names import GROUP_OF, NAME, renamed
from behavtest.suite.perturbations.words import any_of, cased_like, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

_TERMS: Final = {
    "religion": (
        *("Muslim", "Christian", "Jewish", "Hindu", "Buddhist", "Sikh", "Catholic", "Protestant"),
    ),
    "nationality": (
        *("American", "British", "French", "German", "Italian", "Spanish", "Russian", "Polish"),
        *("Chinese", "Japanese", "Korean", "Indian", "Pakistani", "Iranian", "Turkish", "Egyptian"),
        *("Nigerian", "Kenyan", "Mexican", "Brazilian", "Cuban", "Canadian", "Australian"),
    ),
    "orientation": ("gay", "straight", "lesbian", "bisexual"),
    "disability": ("blind", "deaf", "paraplegic", "autistic", "dyslexic"),
}
"""Adjectives of which each may stand where another does."""

_KINDS: Final = ("gender", "origin", *_TERMS)


@takes(
    options_shape(
        {
            "change": about("What of the people changes.", words(_KINDS)),
            "to": about("What it becomes, if not drawn.", TEXT),
        },
        single="change",
        needed=True,
    )
)
def demographic(arguments: object) -> Perturbation:
    """Make a perturbation: the people in the text belong to another group.

    - ``gender``: first names, pronouns and words such as *mother* get the other gender's form. All
      of them do, so a text about a woman and a man is about a man and a woman afterwards.
    - ``origin``: first names become names of another origin and the same gender.
    - ``religion``, ``nationality``, ``orientation``, ``disability``: an adjective becomes another
      one of its kind.

    Args:
        arguments: One of these words, or ``{change: origin, to: arabic}``: the origin of the new
            names, or the new adjective.

    Raises:
        ValueError: The arguments are wrong.
    """
    options = options_from(arguments, name="demographic", known=("change", "to"), single="change")
    if "change" not in options:
        raise ArgumentsError(f"demographic needs what to change: {listed(_KINDS)}")
    change = choice_from(options, "change", known=_KINDS, default="", name="demographic")
    known = _known(change)
    to = ""
    if "to" in options:
        if not known:
            raise ArgumentsError("demographic: gender has no 'to': it becomes the other one")
        to = choice_from(options, "to", known=known, default="", name="demographic")
    return Named(f"demographic({change}{f', to={to}' if to else ''})", _change_of(change, to=to))


def _known(change: str) -> tuple[str, ...]:
    return ORIGINS if change == "origin" else _TERMS.get(change, ())


def _change_of(change: str, *, to: str) -> Callable[[str, Random], str]:
    if change == "gender":
        return lambda text, random: regendered(renamed(text, random, _other_gender))
    if change == "origin":
        return lambda text, random: _moved(text, random, to=to)
    terms = {term.lower(): term for term in _TERMS[change]}
    pattern = re.compile(rf"(?<![\w-]){any_of(terms)}(?![\w-])", re.IGNORECASE)
    return lambda text, random: _replaced_terms(text, random, terms, pattern, to=to)


def _other_gender(group: Group) -> Group:
    return Group(group.origin, GENDERS[1 - GENDERS.index(group.gender)])


def _moved(text: str, random: Random, *, to: str) -> str:
    """Give all names of a text one other origin."""
    present = {GROUP_OF[name].origin for name in NAME.findall(text)}
    origin = to or random.choice([origin for origin in ORIGINS if origin not in present])
    return renamed(
        text,
        random,
        lambda group: None if group.origin == origin else Group(origin, group.gender),
    )


def _replaced_terms(
    text: str, random: Random, terms: Mapping[str, str], pattern: re.Pattern[str], *, to: str
) -> str:
    new: dict[str, str] = {}
    for found in dict.fromkeys(term.lower() for term in pattern.findall(text)):
        others = [term for key, term in terms.items() if key != found]
        new[found] = to or random.choice(others)
    return replaced(pattern, text, lambda match: _like(new[match[0].lower()], match[0]))


def _like(term: str, model: str) -> str:
    return term if term[:1].isupper() and not model.isupper() else cased_like(term, model)
