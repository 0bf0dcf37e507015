"""JSON Schemas of what suites can write, for editors: the pieces, and those of scorers' arguments.

Everything here is draft 7 of JSON Schema, which all editors know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

Shape = Mapping[str, object]
Factory = TypeVar("Factory", bound=Callable[..., object])

ATTRIBUTE: Final = "arguments_schema"

TEXT: Final[Shape] = {"type": "string", "pattern": r"\S"}
NUMBER: Final[Shape] = {"type": "number"}
NOT_NEGATIVE: Final[Shape] = {"type": "number", "minimum": 0}
SHARE: Final[Shape] = {"type": "number", "minimum": 0, "maximum": 1}
COUNT: Final[Shape] = {"type": "integer", "minimum": 0}
FLAG: Final[Shape] = {"type": "boolean"}
NOTHING: Final[Shape] = {"type": "null"}
ANYTHING: Final[Shape] = {}


def about(text: str, shape: Shape) -> Shape:
    """Return a shape with a sentence that editors show beside it."""
    return {"description": text, **shape}


def words(known: Sequence[str]) -> Shape:
    """Return the shape of one of a few words."""
    return {"enum": list(known)}


def some(item: Shape, *, least: int = 1) -> Shape:
    """Return the shape of a list.

    Args:
        item: Of each item.
        least: How many there are at least.
    """
    return {"type": "array", "items": item, "minItems": least}


def either(*shapes: Shape) -> Shape:
    """Return the shape of what has one of several."""
    return {"anyOf": list(shapes)}


def fields(known: Mapping[str, Shape], *, required: Sequence[str] = ()) -> Shape:
    """Return the shape of a mapping that has no other fields.

    Args:
        known: Field -> shape.
        required: The fields that must be there.
    """
    shape: dict[str, object] = {
        "type": "object",
        "properties": dict(known),
        "additionalProperties": False,
    }
    return {**shape, "required": list(required)} if required else shape


LIMITS: Final[Mapping[str, Shape]] = {
    "at_least": about("The score is 1 from here on, below it 0.", SHARE),
    "at_most": about("The score is 1 up to here, above it 0.", SHARE),
}
"""The fields of a score of degrees that turn it into one of yes or no."""

TEXTS: Final = either(TEXT, some(TEXT))
TEXT_OR_NUMBER: Final = either(TEXT, NUMBER)
SOUGHT: Final = either(
    TEXTS,
    fields(
        {
            "text": about("A text, or several of which any will do.", TEXTS),
            "ignore_case": about("Whether letters match in either case.", FLAG),
        },
        required=["text"],
    ),
)
"""Texts to look for in a completion."""


def takes(shape: Shape) -> Callable[[Factory], Factory]:
    """Declare the JSON Schema of a factory's arguments, as any plugin can: an attribute of it.

    Args:
        shape: Of the arguments as written; that of null if the name may stand alone.
    """

    def declare(factory: Factory) -> Factory:
        setattr(factory, ATTRIBUTE, shape)
        return factory

    return declare


def arguments_of(factory: object) -> Shape | None:
    """Return the JSON Schema a factory declares for its arguments; None if it declares none."""
    shape: object = getattr(factory, ATTRIBUTE, None)
    return shape if isinstance(shape, Mapping) else None
