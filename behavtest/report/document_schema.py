"""The JSON Schema of a file that `write_document` writes, made from the document's own classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from behavtest.report.class_schema import DRAFT, class_schema
from behavtest.report.jsonfile import SCHEMA, SCHEMA_OF_SEVERAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


def document_schema(
    name: str, kind: type, modules: Sequence[ModuleType], *, title: str, about: str
) -> dict[str, Any]:
    """Return the schema of a document.

    A later behavtest may add fields without another number of the layout, so unknown ones are
    allowed; ``schema`` is raised when an old reader would misread a new file.

    Args:
        name: Under which the data stands.
        kind: The data's class.
        modules: Where it and the classes of its fields are found by name.
        title: What the document is.
        about: What writes it.
    """
    reference, definitions = class_schema(kind, modules)
    return {
        "$schema": DRAFT,
        "title": f"{title}, layout {SCHEMA}",
        "description": about,
        "type": "object",
        **_layout(SCHEMA, name, reference),
        "$defs": definitions,
    }


def several_schema(  # noqa: PLR0913 -- a document's arguments and the name of several
    name: str, names: str, kind: type, modules: Sequence[ModuleType], *, title: str, about: str
) -> dict[str, Any]:
    """Return the schema of a document of one or of several, each in a layout of its own.

    Args:
        name: Under which one stands.
        names: Under which a list of several stands.
        kind: As `document_schema`, and so on.
        modules: Likewise.
        title: Likewise.
        about: Likewise.
    """
    reference, definitions = class_schema(kind, modules)
    several = {"type": "array", "items": reference, "minItems": 2}
    return {
        "$schema": DRAFT,
        "title": f"{title}, layout {SCHEMA} or {SCHEMA_OF_SEVERAL}",
        "description": about,
        "type": "object",
        "oneOf": [
            {"description": "One.", **_layout(SCHEMA, name, reference)},
            {
                "description": "Several, of modified models with one base, in the order given.",
                **_layout(SCHEMA_OF_SEVERAL, names, several),
            },
        ],
        "$defs": definitions,
    }


def _layout(number: int, name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "properties": {
            "schema": {"description": "Number of the layout.", "const": number},
            name: value,
        },
        "required": ["schema", name],
    }
