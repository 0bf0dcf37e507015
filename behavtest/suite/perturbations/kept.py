"""What a field's value is in a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from behavtest.scoring.hints import describe, did_you_mean, listed

if TYPE_CHECKING:
    from behavtest.suite.node import Node


def kept_texts(fields: Mapping[str, object], node: Node) -> list[str]:
    """Return the texts that a field to keep stands for: its value, or the items of a list.

    Args:
        fields: A prompt's fields.
        node: The field to keep as written, a dotted path: ``place.capital``.

    Raises:
        SuiteError: There is no such field, or it is no text.
    """
    path, value = str(node.value), cast("object", fields)
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            known = value if isinstance(value, Mapping) else {}
            raise node.error(
                f"there is no field {path!r} to keep{did_you_mean(name, known)} "
                f"(fields: {listed(known) or 'none'})"
            )
        value = value[name]
    items = value if isinstance(value, list | tuple) else [value]
    for item in items:
        if isinstance(item, bool) or not isinstance(item, str | int | float):
            raise node.error(f"the field {path!r} is {describe(item)}, expected text or a number")
    return [text for text in map(str, items) if text.strip()]
