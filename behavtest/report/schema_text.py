"""A JSON Schema as it is written to a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_text(schema: Mapping[str, object]) -> str:
    """Return a schema as JSON that people and version control can read."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
