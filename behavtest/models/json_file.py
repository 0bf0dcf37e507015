"""JSON files that come with a model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from behavtest.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path


def read_json(file: Path) -> dict[str, object]:
    """Read a JSON object.

    Raises:
        ModelError: The file is not one.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{file} does not hold a JSON object")
    return cast("dict[str, object]", content)
