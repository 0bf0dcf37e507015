"""The JSON Schema of a class of results, with its docstrings where editors and readers look."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ARGUMENTS = re.compile(r"^Args:\n(?P<arguments>(?: +.*\n?|\n)+)", re.MULTILINE)
_ARGUMENT = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {8}.*)*)", re.MULTILINE)


class ClassSchema(NamedTuple):
    """How values of a class look in JSON.

    Args:
        reference: A schema that refers to the definitions.
        definitions: Name of each class, its own among them -> schema, in the names' order.
    """

    reference: dict[str, Any]
    definitions: dict[str, dict[str, Any]]


def class_schema(kind: type, modules: Sequence[ModuleType]) -> ClassSchema:
    """Return the schema of a dataclass and of all that its fields hold.

    Args:
        kind: The dataclass.
        modules: Where it and the classes of its fields are found by name.
    """
    (reference,), definitions = msgspec.json.schema_components([kind])
    for name, definition in definitions.items():
        found = (getattr(module, name) for module in modules if hasattr(module, name))
        _describe(definition, next(found))
    return ClassSchema(reference, dict(sorted(definitions.items())))


def _describe(definition: dict[str, Any], documented: type) -> None:
    """Put a class's docstring into its schema, field by field."""
    text = inspect.getdoc(documented) or ""
    definition["description"] = text.partition("\n")[0]
    if not dataclasses.is_dataclass(documented):  # an enumeration, which has values alone
        return
    found = _ARGUMENTS.search(text)
    told = {} if found is None else dict(_ARGUMENT.findall(found["arguments"]))
    for field in dataclasses.fields(documented):
        if field.name in told:
            about = " ".join(told[field.name].split()).replace("``", "`")
            definition["properties"][field.name]["description"] = about
