"""Values that know where they are written, so that every error can say it.

YAML files and the keyword arguments of a Python mark become the same nodes; what reads nodes
therefore gives both the same checks and the same messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Final

from behavtest.core import Source

if TYPE_CHECKING:
    from behavtest.errors import SuiteError

Scalar = str | int | float | bool | None
Step = str | int

_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a suite.

    Args:
        value: A scalar, the items of a list, or the values of a mapping.
        place: Where it is written.
        block: Whether it is a literal block (``|``), whose text starts a line below its place.
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    place: Source
    block: bool = False

    def error(self, message: str, *, text_line: int | None = None) -> SuiteError:
        """Return the error that this value is wrong.

        Args:
            message: What was found, what was expected, and the way out.
            text_line: Line within the text, counted from 1, if the error is inside a text.
        """
        if text_line is None or not self.block:
            return self.place.error(message)
        return replace(self.place, line=self.place.line + text_line).error(message)

    def plain(self) -> object:
        """Return the value as lists, mappings and scalars."""
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        if isinstance(self.value, Mapping):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def at(self, path: Sequence[Step]) -> Node:
        """Return the value that keys and indices lead to, or the last one on the way."""
        node = self
        for step in path:
            if isinstance(node.value, tuple) and isinstance(step, int):
                node = node.value[step]
            elif isinstance(node.value, Mapping) and step in node.value:
                node = node.value[str(step)]
            else:
                break
        return node


def child_field(field: str, step: Step) -> str:
    """Return the dotted path of a member of a list or mapping."""
    if isinstance(step, int):
        return f"{field}[{step}]"
    return f"{field}.{step}" if field else step


def check_plain(value: object, place: Source) -> None:
    """Refuse what is no value of a suite, at the cost of a look at each part.

    Args:
        value: A Python value.
        place: Where it is written.

    Raises:
        SuiteError: As `from_python`.
    """
    if not _is_plain(value, _DEEPEST):
        from_python(value, place)


def from_python(value: object, place: Source, *, depth: int = 0) -> Node:
    """Return a Python value as a node; every part of it is at the same line.

    Args:
        value: Text, numbers, None, paths, lists, tuples and mappings of those.
        place: Where it is written.
        depth: How deep in the value this part is.

    Raises:
        SuiteError: It has something else in it, or is nested too deeply.
    """
    if depth > _DEEPEST:
        raise place.error(f"the value is nested more than {_DEEPEST} deep")

    def part(step: Step, inner: object) -> Node:
        below = Source(place.file, place.line, child_field(place.field, step))
        return from_python(inner, below, depth=depth + 1)

    if value is None or isinstance(value, str | bool | int | float):
        return Node(value, place)
    if isinstance(value, PathLike):
        return Node(str(fspath(value)), place)
    if isinstance(value, list | tuple):
        return Node(tuple(part(index, item) for index, item in enumerate(value)), place)
    if isinstance(value, Mapping):
        return Node({str(key): part(str(key), item) for key, item in value.items()}, place)
    raise place.error(
        f"found a {type(value).__name__}, expected text, a number, a list or a mapping"
    )


def _is_plain(value: object, depth: int) -> bool:
    if value is None or isinstance(value, str | bool | int | float):
        return True
    if depth <= 0:
        return False
    if isinstance(value, dict):
        return all(_is_plain(item, depth - 1) for item in value.values())
    return isinstance(value, list) and all(_is_plain(item, depth - 1) for item in value)
