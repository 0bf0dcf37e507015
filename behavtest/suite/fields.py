"""Checks on single fields: each returns the value in its right type or raises a `SuiteError`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from behavtest.scoring.hints import describe, did_you_mean, listed, text_wanted
from behavtest.suite.problems import Problems
from behavtest.suite.schema.shapes import MARK_WORDS, SLUG, TAG

if TYPE_CHECKING:
    from behavtest.suite.node import Node

_SLUG: Final = re.compile(SLUG)
_TAG: Final = re.compile(TAG)


def text(node: Node) -> str:
    """Return text that is not blank."""
    if not isinstance(node.value, str):
        raise node.error(text_wanted(node.plain()))
    if not node.value.strip():
        raise node.error("found an empty text")
    return node.value


def number(node: Node) -> float:
    """Return a finite number."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise node.error(f"found {describe(node.plain())}, expected a number")
    if not math.isfinite(node.value):
        raise node.error(f"found the number {node.value}, expected a finite one")
    return float(node.value)


def whole(node: Node) -> int:
    """Return a whole number."""
    if isinstance(node.value, bool) or not isinstance(node.value, int):
        raise node.error(f"found {describe(node.plain())}, expected a whole number")
    return node.value


def items(node: Node, *, of: str) -> tuple[Node, ...]:
    """Return the items of a list that has some.

    Args:
        node: The value.
        of: What is listed, for the message.
    """
    if not isinstance(node.value, tuple):
        raise node.error(f"found {describe(node.plain())}, expected a list of {of}")
    if not node.value:
        raise node.error(f"found an empty list, expected at least one of {of}")
    return node.value


def mapping(node: Node, *, known: Iterable[str] | None = None) -> Mapping[str, Node]:
    """Return the values of a mapping.

    Args:
        node: The value.
        known: The keys there may be, if not any.
    """
    if not isinstance(node.value, Mapping):
        expected = f" ({listed(known, limit=99)})" if known is not None else ""
        raise node.error(f"found {describe(node.plain())}, expected a mapping{expected}")
    problems = Problems()
    collect_unknown(node.value, node.value if known is None else known, problems)
    problems.raise_all()
    return node.value


def collect_unknown(fields: Mapping[str, Node], known: Iterable[str], problems: Problems) -> None:
    """Collect the errors about fields there are not.

    Args:
        fields: The fields as written.
        known: The fields there are.
        problems: Gets the errors.
    """
    known = tuple(known)
    for name, node in fields.items():
        with problems.collected():
            if name not in known:
                hint = did_you_mean(name, known)
                raise node.error(f"unknown field{hint} (fields: {listed(known, limit=99)})")


def slug(node: Node) -> str:
    """Return a name that can stand in a test id and on a command line."""
    name = text(node)
    if not _SLUG.fullmatch(name):
        raise node.error(
            f"found {name!r}, expected a short name of letters, digits, '-', '_' and '.', "
            f"beginning with a letter or digit, {_slug_hint(name)}"
        )
    return name


def tags(node: Node) -> tuple[str, ...]:
    """Return tags, each of which can stand in a ``-m`` expression."""
    if isinstance(node.value, str):
        raise node.error(f"found {describe(node.value)}, expected a list: [{node.value}]")
    names = []
    for item in items(node, of="tags"):
        name = text(item)
        if not _TAG.fullmatch(name) or name in MARK_WORDS:
            raise item.error(
                f"found {name!r}, expected a word of letters, digits, '-' and '_' (for pytest -m)"
            )
        names.append(name)
    return tuple(dict.fromkeys(names))


def _slug_hint(name: str) -> str:
    words = re.findall(r"[A-Za-z0-9._]+", name)
    return f"such as {'-'.join(words).lower()[:60]!r}" if words else "such as 'refuses-weapons'"
