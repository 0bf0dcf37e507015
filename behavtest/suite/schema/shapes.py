"""Shapes that several fields of suite files have."""

from __future__ import annotations

from typing import Final

from behavtest.scoring.shapes import TEXT, Shape, about, either, fields, some, words
from behavtest.suite.row_files import SUFFIXES

SLUG: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""A name that can stand in a test id and on a command line."""

TAG: Final = r"[A-Za-z_][A-Za-z0-9_-]*"
"""A word that can stand in a ``-m`` expression."""

MARK_WORDS: Final = ("and", "or", "not", "True", "False", "None")
"""What such an expression takes for something else."""

ROLES: Final = ("system", "user", "assistant")

_VARIABLE: Final = r"^[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$"


def defined(name: str) -> Shape:
    """Return the shape that a schema defines under a name."""
    return {"$ref": f"#/definitions/{name}"}


def slug(text: str) -> Shape:
    """Return the shape of a short name."""
    return about(text, {"type": "string", "pattern": f"^{SLUG}$"})


def file_name(*suffixes: str) -> Shape:
    """Return the shape of a path with one of some suffixes."""
    known = "|".join(suffix.lstrip(".") for suffix in suffixes)
    return {"type": "string", "pattern": rf"\.({known})$"}


def _message(*roles: str) -> Shape:
    return fields(
        {
            "role": about("Who says it.", words(roles)),
            "content": about("What is said; a template where the messages are one.", TEXT),
        },
        required=["role", "content"],
    )


MESSAGES: Final = defined("messages")

CHAT: Final = about(
    "A chat that ends with the user's message; only the first can be the system's.",
    {
        "type": "array",
        "minItems": 1,
        "items": [_message(*ROLES)],
        "additionalItems": _message(*ROLES[1:]),
    },
)

TEMPLATE: Final = either(TEXT, MESSAGES)

VARIABLES: Final[Shape] = {
    "type": "object",
    "propertyNames": {"pattern": _VARIABLE},
    "additionalProperties": either(
        file_name(".txt"), some({"type": ["string", "number", "object"]})
    ),
}

ROW: Final = either(TEXT, {"type": "object"})
"""A row that a template makes a prompt of."""

ASKED_ROW: Final = defined("asked")

ASKED: Final = either(
    TEXT,
    {
        "type": "object",
        "properties": {
            "prompt": about("The user's message.", TEXT),
            "messages": MESSAGES,
        },
        "oneOf": [{"required": ["prompt"]}, {"required": ["messages"]}],
    },
)
"""A row that is a prompt."""

DEFINED: Final = {"messages": CHAT, "asked": ASKED}
"""Shapes that are defined once, since many fields have them."""


def rows(row: Shape) -> Shape:
    """Return the shape of where rows come from: a list, a file, or a prompt source."""
    return either(some(row), file_name(*SUFFIXES), defined("source"))
