"""The JSON Schema of a file that `write_document` writes, made from the document's own classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from behavtest.report.class_schema import DRAFT, class_schema
from behavtest.report.jsonfile import SCHEMA

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
        "properties": {
            "schema": {"description": "Number of the layout.", "const": SCHEMA},
            name: reference,
        },
        "required": ["schema", name],
        "$defs": definitions,
    }
