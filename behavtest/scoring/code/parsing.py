"""Parses Python code from people we do not know."""

from __future__ import annotations

import ast
import textwrap
import warnings
from typing import Final

_CUTS: Final = 8
"""How often code that does not parse is cut at its first error."""

_DEEPEST: Final = 90
"""Most nested brackets; Python's own parser takes long, or too much memory, beyond."""

_UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
"""What `ast.parse` raises on text that is no code, or too deeply nested."""


def parsed(code: str) -> ast.Module | None:
    """Return the syntax tree of code; None if it does not parse, or is no code.

    A text of names and values alone is not called code, though it parses: ``Paris``, ``42``.

    Args:
        code: Any text.
    """
    try:
        tree = _parse(textwrap.dedent(code))
    except _UNREADABLE:
        return None
    return tree if any(map(_does_something, tree.body)) else None


def parsed_beginning(code: str) -> ast.Module | None:
    """Return the syntax tree of code up to its first error, such as an end in the middle.

    Args:
        code: Any text.
    """
    lines = textwrap.dedent(code).split("\n")
    for _ in range(_CUTS):
        try:
            return _parse("\n".join(lines))
        except SyntaxError as error:
            lines = lines[: min((error.lineno or 1) - 1, len(lines) - 1)]
            if not lines:
                return None
        except _UNREADABLE:
            return None
    return None


def _parse(code: str) -> ast.Module:
    if _too_deep(code):
        raise RecursionError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the model's code, not ours
        return ast.parse(code)


def _too_deep(code: str) -> bool:
    depth = 0
    for character in code:
        if character in "([{":
            depth += 1
            if depth > _DEEPEST:
                return True
        elif character in ")]}":
            depth = max(depth - 1, 0)
    return False


def _does_something(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return any(
            isinstance(node, ast.Call | ast.Await | ast.Yield) for node in ast.walk(statement)
        )
    # "Answer: Paris" is an annotation without a value
    return not (isinstance(statement, ast.AnnAssign) and statement.value is None)
