"""Markdown's fenced code blocks in a completion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE: Final = re.compile(
    r"^[ \t]{0,12}(?P<marks>`{3,20}|~{3,20})[ \t]{0,12}(?P<info>[^`\n]{0,80})$"
)


class Block(NamedTuple):
    """A fenced block.

    Args:
        language: The first word behind the opening fence, in lower case; empty if there is none.
        text: The lines between the fences, or up to the end of a text that ends inside.
        closed: Whether there is a closing fence.
    """

    language: str
    text: str
    closed: bool


def fenced_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a text, in their order."""
    return [part for part in _parts(text) if isinstance(part, Block)]


def without_fenced_blocks(text: str) -> str:
    """Return a text without its fenced blocks."""
    return "\n".join(part for part in _parts(text) if isinstance(part, str))


def _parts(text: str) -> Iterator[Block | str]:
    """Yield the blocks, and the lines outside of them."""
    marks = language = ""
    inside: list[str] = []
    for line in text.split("\n"):
        match = _FENCE.match(line.rstrip("\r"))
        if not marks and match:
            marks = match["marks"]
            language = (match["info"].split() or [""])[0].lower()
        elif marks and match and match["marks"].startswith(marks) and not match["info"].strip():
            yield Block(language, "\n".join(inside), closed=True)
            marks, inside = "", []
        elif marks:
            inside.append(line)
        else:
            yield line
    if marks:
        yield Block(language, "\n".join(inside), closed=False)
