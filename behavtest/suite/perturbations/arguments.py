"""Reads the arguments of a perturbation as they stand in a suite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from behavtest.scoring import arguments as read
from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.scoring.shapes import NOTHING, Shape, about, either, fields, some, words

if TYPE_CHECKING:
    from collections.abc import Sequence


def options_from(
    arguments: object, *, name: str, known: Sequence[str], single: str
) -> Mapping[str, object]:
    """Read a mapping of options, or the value of one of them alone.

    Args:
        arguments: As written in the suite; None is no options.
        name: The perturbation's, for messages.
        known: The options there are.
        single: The option that a value which is no mapping is for.

    Raises:
        ValueError: There is an unknown option.
    """
    if arguments is not None and not isinstance(arguments, Mapping):
        return {single: arguments}
    return read.options_from(arguments, scorer=name, known=known)


def options_shape(known: Mapping[str, Shape], *, single: str, needed: bool = False) -> Shape:
    """Return the shape of what `options_from` reads.

    Args:
        known: The options there are.
        single: As for `options_from`.
        needed: Whether that one must be given.
    """
    options = fields(known, required=[single] if needed else [])
    return either(known[single], options) if needed else either(NOTHING, known[single], options)


def only_word_from(
    arguments: object, option: str, *, known: Sequence[str], default: str, name: str
) -> str:
    """Read the one option there is, one of a few words: alone, or in a mapping.

    Raises:
        ValueError: It is something else, or there is another option.
    """
    options = options_from(arguments, name=name, known=(option,), single=option)
    return choice_from(options, option, known=known, default=default, name=name)


def share_shape(text: str, *, most: float) -> Shape:
    """Return the shape of what `share_from` reads."""
    return about(text, {"type": "number", "exclusiveMinimum": 0, "maximum": most})


def choices_shape(text: str, known: Sequence[str]) -> Shape:
    """Return the shape of what `choices_from` reads."""
    return about(text, either(words(known), some(words(known))))


def share_from(
    options: Mapping[str, object], option: str, *, default: float, most: float, name: str
) -> float:
    """Read a number above 0 and at most ``most``.

    Raises:
        ValueError: It is something else.
    """
    value = options.get(option, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise ArgumentsError(
            f"{name}: {option}: found {describe(value)}, expected one above 0 and at most {most:g}"
        )
    return float(value)


def choice_from(
    options: Mapping[str, object], option: str, *, known: Sequence[str], default: str, name: str
) -> str:
    """Read one of a few words.

    Raises:
        ValueError: It is something else.
    """
    return _one_of(options.get(option, default), known, place=f"{name}: {option}")


def choices_from(
    options: Mapping[str, object],
    option: str,
    *,
    known: Sequence[str],
    default: Sequence[str],
    name: str,
) -> tuple[str, ...]:
    """Read one of a few words, or a list of some; in the order they are known in.

    Raises:
        ValueError: It is something else, or an empty list.
    """
    value = options.get(option, default)
    items = list(value) if isinstance(value, list | tuple) else [value]
    place = f"{name}: {option}"
    if not items:
        raise ArgumentsError(f"{place}: found an empty list, expected some of {listed(known)}")
    chosen = {_one_of(item, known, place=place) for item in items}
    return tuple(word for word in known if word in chosen)


def texts_from(options: Mapping[str, object], option: str, *, name: str) -> tuple[str, ...]:
    """Read a text or a list of texts, none of them blank; none if the option is not there.

    Raises:
        ValueError: It is something else, or an empty list.
    """
    if option not in options:
        return ()
    value = options[option]
    items = list(value) if isinstance(value, list | tuple) else [value]
    if not items:
        raise ArgumentsError(f"{name}: {option}: found an empty list, expected at least one text")
    texts: list[str] = []
    for item in items:
        if not isinstance(item, str) or not item.strip():
            found = "an empty text" if isinstance(item, str) else describe(item)
            raise ArgumentsError(f"{name}: {option}: found {found}, expected text")
        texts.append(item)
    return tuple(texts)


def _one_of(value: object, known: Sequence[str], *, place: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise ArgumentsError(
            f"{place}: found {describe(value)}, expected one of {listed(known)}"
            f"{did_you_mean(str(value), known)}"
        )
    return value
