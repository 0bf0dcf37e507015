"""Finds the code in a completion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.fences import fenced_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 50_000
_PYTHON: Final = frozenset({"", "python", "python3", "py", "py3", "python-repl", "pycon"})
_BEGINNING: Final = re.compile(
    r"^(?:import \w|from [\w.]+ import |(?:async )?def \w|class \w|@\w|if __name__)", re.MULTILINE
)
_PROMPT: Final = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)


def code_in(text: str) -> list[str]:
    """Return the pieces of text that may be Python code.

    They are the fenced blocks that say they are Python, or that do not say what they are. Without
    any fenced block it is the whole text, or, if that has prose before it, the part that begins
    with the first line that looks like code. Only the first 50,000 characters are read.

    Args:
        text: A completion.
    """
    text = text[:LONGEST].replace("\r\n", "\n")
    blocks = fenced_blocks(text)
    if blocks:
        return [_without_prompts(block.text) for block in blocks if block.language in _PYTHON]
    return list(_unfenced(text))


def _unfenced(text: str) -> Iterator[str]:
    yield text
    match = _BEGINNING.search(text)
    if match and match.start():
        yield text[match.start() :]


def _without_prompts(code: str) -> str:
    """Return code as it would be typed where it is shown as an interactive session."""
    if not code.lstrip().startswith(">>>"):
        return code
    lines = (line for line in code.split("\n") if _PROMPT.match(line))
    return "\n".join(_PROMPT.sub("", line) for line in lines)
