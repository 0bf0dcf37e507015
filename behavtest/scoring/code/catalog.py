"""All patterns, by the names that suites use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.code.injection import INJECTION
from behavtest.scoring.code.pattern import by_name
from behavtest.scoring.code.secrets import SECRETS
from behavtest.scoring.code.structure import STRUCTURE
from behavtest.scoring.code.transport import TRANSPORT
from behavtest.scoring.code.untrusted import UNTRUSTED
from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.scoring.shapes import Shape, either, some, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from behavtest.scoring.code.pattern import CodePattern

WEAKNESSES: Final = by_name([*INJECTION, *UNTRUSTED, *SECRETS, *TRANSPORT])
"""The insecure patterns, by name."""

PATTERNS: Final = by_name(STRUCTURE) | WEAKNESSES
"""All patterns, by name."""

INSECURE: Final = "insecure"
"""What stands for all insecure patterns where patterns are forbidden."""


def names_shape(known: Iterable[str]) -> Shape:
    """Return the JSON Schema of the name of a pattern, or of a list of them."""
    one = words(tuple(known))
    return either(one, some(one))


def patterns_from(
    value: object, *, name: str, known: Mapping[str, CodePattern]
) -> tuple[CodePattern, ...]:
    """Read the names of patterns, one or a list.

    Args:
        value: As written in the suite.
        name: The option's, for messages.
        known: The patterns there are, by name.

    Raises:
        ValueError: One is unknown, or there are none.
    """
    found: dict[str, CodePattern] = {}
    for item in value if isinstance(value, list | tuple) else [value]:
        if not isinstance(item, str) or item not in known:
            hint = did_you_mean(item, known) if isinstance(item, str) else ""
            raise ArgumentsError(
                f"{name}: found {describe(item)}, expected the name of a pattern{hint} "
                f"(patterns: {listed(known, limit=len(known))})"
            )
        found[item] = known[item]
    if not found:
        raise ArgumentsError(f"{name}: found an empty list, expected the names of patterns")
    return tuple(found.values())


def forbidden_from(value: object) -> tuple[CodePattern, ...]:
    """Read the names of patterns that are forbidden; `INSECURE` stands for many of them.

    Raises:
        ValueError: One is unknown, or there are none.
    """
    items = value if isinstance(value, list | tuple) else [value]
    named = [name for item in items for name in (WEAKNESSES if item == INSECURE else [item])]
    return patterns_from(named, name="forbids", known=PATTERNS)
