"""The JSON Schema of what ``--behavtest-json`` writes, made from the result's own classes."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

import msgspec

from behavtest.core import sections
from behavtest.experiment import result
from behavtest.report.jsonfile import SCHEMA

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ARGUMENTS = re.compile(r"^Args:\n(?P<arguments>(?: +.*\n?|\n)+)", re.MULTILINE)
_ARGUMENT = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {8}.*)*)", re.MULTILINE)


def result_schema() -> dict[str, Any]:
    """Return the schema of a result file.

    A later behavtest may add fields without another number of the layout, so unknown ones are
    allowed; ``schema`` is raised when an old reader would misread a new file.
    """
    (reference,), definitions = msgspec.json.schema_components([result.RunResult])
    for name, definition in definitions.items():
        _describe(definition, getattr(result, name, None) or getattr(sections, name))
    return {
        "$schema": DRAFT,
        "title": f"A result of behavtest, layout {SCHEMA}",
        "description": "What `pytest --behavtest-json=FILE` writes. Infinite numbers are 1e300.",
        "type": "object",
        "properties": {
            "schema": {"description": "Number of the layout.", "const": SCHEMA},
            "run": reference,
        },
        "required": ["schema", "run"],
        "$defs": dict(sorted(definitions.items())),
    }


def _describe(definition: dict[str, Any], documented: type) -> None:
    """Put a class's docstring, field by field, where editors and readers look for it."""
    text = inspect.getdoc(documented) or ""
    definition["description"] = text.partition("\n")[0]
    found = _ARGUMENTS.search(text)
    told = {} if found is None else dict(_ARGUMENT.findall(found["arguments"]))
    for field in dataclasses.fields(documented):
        if field.name in told:
            about = " ".join(told[field.name].split()).replace("``", "`")
            definition["properties"][field.name]["description"] = about
